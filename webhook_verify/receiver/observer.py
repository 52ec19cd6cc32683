"""Telling an observer of every verdict, with the time that verifying took."""

from __future__ import annotations

import logging
import time
from typing import Protocol

from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.replay.store import ClaimState
from webhook_verify.verification import Verification

__all__ = ["HandshakeObserver", "Observed", "Observer", "ReplayObserver", "Stopwatch", "tell"]

_logger = logging.getLogger("webhook_verify")


class Observer(Protocol):
    """Is told of every verdict, to count and to measure. What it raises is logged and goes no further."""

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """A delivery was verified, which took so long without the waiting for its body."""
        ...

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        """A delivery was rejected."""
        ...


class ReplayObserver(Observer, Protocol):
    """An observer that also hears of replay protection. An :class:`Observer` need not."""

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        """A delivery was not handled, because its message id is completed or in flight elsewhere."""
        ...

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        """An earlier worker's lease on this message id ran out, so it is handled again."""
        ...


class HandshakeObserver(Observer, Protocol):
    """An observer that also hears of handshakes. An :class:`Observer` need not."""

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        """A handshake of this kind, such as ``slack url_verification``, was answered.

        ``head``: without headers where nobody signed it.
        """
        ...


class Stopwatch:
    """Adds up the time that is spent verifying; a rejection takes the sum along."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._since = 0.0

    def __enter__(self) -> None:
        self._since = time.perf_counter()

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self.seconds += time.perf_counter() - self._since
        if isinstance(error, RejectedDelivery):
            error.seconds = self.seconds


class Observed:
    """A verification under a stopwatch, that tells the observer of the delivery that came out."""

    def __init__(
        self, verification: Verification, watch: Stopwatch, observer: Observer, head: RequestHead
    ) -> None:
        self._verification = verification
        self._watch = watch
        self._observer = observer
        self._head = head

    @property
    def may_block(self) -> bool:
        """See :attr:`Verification.may_block`."""
        return self._verification.may_block

    def update(self, chunk: BytesLike) -> None:
        """See :meth:`Verification.update`."""
        with self._watch:
            self._verification.update(chunk)

    def finish(self, last: BytesLike = b"") -> Delivery:
        """See :meth:`Verification.finish`."""
        with self._watch:
            delivery = self._verification.finish(last)
        tell(self._observer, "on_verified", delivery, self._head, self._watch.seconds)
        return delivery


def tell(observer: Observer | None, hook: str, *verdict: object) -> None:
    """Call a hook of an observer, if it has it. A counter that fails must not cost a delivery."""
    call = getattr(observer, hook, None)
    if call is not None:
        try:
            call(*verdict)
        except Exception:
            _logger.exception("the observer failed")
