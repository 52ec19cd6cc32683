"""What ``listen`` does with a request: verify, keep, forward, answer, and tell of it.

The verdict is that of an :class:`AsyncReceiver` of this package. Unlike a receiver, this reads the body even
of what the headers alone would refuse, because it is to be kept and explained.
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

from webhook_verify.adapters._asgi import Message, Receive, Scope, Send, facts_of, send_answer
from webhook_verify.adapters._request_target import asgi_target
from webhook_verify.cli.listen.forwarder import Destination, Reply, forward
from webhook_verify.cli.store.delivery_store import Kept, KeptDeliveries, NotKept
from webhook_verify.delivery import Delivery
from webhook_verify.diagnosis import Diagnosis, explain
from webhook_verify.errors import RejectedDelivery, UnreadableEvent
from webhook_verify.headers import pairs_of
from webhook_verify.http import HandshakeResponse
from webhook_verify.public_url import PublicURL
from webhook_verify.receiver import AsyncReceiver, IncompleteBody, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.schemes.body_scheme import parsed
from webhook_verify.verification import body_too_large
from webhook_verify.verifier import Verifier

__all__ = ["Listener", "Told", "event_type_of"]

_ACCEPTED = WebhookResponse(200)


@dataclass(frozen=True)
class Told:
    """Whom the listener tells: ``came`` when the verdict is known, ``went`` when the answer is.

    ``warn``: of what goes wrong with keeping. ``failed``: of what goes wrong with telling, such as output
    that nobody reads any more.
    """

    came: Callable[[Kept, Diagnosis | None], None]
    went: Callable[[Kept, Reply | None, Diagnosis | None], None]
    warn: Callable[[str], None]
    failed: Callable[[BaseException], None]


class Listener:
    """An ASGI application. ``timeout``: seconds that the application behind it has to answer."""

    def __init__(
        self,
        verifier: Verifier,
        *,
        public_url: str,
        max_body_bytes: int,
        kept: KeptDeliveries,
        destination: Destination | None,
        client: httpx2.AsyncClient,
        timeout: float,
        with_diagnosis: bool,
        told: Told,
    ) -> None:
        self._verifier = verifier
        self._receiver = AsyncReceiver(verifier, public_url=public_url, max_body_bytes=max_body_bytes)
        self._public_url = PublicURL(public_url, None)
        self._kept, self._destination = kept, destination
        self._client, self._timeout = client, timeout
        self._with_diagnosis = with_diagnosis
        self._told = told

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        try:
            one, answer = await self._handled(scope, receive)
        except Exception as error:
            self._told.failed(error)
            one, answer = None, WebhookResponse.for_status(503)
        with suppress(OSError):  # the sender may have gone
            await send_answer(send, answer, scope["method"] if one is None else one.method)

    async def _handled(self, scope: Scope, receive: Receive) -> tuple[Kept, WebhookResponse]:
        head = self._facts(scope)
        one = Kept(time.time(), head.method, head.target, self._url_of(head), pairs_of(head.headers))
        one.scheme = self._verifier.scheme.name
        delivery, answer = await self._verdict(one, head, receive)
        one.status = answer.status
        one.event_type = event_type_of(one, delivery)
        if head.method == "POST":
            await self._keep(one)
        diagnosis = await self._diagnosis(one)
        self._told.came(one, diagnosis)
        reply = None
        if delivery is not None and self._destination is not None:
            reply = await self._forwarded(one, self._destination)
            answer = reply.answer
        self._told.went(one, reply, diagnosis)
        return one, answer

    def _facts(self, scope: Scope) -> RequestHead:
        head = facts_of(self._receiver, scope, scope["path"])
        return head._replace(method=scope["method"], target=asgi_target(scope))

    def _url_of(self, head: RequestHead) -> str:
        try:
            return self._public_url.for_request(head)
        except RejectedDelivery:
            return ""

    async def _verdict(
        self, one: Kept, head: RequestHead, receive: Receive
    ) -> tuple[Delivery | None, WebhookResponse]:
        """The delivery, if it is one, and what to answer. Fills in what is known of the request."""
        try:
            self._answer_to_check(head)
            one.is_whole = False
            one.body = await self._body(head, receive)
            one.is_whole = True
            incoming = await self._receiver.begin(head)
            delivery = await self._receiver.finish(incoming, one.body)
        except HandshakeResponse as greeted:
            one.verdict, one.reason = "handshake", greeted.kind
            return None, self._receiver.rejection_response(greeted, head)
        except RejectedDelivery as error:
            one.verdict, one.reason, one.detail = "rejected", str(error.reason), error.detail
            one.message_id = _storable(error.message_id or "")
            return None, self._receiver.rejection_response(error, head)
        except NotADelivery as error:
            answer = self._receiver.method_response(head.method, head.target, head.path)
            return None, answer or self._receiver.rejection_response(error, head)
        one.verdict, one.key, one.message_id = "verified", delivery.secret_label, _storable(delivery.id)
        one.dedupe = ReplayGuard.storage_key("", delivery)
        return delivery, _ACCEPTED

    def _answer_to_check(self, head: RequestHead) -> None:
        """Raise what answers another method than POST."""
        if head.method == "POST":
            return
        handshake = self._verifier.scheme.handshake
        if handshake is not None and head.method in handshake.methods:
            greeted = handshake.respond_to_request(head.method, head.target)
            if greeted is not None:
                raise greeted
        raise NotADelivery(f"{head.method} is no delivery")

    async def _body(self, head: RequestHead, receive: Receive) -> bytes:
        """The whole body. Raises :class:`RejectedDelivery` over the limit, and :class:`IncompleteBody`."""
        limit = self._receiver.body_limit(head)
        body = bytearray()
        message: Message = {"more_body": True}
        while message.get("more_body", False):
            message = await receive()
            if message["type"] != "http.request":
                raise IncompleteBody("the client went away")
            body += message.get("body", b"")
            if len(body) > limit:
                raise body_too_large(limit)
        return bytes(body)

    async def _keep(self, one: Kept) -> None:
        try:
            await asyncio.to_thread(self._kept.add, one)
        except NotKept as error:
            self._told.warn(f"a delivery could not be kept: {error}")

    async def _diagnosis(self, one: Kept) -> Diagnosis | None:
        """Why it was rejected, if that is asked for, and there is a body to look at."""
        if not self._with_diagnosis or one.verdict != "rejected" or not one.is_whole:
            return None
        arguments: dict[str, Any] = {"url": one.url, "method": one.method}
        try:
            return await asyncio.to_thread(explain, self._verifier, one.body, one.headers, **arguments)
        except Exception as error:  # it tries every scheme, and a plugin's may be faulty
            self._told.warn(f"a rejection could not be explained: {type(error).__name__}")
            return None

    async def _forwarded(self, one: Kept, destination: Destination) -> Reply:
        one.forwarded_to = destination.with_target(one.target)
        reply = await forward(
            self._client, one.forwarded_to, one.method, one.headers, one.body, self._timeout
        )
        one.status = reply.answer.status
        if one.number:
            with suppress(NotKept):  # it has been told of already
                await asyncio.to_thread(self._kept.answered, one)
        return reply


_HEADER = re.compile(r"(?:.+-)?(?:event|topic|event-(?:type|key|name))")
_MEMBERS = ("type", "event_type", "eventType", "event", "event_name", "topic")
_MAX_EVENT_TYPE_CHARS = 128


def event_type_of(one: Kept, delivery: Delivery | None) -> str:
    """What the request says of its event's type, as far as can be told without its provider's help; else "".

    For people: nobody need have signed it.
    """
    if delivery is not None and delivery.event_type:
        return _storable(delivery.event_type)
    for name, value in one.headers:
        if _HEADER.fullmatch(name) and 0 < len(value) <= _MAX_EVENT_TYPE_CHARS:
            return value
    event = _object(one.body, delivery)
    for each in (event, event.get("event-data")):  # Mailgun's is one level down
        inner = cast("dict[str, Any]", each) if isinstance(each, dict) else {}
        for name in _MEMBERS:
            found: object = inner.get(name)
            if isinstance(found, str) and 0 < len(found) <= _MAX_EVENT_TYPE_CHARS:
                return _storable(found)
    return ""


def _object(body: bytes, delivery: Delivery | None) -> dict[str, Any]:
    try:
        found: object = parsed(body) if delivery is None else delivery.json()
    except (RejectedDelivery, UnreadableEvent):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _storable(text: str) -> str:
    """The text without lone surrogates, which JSON may hold and SQLite does not take."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
