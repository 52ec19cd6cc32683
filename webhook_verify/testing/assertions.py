"""Assert why a delivery was rejected, whether it was raised or answered: :func:`assert_rejects`.

A response says no more than a status, so the reason of a receiver is taken from its log, where every
rejection is a record with a ``reason``.
"""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.tracebacks import safe_repr

__all__ = ["Caught", "assert_refused", "assert_rejects"]


@safe_repr
class Caught:
    """What a block rejected. ``error``: the exception, or None where a receiver answered instead."""

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.error: RejectedDelivery | None = None

    def __repr__(self) -> str:
        return f"Caught({', '.join(self.reasons)})"


@contextmanager
def assert_rejects(reason: Reason | str) -> Generator[Caught]:
    """Assert that the block rejects a delivery for this reason, and for no other.

    It may raise :class:`RejectedDelivery`, as a verifier does; or post to a receiver of this process, whose
    answer is 400, 401 or 413. Raises AssertionError else, and ValueError for a word that is no reason.
    """
    __tracebackhide__ = True
    expected, caught = Reason(reason), Caught()
    with _reasons_logged(caught.reasons):
        try:
            yield caught
        except RejectedDelivery as error:
            caught.error = error
            caught.reasons.append(error.reason)
    if not caught.reasons:
        raise AssertionError(f"nothing was rejected; expected {expected}")
    if set(caught.reasons) != {expected}:
        raise AssertionError(f"rejected for {', '.join(caught.reasons)}; expected {expected}")


def assert_refused(response: Any, reason: Reason | str) -> None:
    """Assert that a response has the status that answers a rejection for this reason: 400, 401 or 413.

    For a receiver in another process, of which no more can be seen. Raises AssertionError else.
    """
    __tracebackhide__ = True
    expected, status = Reason(reason).status_hint, int(response.status_code)
    if status != expected:
        raise AssertionError(f"answered {status}; a delivery rejected for {reason} is answered {expected}")


class _Noting(logging.Handler):
    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(logging.WARNING)
        self._reasons = reasons

    def emit(self, record: logging.LogRecord) -> None:
        if (reason := vars(record).get("reason")) in set(Reason):
            self._reasons.append(Reason(str(reason)))


@contextmanager
def _reasons_logged(reasons: list[Reason]) -> Generator[None]:
    """Note the reasons of all rejections, also where logging is switched off, as Django's settings do."""
    logger = logging.getLogger("webhook_verify")
    handler = _Noting(reasons)
    before = logger.level, logger.disabled, logging.root.manager.disable
    logger.addHandler(handler)
    logger.setLevel(min(logger.level or logging.WARNING, logging.WARNING))
    logger.disabled = False
    logging.disable(min(before[2], logging.INFO))
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.disabled = before[1]
        logging.disable(before[2])
