"""The handlers of an inbox: which function processes which delivery."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from inspect import Parameter, iscoroutinefunction, signature
from typing import Any, TypeVar, cast

from webhook_verify.delivery import Delivery
from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.retries import Backoff
from webhook_verify.tracebacks import safe_repr

__all__ = ["Handlers", "InboxHandler"]

_F = TypeVar("_F", bound=Callable[..., Any])

# The kinds of keys, by how specific they are.
_PATTERN, _CLASS, _TYPE, _PREDICATE = range(4)

Parsed = dict[object, object]
"""The events of one delivery, by their parser, so that it is parsed once."""


@safe_repr
@dataclass(frozen=True)
class InboxHandler:
    """A registered handler.

    Args:
        function: A function of `(delivery)` or of `(delivery, entry)`, synchronous or async.
        retry: The delays of its retries.
        matches: Whether it handles a delivery.
        rank: How specific it is: the greatest wins.

    Raises:
        TypeError: If `function` accepts neither `(delivery)` nor `(delivery, entry)`.
    """

    function: Callable[..., Any]
    retry: Backoff
    matches: Callable[[Delivery, Parsed], bool]
    rank: tuple[int, int]
    is_async: bool = field(init=False)
    takes_entry: bool = field(init=False)

    def __post_init__(self) -> None:
        function = self.function
        is_async = iscoroutinefunction(function) or iscoroutinefunction(type(function).__call__)
        object.__setattr__(self, "is_async", is_async)
        object.__setattr__(self, "takes_entry", _takes_entry(function))

    @property
    def name(self) -> str:
        """The qualified name of the function."""
        name: str = getattr(self.function, "__qualname__", type(self.function).__qualname__)
        return name

    def call(self, delivery: Delivery, entry: Entry) -> Any:
        """Call the function.

        Args:
            delivery: The delivery.
            entry: Its row.

        Returns:
            Its result, an awaitable if it is async.

        Raises:
            Exception: Any exception of the function.
        """
        return self.function(delivery, entry) if self.takes_entry else self.function(delivery)


class Handlers:
    """The handlers of an inbox. The most specific one processes a delivery, and no other.

    From the most specific: a predicate, an event type, an event class (the most derived first), a pattern
    (the longest first), `"*"`. Of equal ones the first that was registered.
    """

    def __init__(self) -> None:
        self._handlers: list[InboxHandler] = []

    def register(
        self,
        key: str | type[Any] | Callable[[Delivery], object],
        *,
        retry: Backoff | None = None,
        source: Any = None,
    ) -> Callable[[_F], _F]:
        """Return a decorator that registers a handler and returns it unchanged.

        Args:
            key: An event type; a pattern of event types, in which `*` matches any characters; the class of an
                event; or a predicate, a function of the delivery.
            retry: The delays between the attempts, and their number. By default `Backoff()`.
            source: For a class, the parser of its events: a module such as `webhook_verify.events.svix`, or
                an `EventTypes`. By default the module of the class.

        Returns:
            The decorator. It raises TypeError for a function that accepts neither `(delivery)` nor
            `(delivery, entry)`.

        Raises:
            TypeError: If an argument has the wrong type, or `source` cannot parse deliveries.
            ValueError: If `key` is an empty str.
        """
        backoff = Backoff() if retry is None else retry
        if not isinstance(cast("object", backoff), Backoff):
            raise TypeError(f"retry must be a Backoff, not {type(backoff).__name__!r}")
        rank, matches = _matcher(key, source)

        def decorate(function: _F) -> _F:
            handlers = [*self._handlers, InboxHandler(function, backoff, matches, rank)]
            # sorted() is stable, so equal ranks remain in the order of their registration.
            self._handlers = sorted(handlers, key=lambda handler: handler.rank, reverse=True)
            return function

        return decorate

    def find(self, delivery: Delivery) -> InboxHandler | None:
        """Return the handler of a delivery.

        Args:
            delivery: The delivery.

        Returns:
            The most specific handler, or None if no handler matches.

        Raises:
            Exception: Any exception of a predicate, or of a parser.
        """
        events: Parsed = {}
        return next((handler for handler in self._handlers if handler.matches(delivery, events)), None)


def _matcher(key: object, source: Any) -> tuple[tuple[int, int], Callable[[Delivery, Parsed], bool]]:
    """Return the rank of a key, and whether it matches."""
    if isinstance(key, type):
        return (_CLASS, len(key.__mro__)), _class_matcher(key, source)
    if source is not None:
        raise TypeError("source is for the class of an event: leave it out, or register a class")
    if isinstance(key, str):
        return _type_matcher(key)
    if not callable(key) or iscoroutinefunction(key):
        raise TypeError(
            "key must be an event type, a pattern, a class of events or a synchronous predicate, not "
            f"{type(key).__name__!r}"
        )
    predicate = key
    return (_PREDICATE, 0), lambda delivery, _: bool(predicate(delivery))


def _type_matcher(key: str) -> tuple[tuple[int, int], Callable[[Delivery, Parsed], bool]]:
    if not key:
        raise ValueError('key must be an event type such as "invoice.paid", a pattern or "*", not ""')
    if "*" not in key:
        return (_TYPE, 0), lambda delivery, _: delivery.event_type == key
    literals = key.split("*")
    if not any(literals):
        return (_PATTERN, 0), lambda delivery, _: True  # also without an event type
    pattern = re.compile(".*".join(map(re.escape, literals)), re.DOTALL)
    rank = _PATTERN, sum(map(len, literals))
    return rank, lambda delivery, _: pattern.fullmatch(delivery.event_type or "") is not None


def _class_matcher(key: type[Any], source: Any) -> Callable[[Delivery, Parsed], bool]:
    parser: Any = sys.modules.get(key.__module__) if source is None else source
    parse: Any = parser if callable(parser) else getattr(parser, "parse", None)
    if not callable(parse):
        raise TypeError(
            f"source must be a module with parse() or an EventTypes, which returns events of the class "
            f"{key.__name__!r}"
        )

    def matches(delivery: Delivery, events: Parsed) -> bool:
        if parse not in events:
            events[parse] = parse(delivery)
        return isinstance(events[parse], key)

    return matches


def _takes_entry(function: Callable[..., Any]) -> bool:
    try:
        parameters = signature(function)
    except (TypeError, ValueError):  # some builtins have no signature
        return False
    places = [
        parameter.name
        for parameter in parameters.parameters.values()
        if parameter.kind in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    ]
    for count in (1, 2):
        try:
            parameters.bind(*[None] * count)
        except TypeError:
            continue
        # An optional second parameter may be anything, so it is the entry only by its name.
        return count == 2 or places[1:2] == ["entry"]
    name = getattr(function, "__qualname__", repr(function))
    raise TypeError(f"handler must accept (delivery) or (delivery, entry). Change the parameters of {name!r}")
