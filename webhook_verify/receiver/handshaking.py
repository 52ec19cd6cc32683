"""Handshakes that the provider does not sign: a receiver offers a rejected request to the handshake.

A request is verified first, so a genuine delivery never pays for the handshake or is taken for one. Only a
rejected request with a small body is offered to the handshake, and otherwise rejected as before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, cast

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import KeyUnavailable, MalformedDelivery, RejectedDelivery
from webhook_verify.handshakes import Handshake
from webhook_verify.handshakes.base import MAX_HANDSHAKE_BYTES, SignContent
from webhook_verify.http import HandedOverSecret, HandshakeResponse, RequestHead, WebhookResponse
from webhook_verify.log_text import log_text
from webhook_verify.receiver.log_fields import request_text
from webhook_verify.receiver.observer import Observer, notify
from webhook_verify.verification import Verification
from webhook_verify.verifier import Verifier, handshake_signature

if TYPE_CHECKING:
    from webhook_verify.handshakes.secret_store import AsyncSecretStore, SecretStore

__all__ = [
    "UnsignedHandshakeVerification",
    "greet",
    "offer_to_handshake",
    "sign_unsigned",
    "store_handed_over",
]

_logger = logging.getLogger("webhook_verify")

_RETRY_AFTER = ("retry-after", "60")


def greet(greeted: HandshakeResponse, head: RequestHead, observer: Observer | None) -> WebhookResponse:
    """Log a handshake, notify the observer, and return the response.

    Args:
        greeted: The response of the handshake.
        head: The head of the request.
        observer: The observer to notify, or None.

    Returns:
        The response.
    """
    kind, status, extra = greeted.kind, greeted.answer.status, {"path": log_text(head.path)}
    text, request = "webhook handshake: %s: %s: responded with %d", request_text(head)
    if greeted.warning:
        _logger.warning(f"{text}: %s", request, kind, status, greeted.warning, extra=extra)
    else:
        _logger.info(text, request, kind, status, extra=extra)
    notify(observer, "on_handshake", kind, head)
    return greeted.answer


def sign_unsigned(verifier: object) -> SignContent | None:
    """Return the function that signs for an unsigned handshake with the first valid secret.

    Args:
        verifier: The verifier of the receiver, or a lookup.

    Returns:
        The function, None for a lookup, for an unknown sender, and without a valid HMAC secret.
    """
    if not isinstance(verifier, Verifier):
        return None
    sign = partial(handshake_signature(verifier), None)
    try:
        sign(b"")
    except (LookupError, TypeError):
        return None
    return sign


def offer_to_handshake(
    begin: Callable[[], Verification], handshake: Handshake | None, verifier: object, head: RequestHead
) -> Callable[[], Verification]:
    """Return the beginning of a verification whose rejection is offered to a handshake.

    Args:
        begin: Begins the verification from the headers.
        handshake: The handshake, None without one.
        verifier: The verifier, None for an unknown sender.
        head: The head of the request.

    Returns:
        A function that begins the verification, which is `begin` if the handshake handles no unsigned bodies.
    """
    if handshake is None or not handshake.handles_unsigned_bodies:
        return begin
    return partial(UnsignedHandshakeVerification, begin, handshake, head, verifier)


class UnsignedHandshakeVerification(Verification):
    """A verification that offers a rejected request with a small body to a handshake.

    Args:
        begin: Begins the verification from the headers.
        handshake: The handshake.
        head: The head of the request.
        verifier: The verifier, None for an unknown sender.

    Raises:
        RejectedDelivery: If the headers are rejected, and the stated length is too long for a handshake.
    """

    __slots__ = ("_body", "_handshake", "_head", "_rejection", "_verification", "_verifier")

    _verification: Verification  # Unset if the headers were rejected.

    def __init__(
        self,
        begin: Callable[[], Verification],
        handshake: Handshake,
        head: RequestHead,
        verifier: object,
    ) -> None:
        self._handshake = handshake
        self._head = head
        self._verifier = verifier
        self._body: bytearray | None = bytearray()  # None if it is too long for a handshake.
        self._rejection: RejectedDelivery | None = None
        try:
            self._verification = begin()
        except RejectedDelivery as error:
            if _is_too_long(head):
                raise
            self._rejection = error

    def set_caller(self, address: str) -> None:
        """Set the network address of the sender, which limits how many unknown keys are fetched.

        Args:
            address: The IP address, or "" if it is unknown.
        """
        if self._rejection is None:
            self._verification.set_caller(address)

    @property
    def message_id(self) -> str:
        """The unverified message id in the headers, "" without a valid one."""
        return self._verification.message_id if self._rejection is None else self._rejection.message_id or ""

    @property
    def may_block(self) -> bool:
        """Whether `finish` may wait for the network, or for the store of a secret."""
        return self.needs_thread or (self._rejection is None and self._verification.may_block)

    @property
    def needs_thread(self) -> bool:
        """Whether `finish` may block an event loop even if every key is cached."""
        by_store = self._handshake.may_block and self._body is not None
        return by_store or (self._rejection is None and self._verification.needs_thread)

    def update(self, chunk: BytesLike) -> None:
        """Verify the next chunk of the body.

        Args:
            chunk: The chunk.

        Raises:
            RejectedDelivery: If the body is too large, or too large for a handshake after rejected headers.
            TypeError: If `chunk` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        chunk = as_bytes(chunk)
        if self._body is not None:
            self._body += chunk
            if len(self._body) > MAX_HANDSHAKE_BYTES:
                self._body = None
        if self._rejection is None:
            self._verification.update(chunk)
        elif self._body is None:
            raise self._rejection

    def finish(self, last: BytesLike = b"") -> Delivery:
        """Finish the verification.

        Args:
            last: The last chunk of the body.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the request is neither a genuine delivery nor a handshake.
            KeyUnavailable: If the key cannot be fetched.
            HandshakeResponse: If the request is a handshake.
            TypeError: If `last` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        self.update(last)
        try:
            if self._rejection is None:
                return self._verification.finish()
            raise self._rejection
        except KeyUnavailable:  # Whether the request is genuine is not known.
            raise
        except RejectedDelivery as error:
            response = self._offer(error)
        raise response

    def _offer(self, rejection: RejectedDelivery) -> HandshakeResponse | RejectedDelivery:
        """Return the response of the handshake, or the rejection."""
        if self._body is None:
            return rejection
        sign = sign_unsigned(self._verifier)
        response = self._handshake.respond_to_unsigned(self._head, bytes(self._body), sign)
        if not isinstance(response, HandedOverSecret):
            return response or rejection
        response.rejection, response.store = rejection, self._handshake.secret_store
        if not self._handshake.may_block:
            return response  # Its store is asynchronous, so AsyncReceiver calls it.
        try:
            is_stored = cast("SecretStore", response.store).add(response.name, response.secret)
        except Exception as error:
            return _not_stored(response, error)
        return _outcome(response, is_stored)


async def store_handed_over(response: HandedOverSecret) -> HandshakeResponse | RejectedDelivery:
    """Store a secret in an asynchronous store.

    Args:
        response: The response with the secret and the store.

    Returns:
        The response to raise, or the rejection if the store does not accept the secret.
    """
    try:
        is_stored = await cast("AsyncSecretStore", response.store).add(response.name, response.secret)
    except Exception as error:
        return _not_stored(response, error)
    return _outcome(response, is_stored)


def _outcome(response: HandedOverSecret, is_stored: object) -> HandshakeResponse | RejectedDelivery:
    if is_stored is True:
        return HandshakeResponse(response.kind, response.answer)
    _logger.warning(
        "secret of a handshake rejected: %s: the store is not armed for %s, or contains another secret",
        response.kind,
        log_text(response.name),
    )
    return response.rejection or HandshakeResponse(response.kind, WebhookResponse.for_status(401))


def _not_stored(response: HandedOverSecret, error: Exception) -> HandshakeResponse:
    _logger.error(
        "could not store the secret of a handshake: %s: the store raised %s",
        response.kind,
        type(error).__name__,
    )
    unavailable = WebhookResponse.for_status(503, _RETRY_AFTER)
    return HandshakeResponse(response.kind, unavailable, "the secret was not stored")


def _is_too_long(head: RequestHead) -> bool:
    stated = head.content_length
    if stated is None:
        try:
            stated = head.header("content-length")
        except MalformedDelivery:
            return True
    return stated.isdecimal() and (len(stated) > 18 or int(stated) > MAX_HANDSHAKE_BYTES)
