"""The ASGI application of `listen`: verify, store, forward and print each request, and respond to it.

Requests are verified by an `AsyncReceiver`. Unlike a receiver, this application also reads the body of
requests whose headers are invalid, in order to store and explain them.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, cast

import httpx2

from webhook_verify.adapters._asgi import Message, Receive, Scope, Send, request_head, send_response
from webhook_verify.adapters._request_target import asgi_target
from webhook_verify.cli.listen.forwarder import ForwardResult, ForwardTarget, forward
from webhook_verify.cli.local_access import REFUSED, LocalAccess, Refusal
from webhook_verify.cli.store.delivery_store import DeliveryStore, DeliveryStoreError, StoredDelivery
from webhook_verify.delivery import Delivery
from webhook_verify.diagnosis import Diagnosis, explain
from webhook_verify.errors import RejectedDelivery, UnreadableEvent
from webhook_verify.headers import header_pairs
from webhook_verify.http import HandshakeResponse
from webhook_verify.public_url import PublicURL
from webhook_verify.receiver import AsyncReceiver, IncompleteBody, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.receiver.handshaking import sign_unsigned
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.schemes.body_scheme import parse_json
from webhook_verify.verification import body_too_large
from webhook_verify.verifier import Verifier

__all__ = ["ListenCallbacks", "Listener", "event_type_of"]

_ACCEPTED = WebhookResponse(200)


@dataclass(frozen=True)
class ListenCallbacks:
    """The callbacks of a listener.

    Args:
        on_received: Called with each request after verification.
        on_answered: Called after forwarding, just before the response is sent.
        on_warning: Called with a message, for example if a delivery could not be stored.
        on_failure: Called with an unexpected error, for example if standard output was closed.
    """

    on_received: Callable[[StoredDelivery, Diagnosis | None], None]
    on_answered: Callable[[StoredDelivery, ForwardResult | None, Diagnosis | None], None]
    on_warning: Callable[[str], None]
    on_failure: Callable[[BaseException], None]


class Listener:
    """The ASGI application. `timeout` is the maximum time to forward a delivery, in seconds."""

    def __init__(
        self,
        verifier: Verifier,
        *,
        public_url: str,
        access: LocalAccess,
        max_body_bytes: int,
        store: DeliveryStore,
        forward_target: ForwardTarget | None,
        client: httpx2.AsyncClient,
        timeout: float,
        with_diagnosis: bool,
        callbacks: ListenCallbacks,
    ) -> None:
        self._verifier = verifier
        self._receiver = AsyncReceiver(verifier, public_url=public_url, max_body_bytes=max_body_bytes)
        self._public_url = PublicURL(public_url, None)
        self._access = access
        self._store, self._forward_target = store, forward_target
        self._client, self._timeout = client, timeout
        self._with_diagnosis = with_diagnosis
        self._callbacks = callbacks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        try:
            stored, response = await self._handle(scope, receive)
        except Exception as error:
            self._callbacks.on_failure(error)
            stored, response = None, WebhookResponse.for_status(503)
        with suppress(OSError):  # the sender may have disconnected
            await send_response(send, response, scope["method"] if stored is None else stored.method)

    async def _handle(self, scope: Scope, receive: Receive) -> tuple[StoredDelivery, WebhookResponse]:
        head = self._request_head(scope)
        stored = StoredDelivery(
            time.time(), head.method, head.target, self._public_url_of(head), header_pairs(head.headers)
        )
        stored.scheme = self._verifier.scheme.name
        if self._forward_target is not None:  # also for a rejected request, so that replay can send it there
            stored.forwarded_to = self._forward_target.with_target(stored.target)
        refusal = self._access.refusal(scope["headers"])
        if refusal is not None:
            self._refuse(stored, refusal)
            return stored, REFUSED
        delivery, response = await self._verdict(stored, head, receive)
        stored.status = response.status
        stored.event_type = event_type_of(stored, delivery)
        if head.method == "POST":
            await self._save(stored)
        diagnosis = await self._diagnose(stored)
        self._callbacks.on_received(stored, diagnosis)
        result = None
        if delivery is not None and stored.forwarded_to:
            result = await self._forward(stored)
            response = result.response
        self._callbacks.on_answered(stored, result, diagnosis)
        return stored, response

    def _refuse(self, stored: StoredDelivery, refusal: Refusal) -> None:
        """Report a refused request. Its body is not read, and the request is not stored."""
        stored.verdict, stored.reason, stored.detail = "rejected", refusal.reason, refusal.detail
        stored.status, stored.is_whole = REFUSED.status, False
        self._callbacks.on_received(stored, None)
        self._callbacks.on_answered(stored, None, None)

    def _request_head(self, scope: Scope) -> RequestHead:
        head = request_head(self._receiver, scope, scope["path"])
        return head._replace(method=scope["method"], target=asgi_target(scope))

    def _public_url_of(self, head: RequestHead) -> str:
        try:
            return self._public_url.for_request(head)
        except RejectedDelivery:
            return ""

    async def _verdict(
        self, stored: StoredDelivery, head: RequestHead, receive: Receive
    ) -> tuple[Delivery | None, WebhookResponse]:
        """Verify a request; return the delivery, if any, and the response. Sets the fields of `stored`."""
        try:
            self._check_method(head)
            stored.is_whole = False
            stored.body = await self._read_body(head, receive)
            stored.is_whole = True
            incoming = await self._receiver.begin(head)
            delivery = await self._receiver.finish(incoming, stored.body)
        except HandshakeResponse as handshake_response:
            stored.verdict, stored.reason = "handshake", handshake_response.kind
            return None, self._receiver.rejection_response(handshake_response, head)
        except RejectedDelivery as error:
            stored.verdict, stored.reason, stored.detail = "rejected", str(error.reason), error.detail
            stored.message_id = _without_surrogates(error.message_id or "")
            return None, self._receiver.rejection_response(error, head)
        except NotADelivery as error:
            response = self._receiver.method_response(head.method, head.target, head.path, head.headers)
            return None, response or self._receiver.rejection_response(error, head)
        stored.verdict, stored.key, stored.message_id = (
            "verified",
            delivery.secret_label,
            _without_surrogates(delivery.id),
        )
        stored.dedupe = ReplayGuard.storage_key("", delivery)
        return delivery, _ACCEPTED

    def _check_method(self, head: RequestHead) -> None:
        """Raise the handshake response, or NotADelivery, for a method without deliveries."""
        if not self._receiver.needs_method_response(head.method):
            return
        handshake = self._verifier.scheme.handshake
        if handshake is not None and head.method in handshake.methods:
            handshake_response = handshake.respond_to_unsigned(head, b"", sign_unsigned(self._verifier))
            if handshake_response is not None:
                raise handshake_response
        if head.method not in self._receiver.methods:
            raise NotADelivery(f"method {head.method} is not allowed")

    async def _read_body(self, head: RequestHead, receive: Receive) -> bytes:
        """Return the whole body. Raises `RejectedDelivery` above the limit, or `IncompleteBody`."""
        limit = self._receiver.body_limit(head)
        body = bytearray()
        message: Message = {"more_body": True}
        while message.get("more_body", False):
            message = await receive()
            if message["type"] != "http.request":
                raise IncompleteBody("client disconnected")
            body += message.get("body", b"")
            if len(body) > limit:
                raise body_too_large(limit)
        return bytes(body)

    async def _save(self, stored: StoredDelivery) -> None:
        try:
            await asyncio.to_thread(self._store.add, stored)
        except DeliveryStoreError as error:
            self._callbacks.on_warning(f"could not store a delivery: {error}")

    async def _diagnose(self, stored: StoredDelivery) -> Diagnosis | None:
        """Return the diagnosis of a rejection, if requested and the body is complete."""
        if not self._with_diagnosis or stored.verdict != "rejected" or not stored.is_whole:
            return None
        arguments: dict[str, Any] = {"url": stored.url, "method": stored.method}
        try:
            return await asyncio.to_thread(explain, self._verifier, stored.body, stored.headers, **arguments)
        except Exception as error:  # explain tries every scheme, and a plugin's scheme may be faulty
            self._callbacks.on_warning(f"could not explain a rejection: {type(error).__name__}")
            return None

    async def _forward(self, stored: StoredDelivery) -> ForwardResult:
        result = await forward(
            self._client, stored.forwarded_to, stored.method, stored.headers, stored.body, self._timeout
        )
        stored.status = result.response.status
        if stored.number:
            with suppress(DeliveryStoreError):  # _save has already reported a broken store
                await asyncio.to_thread(self._store.set_status, stored)
        return result


_EVENT_TYPE_HEADER = re.compile(r"(?:.+-)?(?:event|topic|event-(?:type|key|name))")
_EVENT_TYPE_FIELDS = ("type", "event_type", "eventType", "event", "event_name", "topic")
_MAX_EVENT_TYPE_CHARS = 128


def event_type_of(stored: StoredDelivery, delivery: Delivery | None) -> str:
    """Return the event type from well-known headers and JSON fields, for display only; "" without one."""
    if delivery is not None and delivery.event_type:
        return _without_surrogates(delivery.event_type)
    for name, value in stored.headers:
        if _EVENT_TYPE_HEADER.fullmatch(name) and 0 < len(value) <= _MAX_EVENT_TYPE_CHARS:
            return value
    event = _json_object(stored.body, delivery)
    for candidate in (event, event.get("event-data")):  # Mailgun nests the event
        fields = cast("dict[str, Any]", candidate) if isinstance(candidate, dict) else {}
        for name in _EVENT_TYPE_FIELDS:
            event_type: object = fields.get(name)
            if isinstance(event_type, str) and 0 < len(event_type) <= _MAX_EVENT_TYPE_CHARS:
                return _without_surrogates(event_type)
    return ""


def _json_object(body: bytes, delivery: Delivery | None) -> dict[str, Any]:
    try:
        value: object = parse_json(body) if delivery is None else delivery.json()
    except (RejectedDelivery, UnreadableEvent):
        return {}
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _without_surrogates(text: str) -> str:
    """Escape lone surrogates, which JSON allows and SQLite rejects."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
