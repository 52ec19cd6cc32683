"""The steps of a call that consists of several operations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

from webhook_verify.api._attempts import Deadline
from webhook_verify.api._operation import Operation, OperationSteps, PostCall
from webhook_verify.api._settings import checked_timeout
from webhook_verify.errors import APIError

__all__ = ["OperationSequence"]

_T = TypeVar("_T")


class OperationSequence(Generic[_T]):
    """A run of some `OperationSteps`. Does no I/O."""

    operation: Operation[Any] | None
    """Operation to send next; None once the call has a result."""
    result: _T
    """Result of the call, set once `operation` is `None`."""

    def __init__(self, steps: OperationSteps[_T], call: PostCall, timeout: float | None) -> None:
        self._steps = steps
        self._call = call
        # All operations of the call share its timeout.
        self._deadline = Deadline(checked_timeout(call["timeout"]) if "timeout" in call else timeout)
        self._advance(steps.__next__)

    def call(self) -> PostCall:
        """Return the options of the next operation, with the remaining time as its timeout."""
        return cast("PostCall", {**self._call, "timeout": self._deadline.left()})

    def answered(self, result: object) -> None:
        """Continue with the result of the operation."""
        self._advance(lambda: self._steps.send(result))

    def failed(self, error: APIError) -> None:
        """Continue with the failure of the operation, which is raised if the steps do not handle it."""
        self._advance(lambda: self._steps.throw(error))

    def _advance(self, move: Callable[[], Operation[Any]]) -> None:
        try:
            self.operation = move()
        except StopIteration as over:
            self.operation, self.result = None, over.value
