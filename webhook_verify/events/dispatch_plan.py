"""The handlers of a router, and the order in which they run for one event.

A handler accepts ``(event, delivery)`` or ``(event)``, and is synchronous or async. `Registration` is the
decorator that `EventRouter.on` returns; through it type checkers verify that the handler accepts the class of
the event. `DispatchPlan` contains the handlers of one event in their order.
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
    """A decorator that registers a handler and returns it unchanged.

    Args:
        add: Registers a handler.
    """

    def __init__(self, add: Callable[[Handler], None]) -> None:
        self._add = add

    @overload
    def __call__(
        self, handler: Callable[[_E_contra, Delivery], _R], /
    ) -> Callable[[_E_contra, Delivery], _R]: ...

    @overload
    def __call__(self, handler: Callable[[_E_contra], _R], /) -> Callable[[_E_contra], _R]: ...

    def __call__(self, handler: Callable[..., object], /) -> Callable[..., object]:
        """Register the handler.

        Args:
            handler: A function of `(event, delivery)` or of `(event)`, synchronous or async.

        Returns:
            The same function.

        Raises:
            RuntimeError: If registration is closed, because the router has dispatched an event.
            TypeError: If the handler accepts neither `(event, delivery)` nor `(event)`.
            ValueError: If it is a fallback, and the router has one already.
        """
        self._add(Handler(handler))
        return handler


class Handler:
    """A function that accepts an event, and optionally the delivery.

    Args:
        function: A function of `(event, delivery)` or of `(event)`, synchronous or async.

    Raises:
        TypeError: If `function` accepts neither `(event, delivery)` nor `(event)`.
    """

    def __init__(self, function: Callable[..., object]) -> None:
        self._function = function
        self._takes_delivery = _takes_delivery(function)
        self.is_async: bool = iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
        self.name: str = _name_of(function)

    def run(self, event: object, delivery: Delivery) -> None:
        """Call the function.

        Args:
            event: The event.
            delivery: The delivery that contained the event.

        Raises:
            TypeError: If the function returns an awaitable.
            Exception: Any exception of the function.
        """
        result = self._call(event, delivery)
        if isawaitable(result):
            if iscoroutine(result):
                result.close()
            raise TypeError("the handler returned an awaitable. Use dispatch_async()")

    async def run_async(self, event: object, delivery: Delivery) -> None:
        """Call the function: an async function on the event loop, a synchronous one in a thread.

        Args:
            event: The event.
            delivery: The delivery that contained the event.

        Raises:
            Exception: Any exception of the function.
        """
        result = await self._call_async(event, delivery)
        if isawaitable(result):
            await result

    async def _call_async(self, event: object, delivery: Delivery) -> object:
        if self.is_async:
            return self._call(event, delivery)
        from asyncio import to_thread  # here, because synchronous code does not need asyncio

        return await to_thread(self._call, event, delivery)

    def _call(self, event: object, delivery: Delivery) -> object:
        return self._function(event, delivery) if self._takes_delivery else self._function(event)


def _name_of(function: object) -> str:
    name: str = getattr(function, "__qualname__", repr(function))
    return name


def _takes_delivery(function: Callable[..., object]) -> bool:
    for count in (2, 1):
        try:
            signature(function).bind(*[None] * count)
        except TypeError:
            continue
        except ValueError:  # some builtins have no signature
            break
        return count == 2
    raise TypeError(
        f"handler must accept (event, delivery) or (event). Change the parameters of {_name_of(function)!r}"
    )


@safe_repr
@dataclass(frozen=True)
class DispatchPlan:
    """The handlers to run for one event. If a hook in `before` fails, the rest of this plan does not run."""

    before: Sequence[Handler]
    steps: Sequence[Handler | DispatchPlan]
    after: Sequence[Handler]

    def run(self, event: object, delivery: Delivery) -> None:
        """Run all handlers in sequence, even if some fail.

        Args:
            event: The event.
            delivery: The delivery that contained the event.

        Raises:
            ExceptionGroup: If handlers or hooks fail. It contains all of their exceptions.
        """
        errors: list[Exception] = []
        for handler in self._order(errors):
            try:
                handler.run(event, delivery)
            except Exception as error:
                errors.append(_add_handler_note(error, handler))
        _report(errors)

    async def run_async(self, event: object, delivery: Delivery) -> None:
        """Run all handlers in sequence, synchronous ones in a thread.

        Args:
            event: The event.
            delivery: The delivery that contained the event.

        Raises:
            ExceptionGroup: If handlers or hooks fail. It contains all of their exceptions.
        """
        errors: list[Exception] = []
        for handler in self._order(errors):
            try:
                await handler.run_async(event, delivery)
            except Exception as error:
                errors.append(_add_handler_note(error, handler))
        _report(errors)

    def _order(self, errors: Sequence[Exception]) -> Iterator[Handler]:
        """Yield the handlers in their order. The caller adds each error before it takes the next handler."""
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
