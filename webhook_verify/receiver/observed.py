"""A verification with the receiver's additions: timing for the observer, diagnosis and handshake."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TypeVar

from webhook_verify.body import BytesLike, Chunks, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.handshakes import Handshake
from webhook_verify.http import RequestHead
from webhook_verify.receiver.observer import Observer, notify
from webhook_verify.schemes.fetch_context import KeyNotCached
from webhook_verify.verification import Verification

__all__ = ["ObservedVerification"]

_Result = TypeVar("_Result")


class ObservedVerification(Verification):
    """A verification with timing for an observer, a diagnosis in the log, and detection of a handshake.

    The order is fixed: verify, notify the observer or explain the rejection, then check for a handshake.

    Args:
        begin: Begins the verification from the headers.
        head: The head of the request.
        limit: The maximum size of the body in bytes.
        observer: The observer to notify of a verified delivery.
        explain: Logs the cause of a rejection, for a body. If set, rejected headers are reported only after
            the body was received.
        handshake: The handshake to check verified deliveries for.
        sign: Signs for the handshake with the secret of a label. Required if `handshake` is set.

    Raises:
        RejectedDelivery: If the headers are rejected and `explain` is not set.
    """

    __slots__ = (
        "_explain",
        "_handshake",
        "_head",
        "_observer",
        "_rejection",
        "_seconds",
        "_sign",
        "_unread",
        "_verification",
    )

    _verification: Verification  # Unset if the headers were rejected.

    def __init__(
        self,
        begin: Callable[[], Verification],
        head: RequestHead,
        limit: int,
        observer: Observer | None,
        explain: Callable[[bytes], None] | None = None,
        handshake: Handshake | None = None,
        sign: Callable[[str, bytes], bytes] | None = None,
    ) -> None:
        self._head = head
        self._observer = observer
        self._explain = explain
        self._handshake = handshake
        self._sign = sign
        self._chunks = Chunks()  # The body, collected only for `explain`.
        self._unread = limit
        self._seconds = 0.0
        self._rejection: RejectedDelivery | None = None
        try:
            self._verification = begin() if observer is None else self._timed(begin)
        except RejectedDelivery as error:
            if explain is None:
                raise
            self._rejection = error

    @property
    def message_id(self) -> str:
        """The unverified message id in the headers, "" without a valid one."""
        return self._verification.message_id if self._rejection is None else self._rejection.message_id or ""

    @property
    def may_block(self) -> bool:
        """Whether `finish` may wait for the network, or for a diagnosis, which takes milliseconds."""
        return self.needs_thread or self._verification.may_block

    @property
    def needs_thread(self) -> bool:
        """Whether `finish` may block an event loop even if every key is cached."""
        by_handshake = self._handshake is not None and self._handshake.may_block
        return self._explain is not None or by_handshake or self._verification.needs_thread

    def update(self, chunk: BytesLike) -> None:
        """Verify the next chunk of the body.

        Args:
            chunk: The chunk.

        Raises:
            RejectedDelivery: If the body is too large.
            TypeError: If `chunk` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        if self._explain is not None:
            chunk = as_bytes(chunk)
            if self._rejection is not None:
                self._unread -= len(chunk)
                if self._unread < 0:
                    raise self._rejection  # Without a diagnosis, because the body is too large as well.
                self._chunks.append(chunk)
                return
        if self._observer is None:
            self._verification.update(chunk)
        else:
            self._timed(self._verification.update, chunk)
        if self._explain is not None:
            self._chunks.append(as_bytes(chunk))

    def finish(self, last: BytesLike = b"") -> Delivery:
        """Finish the verification.

        Args:
            last: The last chunk of the body.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine or not fresh.
            HandshakeResponse: If the delivery is a handshake.
            TypeError: If `last` is not bytes-like.
            ValueError: If the verification is already finished.
        """
        if self._explain is not None:
            delivery = self._explained(last, self._explain)
        elif self._observer is not None:
            delivery = self._verified(last)
        else:
            delivery = self._verification.finish(last)
        if self._handshake is not None and self._sign is not None:
            sign = partial(self._sign, delivery.secret_label)
            response = self._handshake.respond_to_delivery(delivery, sign)
            if response is not None:
                raise response
        return delivery

    def _explained(self, last: BytesLike, explain: Callable[[bytes], None]) -> Delivery:
        last = as_bytes(last)
        try:
            return self._verified(last)
        except KeyNotCached:
            self._chunks.append(last)  # The next call has no `last`: the verification has this chunk.
            raise
        except RejectedDelivery as error:
            if error.reason is not Reason.BODY_TOO_LARGE:  # Such a body was not read completely.
                explain(b"".join((*self._chunks, last)))
            raise

    def _verified(self, last: BytesLike) -> Delivery:
        if self._rejection is not None:
            raise self._rejection
        if self._observer is None:
            return self._verification.finish(last)
        delivery = self._timed(self._verification.finish, last)
        notify(self._observer, "on_verified", delivery, self._head, self._seconds)
        return delivery

    def _timed(self, step: Callable[..., _Result], *arguments: BytesLike) -> _Result:
        """Run a step of the verification, and add its duration to the total."""
        start = time.perf_counter()
        try:
            return step(*arguments)
        except RejectedDelivery as error:
            error.seconds = self._seconds + (time.perf_counter() - start)
            raise
        finally:
            self._seconds += time.perf_counter() - start
