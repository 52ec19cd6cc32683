"""Which class reads the payload of which event type: :class:`EventTypes`.

The providers' modules are made of it, and so are events of your own::

    types = EventTypes({"invoice.paid": InvoicePaid})
    event = types.parse(delivery)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar, cast, get_origin

import msgspec

from webhook_verify.body import as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import UnreadableEvent
from webhook_verify.events.decoding import read_json, reader_of
from webhook_verify.events.structs import Event, attach_raw
from webhook_verify.events.unknown import UnknownEvent, body_of

__all__ = ["EventTypes"]

_E = TypeVar("_E")
_C = TypeVar("_C")


class EventTypes(Generic[_E]):
    """The event types that are known, and the class of each.

    ``types``: the class by event type; :meth:`register` adds to it. A class is a msgspec struct, a
    dataclass, an attrs class or, where Pydantic is installed, a model. ``type_field``: the member of
    the payload that holds the event type, or None where only a header does. ``data_field``: the member
    that holds the data, or None for a flat payload. ``describes``: whether a class describes the whole
    payload, or the data alone.

    Raises ValueError or TypeError for what cannot work, here and in :meth:`register`.
    """

    def __init__(
        self,
        types: Mapping[str, type[_E]] | None = None,
        *,
        type_field: str | None = "type",
        data_field: str | None = "data",
        describes: Literal["payload", "data"] = "payload",
    ) -> None:
        if describes not in {"payload", "data"}:
            raise ValueError('describes is "payload" or "data"')
        if describes == "data" and data_field is None:
            raise ValueError("there is no data to describe without a data_field")
        self._type_field = type_field
        self._data_field = data_field
        self._describes_data = describes == "data"
        self._readers: dict[str, Callable[[bytes], Any]] = {}
        self._types: dict[type[Any], str] = {}
        self._read_head = _head_reader(type_field, data_field if self._describes_data else None)
        for event_type, cls in (types or {}).items():
            self._add(event_type, cls)

    @property
    def classes(self) -> Mapping[str, type[Any]]:
        """The class of each event type, as registered. ``Envelope[Invoice]`` is an ``Envelope`` here."""
        return {event_type: get_origin(cls) or cls for cls, event_type in self._types.items()}

    def register(self, event_type: str) -> Callable[[type[_C]], type[_C]]:
        """Decorate a class: it reads events of that type. A type has one class, a class has one type."""

        def decorate(cls: type[_C]) -> type[_C]:
            self._add(event_type, cls)
            return cls

        return decorate

    def type_of(self, event: object) -> str:
        """The event type of an event that :meth:`parse` has given."""
        known = self._types.get(type(event))
        return cast("UnknownEvent", event).type if known is None else known

    def parse(self, delivery: Delivery, *, event_type: str | None = None) -> _E | UnknownEvent:
        """The event in a delivery.

        ``event_type`` counts only where the type is not in the payload: it is what a header says that
        nobody has signed, so it is a hint to route by and no more. Without it
        :attr:`Delivery.event_type` counts. Raises :class:`UnreadableEvent` for a payload that is not
        what its type promises.
        """
        body = body_of(delivery)
        return self._read(body, event_type or delivery.event_type or "")

    def parse_unverified(self, body: bytes, *, event_type: str = "") -> _E | UnknownEvent:
        """As :meth:`parse`, for bytes that nobody has verified, such as those of a test or an archive."""
        return self._read(as_bytes(body), event_type)

    def _read(self, body: bytes, event_type: str) -> _E | UnknownEvent:
        head = self._read_head(body)
        known = head.get("type", event_type)
        reader = self._readers.get(known)
        if reader is None:
            return attach_raw(UnknownEvent(known, self._parse_data(body)), body)
        event = self._read_data(reader, head["data"]) if self._describes_data else reader(body)
        return cast("_E", attach_raw(event, body) if isinstance(event, Event) else event)

    def _read_data(self, reader: Callable[[bytes], Any], data: bytes) -> Any:
        place = str(self._data_field)
        if not data:
            raise UnreadableEvent("is missing", place)
        try:
            return reader(bytes(data))
        except UnreadableEvent as error:
            joint = "" if error.path[:1] in {"", "["} else "."
            failure = UnreadableEvent(error.detail, f"{place}{joint}{error.path}")
        raise failure

    def _parse_data(self, body: bytes) -> Any:
        payload = read_json(body)
        if self._data_field is None or not isinstance(payload, dict):
            return payload
        return cast("dict[str, Any]", payload).get(self._data_field)

    def _add(self, event_type: str, cls: type[Any]) -> None:
        if not isinstance(cast("object", event_type), str) or not event_type:
            raise TypeError('an event type is a text, such as "invoice.paid"')
        if event_type in self._readers:
            raise ValueError(f"the event type {event_type!r} has a class already")
        if cls in self._types:
            raise ValueError(f"{cls.__name__} is of type {self._types[cls]!r} already: give it a subclass")
        self._readers[event_type] = reader_of(cls)
        self._types[cls] = event_type


def _head_reader(type_field: str | None, data_field: str | None) -> Callable[[bytes], dict[str, Any]]:
    """A function that reads of a payload its ``type`` and its ``data`` as bytes, as far as asked for."""
    wanted: list[tuple[str, Any, Any]] = []
    if type_field is not None:
        wanted.append(("type", str, msgspec.field(name=type_field)))
    if data_field is not None:
        wanted.append(("data", msgspec.Raw, msgspec.field(name=data_field, default=msgspec.Raw())))
    if not wanted:
        return lambda body: {}
    read = reader_of(msgspec.defstruct("Head", wanted))
    return lambda body: msgspec.structs.asdict(read(body))
