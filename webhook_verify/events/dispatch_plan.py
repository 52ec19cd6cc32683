"""What a router calls: a handler of ``(event, delivery)`` or of ``(event)``, plain or ``async``.

:class:`Registration` is the decorator that ``EventRouter.on`` gives; type checkers hold the handler to the
event's class through it. :class:`DispatchPlan` is what is to be run for one event, and in which order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from inspect import isawaitable, iscoroutine, iscoroutinefunction, signature
from typing import Generic, TypeVar, overload

from webhook_verify.delivery import Delivery
from webhook_verify.tracebacks import safe_repr

__all__ = ["DispatchPlan", "Handler", "Registration"]

_E_contra = TypeVar("_E_contra", contravariant=True)
_R = TypeVar("_R")


class Registration(Generic[_E_contra]):
    """A decorator that registers a handler and gives it back as it is."""

    def __init__(self, add: Callable[[Handler], None]) -> None:
        self._add = add

    @overload
    def __call__(
        self, handler: Callable[[_E_contra, Delivery], _R], /
    ) -> Callable[[_E_contra, Delivery], _R]: ...

    @overload
    def __call__(self, handler: Callable[[_E_contra], _R], /) -> Callable[[_E_contra], _R]: ...

    def __call__(self, handler: Callable[..., object], /) -> Callable[..., object]:
        """Register the handler. Raises TypeError for what cannot be called with an event."""
        self._add(Handler(handler))
        return handler


class Handler:
    """A function that takes an event, and the delivery if it has room for it."""

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function
        self._takes_delivery = _takes_delivery(function)
        self.is_async = iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
        self.name: str = getattr(function, "__qualname__", repr(function))

    def run(self, event: object, delivery: Delivery) -> None:
        """Call the function. Raises what it raises, and TypeError if it would have to be awaited."""
        result = self._call(event, delivery)
        if isawaitable(result):
            if iscoroutine(result):
                result.close()
            raise TypeError("the handler returned an awaitable: use dispatch_async")

    async def run_async(self, event: object, delivery: Delivery) -> None:
        """Call the function: an ``async`` one in the event loop, a plain one in a thread."""
        result = await self._call_async(event, delivery)
        if isawaitable(result):
            await result

    async def _call_async(self, event: object, delivery: Delivery) -> object:
        if self.is_async:
            return self._call(event, delivery)
        from asyncio import to_thread  # here, because blocking code does without asyncio

        return await to_thread(self._call, event, delivery)

    def _call(self, event: object, delivery: Delivery) -> object:
        return self._function(event, delivery) if self._takes_delivery else self._function(event)


def _takes_delivery(function: Callable[..., object]) -> bool:
    for count in (2, 1):
        try:
            signature(function).bind(*[None] * count)
        except TypeError:
            continue
        except ValueError:  # of some builtins: they have no signature
            break
        return count == 2
    raise TypeError("a handler is a function of (event, delivery) or of (event)")


@safe_repr
@dataclass(frozen=True)
class DispatchPlan:
    """What to run for one event. If one of ``before`` fails, nothing else of this plan is run."""

    before: Sequence[Handler]
    steps: Sequence[Handler | DispatchPlan]
    after: Sequence[Handler]

    def run(self, event: object, delivery: Delivery) -> None:
        """Run all handlers, one after the other. Raises an ExceptionGroup of all that failed."""
        errors: list[Exception] = []
        for handler in self._order(errors):
            try:
                handler.run(event, delivery)
            except Exception as error:
                errors.append(_add_handler_note(error, handler))
        _report(errors)

    async def run_async(self, event: object, delivery: Delivery) -> None:
        """As :meth:`run`, awaited."""
        errors: list[Exception] = []
        for handler in self._order(errors):
            try:
                await handler.run_async(event, delivery)
            except Exception as error:
                errors.append(_add_handler_note(error, handler))
        _report(errors)

    def _order(self, errors: Sequence[Exception]) -> Iterator[Handler]:
        """The handlers in their order. Whoever runs them notes each error before taking the next."""
        known = len(errors)
        for hook in self.before:
            yield hook
            if len(errors) > known:
                return
        for step in self.steps:
            if isinstance(step, DispatchPlan):
                yield from step._order(errors)
            else:
                yield step
        yield from self.after


def _add_handler_note(error: Exception, handler: Handler) -> Exception:
    error.add_note(f"in the handler {handler.name}")
    return error


def _report(errors: list[Exception]) -> None:
    if errors:
        raise ExceptionGroup("a handler failed" if len(errors) == 1 else "handlers failed", errors)
