"""A verification with what a receiver adds to it: the observer's times, the diagnosis and the handshake."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.http import HandshakeResponse, RequestHead
from webhook_verify.receiver.observer import Observer, notify
from webhook_verify.verification import Verification

__all__ = ["ObservedVerification"]

_Result = TypeVar("_Result")


class ObservedVerification(Verification):
    """A verification that is timed for an observer, explained in the log, and may turn out as a handshake.

    The order is fixed: verify, notify the observer or explain the rejection, then look for a handshake.

    Args:
        begin: Begins the verification from the headers.
        head: The head of the request.
        limit: The maximum size of the body in bytes.
        observer: The observer to notify of a verified delivery.
        explain: Logs why the delivery with this body was rejected. If set, rejected headers are reported
            only when the body is there.
        respond: Returns the response if the delivery is a handshake, else None.
        may_block: Whether `explain` or `respond` may block.

    Raises:
        RejectedDelivery: If the headers are rejected, and `explain` is None.
    """

    __slots__ = ("_begun", "_explain", "_head", "_may_block", "_observer", "_respond", "_seconds", "_unread")

    def __init__(
        self,
        begin: Callable[[], Verification],
        head: RequestHead,
        limit: int,
        observer: Observer | None,
        explain: Callable[[bytes], None] | None = None,
        respond: Callable[[Delivery], HandshakeResponse | None] | None = None,
        may_block: bool = False,
    ) -> None:
        self._head = head
        self._observer = observer
        self._explain = explain
        self._respond = respond
        self._pieces: list[bytes] = []  # of the body, for the explanation alone
        self._unread = limit
        self._seconds = 0.0
        self._may_block = may_block
        self._begun: Verification | RejectedDelivery
        try:
            self._begun = self._timed(begin)
        except RejectedDelivery as error:
            if explain is None:
                raise
            self._begun = error

    @property
    def message_id(self) -> str:
        """The id in the headers, unverified; "" if the headers do not contain a valid one."""
        return self._begun.message_id or ""

    @property
    def may_block(self) -> bool:
        """Whether :meth:`finish` may wait for the network, or for a diagnosis, which takes milliseconds."""
        return self._may_block or (not isinstance(self._begun, RejectedDelivery) and self._begun.may_block)

    def update(self, chunk: BytesLike) -> None:
        """Verify the next piece of the body. Raises :class:`RejectedDelivery` once it is too large."""
        piece = as_bytes(chunk)
        if not isinstance(self._begun, RejectedDelivery):
            self._timed(self._begun.update, piece)
        else:
            self._unread -= len(piece)
            if self._unread < 0:
                raise self._begun  # unexplained: the body is too large as well
        if self._explain is not None:
            self._pieces.append(piece)

    def finish(self, last: BytesLike = b"") -> Delivery:
        """Return the verified delivery, whose body ends with `last`.

        Raises:
            RejectedDelivery: If it is not genuine and fresh.
            HandshakeResponse: If it is a handshake.
        """
        if self._explain is None:
            delivery = self._verified(last)
        else:
            last = as_bytes(last)
            try:
                delivery = self._verified(last)
            except RejectedDelivery as error:
                if error.reason is not Reason.BODY_TOO_LARGE:  # such a body was not read to its end
                    self._explain(b"".join((*self._pieces, last)))
                raise
        if self._respond is not None and (response := self._respond(delivery)) is not None:
            raise response
        return delivery

    def _verified(self, last: BytesLike) -> Delivery:
        if isinstance(self._begun, RejectedDelivery):
            raise self._begun
        delivery = self._timed(self._begun.finish, last)
        notify(self._observer, "on_verified", delivery, self._head, self._seconds)
        return delivery

    def _timed(self, step: Callable[..., _Result], *arguments: BytesLike) -> _Result:
        """Run a step of the verification, and add its time to that of the steps before."""
        if self._observer is None:
            return step(*arguments)
        start = time.perf_counter()
        try:
            return step(*arguments)
        except RejectedDelivery as error:
            error.seconds = self._seconds + (time.perf_counter() - start)
            raise
        finally:
            self._seconds += time.perf_counter() - start
