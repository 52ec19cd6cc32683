"""`EventRouter`, which runs the handlers that are registered for an event.

```python
router = EventRouter(svix)

@router.on(svix.EndpointDisabledEvent)
def alert(event: svix.EndpointDisabledEvent, delivery: Delivery) -> None: ...

@router.on("message.*")
async def count(event: object) -> None: ...
```

In the handler of any adapter, call ``router.dispatch(delivery)`` or
``await router.dispatch_async(delivery)``, and respond with the status that it returns.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar, overload

from webhook_verify.delivery import Delivery
from webhook_verify.errors import UnreadableEvent
from webhook_verify.events.dispatch_plan import DispatchPlan, Handler, Registration
from webhook_verify.events.structs import attach_raw
from webhook_verify.events.unknown import UnknownEvent, UntypedEvent
from webhook_verify.log_text import log_text

__all__ = ["EventRouter", "EventSource"]

_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_T = TypeVar("_T")
_Parse = Callable[..., object]

_logger = logging.getLogger("webhook_verify")

_NO_CONTENT = 204


class EventSource(Protocol):
    """A parser of deliveries: a module such as `svix`, or an `EventTypes`."""

    @property
    def parse(self) -> _Parse:
        """A function that returns the event of a delivery, or raises `UnreadableEvent`."""
        ...


_Matcher = Callable[[object, str], bool]


class _Route(NamedTuple):
    types: frozenset[str]
    matches: _Matcher
    handler: Handler


class EventRouter:
    """A router that parses deliveries and runs the handlers that are registered for their events.

    All matching handlers run in the order of their registration, even if some fail. `dispatch_async` runs
    synchronous handlers in a thread. Registration ends with the first dispatch.

    An event without a class is also routed by `Delivery.event_type` if that is signed. If a handler is
    registered for its type, the event is an `UntypedEvent` instead of an `UnknownEvent`.

    Args:
        source: A module such as `svix`, an `EventTypes`, or a function that parses a delivery.
        unreadable_status: The status that `dispatch` returns for a verified delivery whose payload does not
            match its type. With 422 the sender retries, so that you can fix the class in time, but a provider
            may disable an endpoint that keeps failing. With a 2xx status the sender does not retry, and the
            event is only in your log. With None the `UnreadableEvent` is raised.
        on_unreadable: Called with the error and the delivery.

    Raises:
        TypeError: If `source` cannot parse deliveries.
        ValueError: If `unreadable_status` is neither 422, nor a 2xx status, nor None.
    """

    def __init__(
        self,
        source: EventSource | _Parse,
        *,
        unreadable_status: int | None = 422,
        on_unreadable: Callable[[UnreadableEvent, Delivery], object] | None = None,
    ) -> None:
        owner = getattr(source, "__self__", source)  # the EventTypes, if source is its method parse
        self._types: object = getattr(owner, "EVENTS", owner)
        self._type_of: Callable[[object], str] = getattr(self._types, "type_of", _own_type)
        parse: object = source if callable(source) else getattr(source, "parse", None)
        if not callable(parse):
            raise TypeError(
                "source must be a module with parse(), an EventTypes or a function that parses a delivery, "
                f"not {type(source).__name__!r}"
            )
        if unreadable_status not in {None, 422, *range(200, 300)}:
            raise ValueError(
                "unreadable_status must be 422, a 2xx status, or None to raise UnreadableEvent, not "
                f"{unreadable_status!r}"
            )
        self._parse = parse
        self._unreadable_status = unreadable_status
        self._on_unreadable = on_unreadable
        self._routes: list[_Route | EventRouter] = []
        self._before: list[Handler] = []
        self._after: list[Handler] = []
        self._fallback: Handler | None = None
        self._is_closed = False

    @overload
    def on(self, key: type[_A], /) -> Registration[_A]: ...

    @overload
    def on(self, key: type[_A], second: type[_B], /) -> Registration[_A | _B]: ...

    @overload
    def on(self, key: type[_A], second: type[_B], third: type[_C], /) -> Registration[_A | _B | _C]: ...

    @overload
    def on(self, key: type[Any] | str, /, *more_keys: type[Any] | str) -> Registration[Any]: ...

    def on(self, key: type[Any] | str, /, *more_keys: type[Any] | str) -> Registration[Any]:
        """Return a decorator that registers a handler for event classes or event types.

        Args:
            key: A class, an event type, or a pattern: `"message.*"` matches every type that begins with
                `message.`, and `"*"` matches every type.
            *more_keys: More keys. The handler runs one time for an event that matches any key.

        Returns:
            The decorator.

        Raises:
            RuntimeError: From the decorator, if this router has dispatched an event or is included in another
                one.
            TypeError: If a key is neither a class nor a str. From the decorator, if the handler does not
                accept an event.
            ValueError: If `source` never returns a class, or a pattern is invalid.
        """
        for event_key in (key, *more_keys):
            if isinstance(event_key, type):
                self._check_class(event_key)
        matches = _any_of([_matcher(event_key) for event_key in (key, *more_keys)])
        types = frozenset(event_key for event_key in (key, *more_keys) if isinstance(event_key, str))
        return Registration(lambda handler: self._add(self._routes, _Route(types, matches, handler)))

    @property
    def before(self) -> Registration[Any]:
        """A decorator for a hook that runs before the handlers. If the hook fails, no handler runs."""
        return Registration(lambda hook: self._add(self._before, hook))

    @property
    def after(self) -> Registration[Any]:
        """A decorator for a hook that runs after the handlers, even if they failed."""
        return Registration(lambda hook: self._add(self._after, hook))

    @property
    def fallback(self) -> Registration[Any]:
        """A decorator for the handler of all events that have no other handler, including `UnknownEvent`."""
        return Registration(self._set_fallback)

    def include(self, router: EventRouter) -> None:
        """Include the handlers of another router at this position of the order.

        Its hooks run only for events that it has handlers for. Its `source` is not used. Nothing can be
        registered with it afterwards.

        Args:
            router: The other router.

        Raises:
            RuntimeError: If this router has dispatched an event, or is included in another one.
            ValueError: If the other router has a fallback, or includes this router.
        """
        if router._fallback is not None:
            raise ValueError(
                "an included router must not have a fallback. Register it with the outermost router instead"
            )
        if self in router._tree():
            raise ValueError("router must not be this router or include it: a router cannot include itself")
        self._add(self._routes, router)
        router._is_closed = True

    def dispatch(self, delivery: Delivery, *, event_type: str | None = None) -> int:
        """Parse a delivery and run its handlers.

        Args:
            delivery: The delivery.
            event_type: Passed to `parse`, for a source that accepts it.

        Returns:
            The HTTP status for the response: 204, or `unreadable_status`.

        Raises:
            TypeError: If a handler or hook is async.
            ExceptionGroup: If handlers or hooks fail. It contains all of their exceptions.
            UnreadableEvent: If the payload cannot be read and `unreadable_status` is `None`.
            Exception: Any exception of `on_unreadable`, and any other exception of `source`.
        """
        self._is_closed = True
        if self._async_names:
            raise TypeError(f"dispatch() cannot await {', '.join(self._async_names)}: use dispatch_async()")
        try:
            event = self._parse_event(delivery, event_type)
        except UnreadableEvent as error:
            return self._on_unreadable_event(error, delivery)
        event, known = self._resolve(event, event_type, delivery)
        self._plan(event, known).run(event, delivery)
        return _NO_CONTENT

    async def dispatch_async(self, delivery: Delivery, *, event_type: str | None = None) -> int:
        """Parse a delivery and run its handlers, synchronous ones in a thread.

        Args:
            delivery: The delivery.
            event_type: Passed to `parse`, for a source that accepts it.

        Returns:
            The HTTP status for the response: 204, or `unreadable_status`.

        Raises:
            ExceptionGroup: If handlers or hooks fail. It contains all of their exceptions.
            UnreadableEvent: If the payload cannot be read and `unreadable_status` is `None`.
            Exception: Any exception of `on_unreadable`, and any other exception of `source`.
        """
        self._is_closed = True
        try:
            event = self._parse_event(delivery, event_type)
        except UnreadableEvent as error:
            return self._on_unreadable_event(error, delivery)
        event, known = self._resolve(event, event_type, delivery)
        await self._plan(event, known).run_async(event, delivery)
        return _NO_CONTENT

    def _parse_event(self, delivery: Delivery, event_type: str | None) -> object:
        return self._parse(delivery) if event_type is None else self._parse(delivery, event_type=event_type)

    def _on_unreadable_event(self, error: UnreadableEvent, delivery: Delivery) -> int:
        extra = {
            "path": log_text(error.path),
            "scheme": delivery.scheme,
            "message_id": log_text(delivery.id),
        }
        _logger.error("unreadable event: %s", log_text(str(error)), extra=extra)
        if self._on_unreadable is not None:
            self._on_unreadable(error, delivery)
        if self._unreadable_status is None:
            raise error
        return self._unreadable_status

    def _resolve(self, event: object, event_type: str | None, delivery: Delivery) -> tuple[object, str]:
        """Return the event to pass to handlers, and its type."""
        known = self._type_of(event)
        is_unclassed = isinstance(event, UnknownEvent) or not known
        if event_type is None and is_unclassed and known not in self._registered_types:
            known = (delivery.event_type_is_signed and delivery.event_type) or known
        if isinstance(event, UnknownEvent) and known in self._registered_types:
            return attach_raw(UntypedEvent(known, event.data), event.raw), known
        return event, known

    def _plan(self, event: object, event_type: str) -> DispatchPlan:
        steps = list(self._steps(event, event_type))
        if not steps and self._fallback is not None:
            steps.append(self._fallback)
        return DispatchPlan(self._before, steps, self._after)

    def _steps(self, event: object, event_type: str) -> Iterator[Handler | DispatchPlan]:
        for route in self._routes:
            if isinstance(route, _Route):
                if route.matches(event, event_type):
                    yield route.handler
            elif steps := list(route._steps(event, event_type)):
                yield DispatchPlan(route._before, steps, route._after)

    def _check_class(self, key: type[Any]) -> None:
        known: Mapping[str, type[Any]] | None = getattr(self._types, "classes", None)
        classes: list[type[Any]] = [UnknownEvent, UntypedEvent, *(known or {}).values()]
        if known is not None and not any(issubclass(cls, key) for cls in classes):
            name = key.__name__
            raise ValueError(
                f"the source of this router never returns a {name}. Register the class with its EventTypes"
            )

    def _set_fallback(self, handler: Handler) -> None:
        self._check_open()
        if self._fallback is not None:
            raise ValueError("this router already has a fallback. Register one fallback only")
        self._fallback = handler

    def _add(self, registrations: list[_T], registration: _T) -> None:
        self._check_open()
        registrations.append(registration)

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError(
                "registration is closed, because this router has dispatched an event or is included in "
                "another router. Register all handlers before that"
            )

    @cached_property
    def _async_names(self) -> list[str]:
        """The names of the async handlers. Read only after registration is closed."""
        return [handler.name for handler in self._handlers() if handler.is_async]

    @cached_property
    def _registered_types(self) -> frozenset[str]:
        """The event types with a handler, without patterns. Read only after registration is closed."""
        routes = [route for router in self._tree() for route in router._routes if isinstance(route, _Route)]
        return frozenset(event_type for route in routes for event_type in route.types)

    def _tree(self) -> Iterator[EventRouter]:
        yield self
        for route in self._routes:
            if isinstance(route, EventRouter):
                yield from route._tree()

    def _handlers(self) -> Iterator[Handler]:
        for router in self._tree():
            yield from router._before
            yield from (route.handler for route in router._routes if isinstance(route, _Route))
            yield from router._after
            if router._fallback is not None:
                yield router._fallback


def _own_type(event: object) -> str:
    event_type: object = getattr(event, "type", "")
    return event_type if isinstance(event_type, str) else ""


def _any_of(matchers: Sequence[_Matcher]) -> _Matcher:
    return lambda event, event_type: any(matches(event, event_type) for matches in matchers)


def _matcher(key: object) -> _Matcher:
    if isinstance(key, type):
        return lambda event, _: isinstance(event, key)
    if not isinstance(key, str):
        raise TypeError(f"key must be a class or an event type (str), not {type(key).__name__!r}")
    prefix = key.removesuffix("*")
    if not key or "*" in prefix or (key != "*" and prefix != key and not prefix.endswith(".")):
        raise ValueError(f"an event type must be like 'some.type', 'some.prefix.*' or '*', not {key!r}")
    if prefix == key:
        return lambda _, event_type: event_type == key
    return lambda _, event_type: event_type.startswith(prefix)
