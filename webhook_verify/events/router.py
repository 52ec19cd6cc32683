"""Which handlers an event goes to: :class:`EventRouter`.

::

    router = EventRouter(svix)

    @router.on(svix.EndpointDisabledEvent)
    def alert(event: svix.EndpointDisabledEvent, delivery: Delivery) -> None: ...

    @router.on("message.*")
    async def count(event: object) -> None: ...

In the handler of any adapter: ``status = router.dispatch(delivery)``, or ``await
router.dispatch_async(delivery)``, and answer with that status.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol, TypeVar, overload

from webhook_verify.delivery import Delivery
from webhook_verify.errors import UnreadableEvent
from webhook_verify.events.dispatch_plan import DispatchPlan, Handler, Registration
from webhook_verify.events.unknown import UnknownEvent
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
    """What parses deliveries: a module such as :mod:`svix`, or an :class:`EventTypes`."""

    @property
    def parse(self) -> _Parse:
        """A function of a delivery that returns an event, or raises :class:`UnreadableEvent`."""
        ...


_Matcher = Callable[[object, str], bool]


class _Route(NamedTuple):
    matches: _Matcher
    handler: Handler


class EventRouter:
    """Parses deliveries and runs the handlers that are registered for their events.

    ``source``: a module such as :mod:`svix`, an :class:`EventTypes`, or a function that parses a
    delivery. ``unreadable_status``: what :meth:`dispatch` returns for a genuine delivery whose payload
    is not what its type promises. With 422, the sender retries it for as long as it retries, so a
    handler that you mend in time still sees it; a provider may disable an endpoint that keeps failing.
    With a 2xx it is taken as delivered, and lost but for your log. With None, the
    :class:`UnreadableEvent` is raised. ``on_unreadable`` is called with the error and the delivery.

    All that match are run in the order in which they were registered, even if some fail; plain handlers
    of :meth:`dispatch_async` in a thread. Registration ends with the first dispatch. Raises TypeError or
    ValueError for what cannot work.
    """

    def __init__(
        self,
        source: EventSource | _Parse,
        *,
        unreadable_status: int | None = 422,
        on_unreadable: Callable[[UnreadableEvent, Delivery], object] | None = None,
    ) -> None:
        owner = getattr(source, "__self__", source)  # of the method types.parse, the EventTypes
        self._types: object = getattr(owner, "EVENTS", owner)
        self._type_of: Callable[[object], str] = getattr(self._types, "type_of", _own_type)
        parse: object = source if callable(source) else getattr(source, "parse", None)
        if not callable(parse):
            raise TypeError(
                "source is a module with parse(), an EventTypes, or a function that parses a delivery"
            )
        if unreadable_status not in {None, 422, *range(200, 300)}:
            raise ValueError("unreadable_status is 422, a 2xx status, or None to have UnreadableEvent raised")
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
        """Decorate a handler of a class of events, of an event type, or of all types below a prefix.

        ``"message.*"`` is every type that begins with ``message.``, and ``"*"`` is every type. With several
        keys the handler runs once for an event that is any of them. Raises ValueError for a class that
        ``source`` never gives, and for a pattern that matches nothing.
        """
        for event_key in (key, *more_keys):
            if isinstance(event_key, type):
                self._check_class(event_key)
        matches = _any_of([_matcher(event_key) for event_key in (key, *more_keys)])
        return Registration(lambda handler: self._add(self._routes, _Route(matches, handler)))

    @property
    def before(self) -> Registration[Any]:
        """Decorate a hook that runs before the handlers. If it fails none of them runs."""
        return Registration(lambda hook: self._add(self._before, hook))

    @property
    def after(self) -> Registration[Any]:
        """Decorate a hook that runs after the handlers, whether they failed or not."""
        return Registration(lambda hook: self._add(self._after, hook))

    @property
    def fallback(self) -> Registration[Any]:
        """Decorate the handler of events for which there is no other, :class:`UnknownEvent` or not."""
        return Registration(self._set_fallback)

    def include(self, router: EventRouter) -> None:
        """Let another router's handlers take part, in this place of the order and within its own hooks.

        Its hooks run only for events that it has handlers for; what it parses with does not matter. From
        now on nothing can be registered with it. Raises ValueError if it has a fallback, which is
        for the outermost router to have, or if it includes this one.
        """
        if router._fallback is not None:
            raise ValueError("a router that is included has no fallback: give it to the outermost router")
        if self in router._tree():
            raise ValueError("a router cannot include itself")
        self._add(self._routes, router)
        router._is_closed = True

    def dispatch(self, delivery: Delivery, *, event_type: str | None = None) -> int:
        """Parse the delivery, run its handlers, and return the HTTP status to answer with: 204.

        ``event_type`` is handed on to ``parse``, for sources that take one. Raises an ExceptionGroup of
        everything that handlers and hooks raised, and TypeError if one of them is ``async``.
        """
        self._is_closed = True
        if self._async_names:
            raise TypeError(f"dispatch() cannot await {', '.join(self._async_names)}: use dispatch_async()")
        try:
            event = self._parse_event(delivery, event_type)
        except UnreadableEvent as error:
            return self._on_unreadable_event(error, delivery)
        self._plan(event).run(event, delivery)
        return _NO_CONTENT

    async def dispatch_async(self, delivery: Delivery, *, event_type: str | None = None) -> int:
        """As :meth:`dispatch`, awaited; plain handlers run in a thread, so that they may block."""
        self._is_closed = True
        try:
            event = self._parse_event(delivery, event_type)
        except UnreadableEvent as error:
            return self._on_unreadable_event(error, delivery)
        await self._plan(event).run_async(event, delivery)
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

    def _plan(self, event: object) -> DispatchPlan:
        steps = list(self._steps(event, self._type_of(event)))
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
        classes: list[type[Any]] = [UnknownEvent, *(known or {}).values()]
        if known is not None and not any(issubclass(cls, key) for cls in classes):
            name = key.__name__
            raise ValueError(f"no event of this router is a {name}: register it with its EventTypes")

    def _set_fallback(self, handler: Handler) -> None:
        self._check_open()
        if self._fallback is not None:
            raise ValueError("there is a fallback already")
        self._fallback = handler

    def _add(self, registrations: list[_T], registration: _T) -> None:
        self._check_open()
        registrations.append(registration)

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError(
                "registration is closed: this router has dispatched, or is included in another"
            )

    @cached_property
    def _async_names(self) -> list[str]:
        """The names of the handlers that must be awaited; asked for once registration is closed."""
        return [handler.name for handler in self._handlers() if handler.is_async]

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
        raise TypeError(f"a handler is registered for a class or an event type (str), not {key!r}")
    prefix = key.removesuffix("*")
    if not key or "*" in prefix or (key != "*" and prefix != key and not prefix.endswith(".")):
        raise ValueError('an event type is "some.type", "some.prefix.*" or "*"')
    if prefix == key:
        return lambda _, event_type: event_type == key
    return lambda _, event_type: event_type.startswith(prefix)
