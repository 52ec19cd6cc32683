"""Typed events for tests, with example values for all required fields.

```python
event(svix.EndpointDisabledEvent, app_id="app_acme", trigger="manual")
event(svix.MessageAttemptExhaustedEvent, last_attempt={"response_status_code": 503})
event(lithic.LithicEvent, event_type="card.updated", state="PAUSED")
```
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_origin

try:
    from msgspec import inspect, json
except ImportError as _missing:
    raise ImportError(
        "typed events require msgspec. Install it with pip install 'webhook-verify[events]'"
    ) from _missing

from webhook_verify.errors import UnreadableEvent
from webhook_verify.events import Event, emporix, lithic, svix
from webhook_verify.events.decoding import reader_of
from webhook_verify.events.structs import attach_raw
from webhook_verify.testing.example_values import example_of_fields, fields_of

__all__ = ["body_of_event", "event"]

_E = TypeVar("_E")


def event(cls: type[_E], /, **values: Any) -> _E:
    """Create an event as if it had been parsed, with example values for required fields.

    Args:
        cls: An event class of `webhook_verify.events`, or your own struct, dataclass or attrs class.
        values: Values of fields of the event or of its `data`. A mapping sets some fields of a nested struct.
            An untyped payload (Lithic, Emporix, plain `data`) accepts any name.

    Returns:
        The event. Its `raw` attribute, if it has one, is the body to send.

    Raises:
        TypeError: If a field does not exist or has no example value, or if `cls` is a Pydantic model.
        ValueError: If a value is invalid.
    """
    if issubclass(get_origin(cls) or cls, lithic.LithicEvent | emporix.EmporixEvent):
        return cast("_E", _flat(cls, values))
    if hasattr(cls, "__pydantic_validator__"):
        raise TypeError(
            "cls must not be a Pydantic model. Create the model directly, and pass it to post() or delivery()"
        )
    kind = inspect.type_info(cls)
    body = json.encode(_wire_of(kind, _with_failure(cls, values)))
    try:
        parsed = reader_of(cls)(body)
    except UnreadableEvent as error:
        failure = ValueError(f"values do not form a valid {cls.__name__}: {error}")
    else:
        return cast("_E", attach_raw(parsed, body) if isinstance(parsed, Event) else parsed)
    raise failure


def body_of_event(event: object) -> bytes:
    """Serialize an event.

    Args:
        event: A typed event, a struct, a dataclass, an attrs object or a Pydantic model.

    Returns:
        The `raw` bytes of the event, or else its encoding.

    Raises:
        TypeError: If `event` is not one of these.
    """
    if isinstance(event, Event) and event.raw:
        return event.raw
    if isinstance(event, lithic.LithicEvent | emporix.EmporixEvent):
        return json.encode(event.payload)
    if hasattr(event, "__pydantic_validator__"):
        # Detected by an attribute, because Pydantic may not be installed.
        text: str = cast("Any", event).model_dump_json(by_alias=True)
        return text.encode()
    if not (hasattr(event, "__struct_fields__") or fields_of(inspect.type_info(type(event)))):
        raise TypeError(f"payload must be bytes, a JSON value or a typed event, not {type(event).__name__!r}")
    return json.encode(event)


def _wire_of(kind: inspect.Type, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON object of an event. Values that are not its fields are fields of its data."""
    fields, no_fields = fields_of(kind), dict[str, inspect.Field]()
    own = {name: value for name, value in values.items() if name in fields}
    rest = {name: value for name, value in values.items() if name not in fields}
    if not rest:
        return example_of_fields(kind, own)
    data = fields["data"].type if "data" in fields and "data" not in own else None
    known = fields_of(data) if data is not None else no_fields
    if not (isinstance(data, inspect.AnyType | inspect.DictType) or rest.keys() <= known.keys()):
        unknown = ", ".join(sorted(rest.keys() - known.keys()))
        raise TypeError(f"unknown field {unknown}. Expected one of: {', '.join([*fields, *known])}")
    return example_of_fields(kind, {**own, "data": rest})


def _with_failure(cls: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Set a failed last attempt for the events that report one. The example values describe a success."""
    last = values.get("last_attempt", {})
    if cls not in _FAILED or "data" in values or not isinstance(last, Mapping):
        return values
    return {**values, "last_attempt": {"response_status_code": 500, **cast("Mapping[str, Any]", last)}}


_FAILED = {
    svix.MessageAttemptExhaustedEvent,
    svix.MessageAttemptFailingEvent,
    svix.IngestMessageAttemptExhaustedEvent,
    svix.IngestMessageAttemptFailingEvent,
}


def _flat(cls: Any, values: dict[str, Any]) -> Event:
    """Create an event with an untyped payload, which contains the event type only in Lithic's case."""
    flat: Event
    if issubclass(cls, lithic.LithicEvent):
        token = values.pop("token", "event_6b0c1e0e")
        event_type = values.pop("event_type", "card.updated")
        payload = {"event_type": event_type, **values.pop("payload", {}), **values}
        flat = cls(token, event_type, payload)
    else:
        event_type = values.pop("type", "order.created")
        payload = values.pop("payload") if "payload" in values else {"id": "6b0c1e0e", **values}
        flat = cls(event_type, payload)
    return attach_raw(flat, json.encode(payload))
