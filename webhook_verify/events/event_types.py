"""`EventTypes`, a registry of event types and the classes of their payloads.

The modules of the providers use it, and you can use it for your own events:

```python
types = EventTypes({"invoice.paid": InvoicePaid})
event = types.parse(delivery)
```
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
    """A registry of event types and their classes.

    Args:
        types: The class for each event type. `register` adds more. A class is a msgspec struct, a dataclass,
            an attrs class or, if Pydantic is installed, a model.
        type_field: The field of the payload that contains the event type, or None to use
            `Delivery.event_type`. With the default, a signed `Delivery.event_type` is used if the field is
            missing, or if only that type has a class.
        data_field: The field of the payload that contains the data, or None for a flat payload.
        describes: Whether a class describes the whole payload or only the data.

    Raises:
        TypeError: If an event type is not a non-empty str, or a class cannot be decoded from JSON.
        ValueError: If `describes` is invalid, or an event type or a class is registered more than once.
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
            raise ValueError(f"describes must be 'payload' or 'data', not {describes!r}")
        if describes == "data" and data_field is None:
            raise ValueError("data_field must be a field name if describes is 'data', not None")
        self._type_field = type_field
        self._data_field = data_field
        self._describes_data = describes == "data"
        self._readers: dict[str, Callable[[bytes], Any]] = {}
        self._types: dict[type[Any], str] = {}
        described_field = data_field if self._describes_data else None
        self._read_head = _head_reader(type_field, described_field)
        self._read_untyped_head = _head_reader(None, described_field)
        for event_type, cls in (types or {}).items():
            self._add(event_type, cls)

    @property
    def classes(self) -> Mapping[str, type[Any]]:
        """The class of each event type, without type arguments: `Envelope` for `Envelope[Invoice]`."""
        return {event_type: get_origin(cls) or cls for cls, event_type in self._types.items()}

    def register(self, event_type: str) -> Callable[[type[_C]], type[_C]]:
        """Return a decorator that registers a class for an event type.

        A type has one class, and a class has one type.

        Args:
            event_type: The event type.

        Returns:
            The decorator.

        Raises:
            TypeError: From the decorator, if `event_type` is not a non-empty str, or the class cannot be
                decoded.
            ValueError: From the decorator, if the type already has a class, or the class a type.
        """

        def decorate(cls: type[_C]) -> type[_C]:
            self._add(event_type, cls)
            return cls

        return decorate

    def type_of(self, event: object) -> str:
        """Return the event type of an event that `parse` returned.

        Args:
            event: The event.

        Returns:
            The event type.
        """
        known = self._types.get(type(event))
        return cast("UnknownEvent", event).type if known is None else known

    def parse(self, delivery: Delivery, *, event_type: str | None = None) -> _E | UnknownEvent:
        """Parse the event of a delivery.

        Args:
            delivery: The delivery.
            event_type: The event type from an unsigned header, used only if the payload does not contain the
                type. Use it for routing only. By default `Delivery.event_type`.

        Returns:
            The event, or an `UnknownEvent` if its type is not registered.

        Raises:
            TypeError: If `delivery` is not a `Delivery`.
            UnreadableEvent: If the payload is not JSON, or does not match the class of its type.
        """
        body = body_of(delivery)
        return self._read(body, event_type, delivery)

    def parse_unverified(self, body: bytes, *, event_type: str = "") -> _E | UnknownEvent:
        """Parse the event in unverified bytes, such as those of a test or an archive.

        Args:
            body: The payload as bytes.
            event_type: The event type, used only if the payload does not contain it.

        Returns:
            The event, or an `UnknownEvent` if its type is not registered.

        Raises:
            TypeError: If `body` is not bytes-like.
            UnreadableEvent: If the payload is not JSON, or does not match the class of its type.
        """
        return self._read(as_bytes(body), event_type)

    def _read(
        self, body: bytes, event_type: str | None, delivery: Delivery | None = None
    ) -> _E | UnknownEvent:
        head = self._head_of(body, delivery)
        known = head.get("type")
        if known is None:
            known = event_type or (delivery and delivery.event_type) or ""
        elif known not in self._readers and (signed_type := self._signed_type(delivery)) in self._readers:
            known = signed_type
        reader = self._readers.get(known)
        if reader is None:
            return attach_raw(UnknownEvent(known, self._parse_data(body)), body)
        event = self._read_data(reader, head["data"]) if self._describes_data else reader(body)
        return cast("_E", attach_raw(event, body) if isinstance(event, Event) else event)

    def _head_of(self, body: bytes, delivery: Delivery | None) -> dict[str, Any]:
        """Return the head of a payload, without a type if the scheme of the delivery finds it elsewhere."""
        try:
            return self._read_head(body)
        except UnreadableEvent as error:
            if error.path != self._type_field or not self._signed_type(delivery):
                raise
        return self._read_untyped_head(body)

    def _signed_type(self, delivery: Delivery | None) -> str:
        if self._type_field != "type" or delivery is None or not delivery.event_type_is_signed:
            return ""
        return delivery.event_type or ""

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
            raise TypeError(f"event_type must be a non-empty str, such as 'invoice.paid', not {event_type!r}")
        if event_type in self._readers:
            raise ValueError(
                f"event_type {event_type!r} already has a class. Register one class per event type"
            )
        if cls in self._types:
            raise ValueError(
                f"{cls.__name__} is already registered for {self._types[cls]!r}. Register a subclass for "
                f"{event_type!r}"
            )
        self._readers[event_type] = reader_of(cls)
        self._types[cls] = event_type


def _head_reader(type_field: str | None, data_field: str | None) -> Callable[[bytes], dict[str, Any]]:
    """Return a function that decodes only the ``type`` of a payload, and its ``data`` as undecoded bytes."""
    wanted: list[tuple[str, Any, Any]] = []
    if type_field is not None:
        wanted.append(("type", str, msgspec.field(name=type_field)))
    if data_field is not None:
        wanted.append(("data", msgspec.Raw, msgspec.field(name=data_field, default=msgspec.Raw())))
    if not wanted:
        return lambda body: {}
    read = reader_of(msgspec.defstruct("Head", wanted))
    return lambda body: msgspec.structs.asdict(read(body))
