"""Several operations that are one call, step by step: what is sent next, and when it is over."""

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
    """One run of some :data:`OperationSteps`. Does no I/O.

    ``operation`` is what is to be sent now; None when it is over, and then ``result`` is there.
    """

    operation: Operation[Any] | None
    result: _T

    def __init__(self, steps: OperationSteps[_T], call: PostCall, timeout: float | None) -> None:
        self._steps = steps
        self._call = call
        # One deadline for all: a call takes no longer for being made of several.
        self._deadline = Deadline(checked_timeout(call["timeout"]) if "timeout" in call else timeout)
        self._advance(steps.__next__)

    def call(self) -> PostCall:
        """What the operation's own call takes: what is left of the time."""
        return cast("PostCall", {**self._call, "timeout": self._deadline.left()})

    def answered(self, result: object) -> None:
        """Go on with the result of the operation."""
        self._advance(lambda: self._steps.send(result))

    def failed(self, error: APIError) -> None:
        """Go on with its failure. Raises it where the steps do not expect it."""
        self._advance(lambda: self._steps.throw(error))

    def _advance(self, move: Callable[[], Operation[Any]]) -> None:
        try:
            self.operation = move()
        except StopIteration as over:
            self.operation, self.result = None, over.value
