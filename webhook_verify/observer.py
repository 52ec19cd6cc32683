"""Telling an observer of every verdict, with the time that verifying took."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.exchange import RequestFacts
from webhook_verify.verifier import Verification

__all__ = ["Observed", "Observer", "Stopwatch"]

_logger = logging.getLogger("webhook_verify")


class Observer(Protocol):
    """Is told of every verdict, to count and to measure. What it raises is logged and goes no further."""

    def on_verified(self, delivery: Delivery, facts: RequestFacts, seconds: float) -> None:
        """A delivery was verified, which took so long without the waiting for its body."""
        ...

    def on_rejected(self, error: RejectedDelivery, facts: RequestFacts, seconds: float) -> None:
        """A delivery was rejected."""
        ...


class Stopwatch:
    """Adds up the time that is spent verifying, and tells the observer how it ended."""

    def __init__(self, observer: Observer, facts: RequestFacts, scheme: str | None) -> None:
        self._observer = observer
        self._facts = facts
        self._scheme = scheme
        self._spent = 0.0
        self._since = 0.0

    def __enter__(self) -> None:
        self._since = time.perf_counter()

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        self._spent += time.perf_counter() - self._since
        if isinstance(error, RejectedDelivery):
            error.scheme = error.scheme or self._scheme  # headers that cannot be read name none
            self._tell(self._observer.on_rejected, error)

    def verified(self, delivery: Delivery) -> None:
        """Tell the observer of a delivery that was verified."""
        self._tell(self._observer.on_verified, delivery)

    def _tell(self, hook: Callable[[Any, RequestFacts, float], None], verdict: object) -> None:
        try:
            hook(verdict, self._facts, self._spent)
        except Exception:  # a counter that fails must not cost a delivery
            _logger.exception("the observer failed")


class Observed:
    """A verification under a stopwatch."""

    def __init__(self, verification: Verification, watch: Stopwatch) -> None:
        self._verification = verification
        self._watch = watch

    def update(self, chunk: BytesLike) -> None:
        """See :meth:`Verification.update`."""
        with self._watch:
            self._verification.update(chunk)

    def finish(self) -> Delivery:
        """See :meth:`Verification.finish`."""
        with self._watch:
            delivery = self._verification.finish()
        self._watch.verified(delivery)
        return delivery
