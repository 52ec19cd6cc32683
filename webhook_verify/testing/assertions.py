"""Assertions about the reason of a rejection, for verifiers and receivers.

A receiver's response contains only a status code, so the reason is read from the log. Each rejection has a
record with a `reason`.
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
    """The rejections during a block.

    Attributes:
        reasons: The reason of each rejection, in order.
        error: The exception, or None if a receiver returned a response instead.
    """

    def __init__(self) -> None:
        self.reasons: list[Reason] = []
        self.error: RejectedDelivery | None = None

    def __repr__(self) -> str:
        return f"Caught({', '.join(self.reasons)})"


@contextmanager
def assert_rejects(reason: Reason | str) -> Generator[Caught]:
    """Assert that the block rejects a delivery for one reason only.

    The block may raise `RejectedDelivery`, as a verifier does, or post to a receiver in the same process.

    Args:
        reason: The expected reason.

    Yields:
        The rejections, which are complete after the block.

    Raises:
        AssertionError: If nothing was rejected, or a delivery was rejected for another reason.
        ValueError: If `reason` is an unknown string.
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
    """Assert that a response has the status code of a rejection, for a receiver in another process.

    Args:
        response: A response with a `status_code`.
        reason: The expected reason. Several reasons share a status code, such as 401.

    Raises:
        AssertionError: If the status code is another one.
        ValueError: If `reason` is an unknown string.
    """
    __tracebackhide__ = True
    expected, status = Reason(reason).status_hint, int(response.status_code)
    if status != expected:
        raise AssertionError(f"returned {status}; a delivery rejected for {reason} returns {expected}")


class _ReasonHandler(logging.Handler):
    def __init__(self, reasons: list[Reason]) -> None:
        super().__init__(logging.WARNING)
        self._reasons = reasons

    def emit(self, record: logging.LogRecord) -> None:
        if (reason := vars(record).get("reason")) in set(Reason):
            self._reasons.append(Reason(str(reason)))


@contextmanager
def _reasons_logged(reasons: list[Reason]) -> Generator[None]:
    """Collect the reasons of all rejections, even if logging is disabled, as by Django's settings."""
    logger = logging.getLogger("webhook_verify")
    handler = _ReasonHandler(reasons)
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
