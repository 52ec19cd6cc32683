"""Typed events for tests, with all that their classes require: :func:`event`.

::

    event(svix.EndpointDisabledEvent, app_id="app_acme", trigger="manual")
    event(svix.MessageAttemptExhaustedEvent, last_attempt={"response_status_code": 503})
    event(lithic.LithicEvent, event_type="card.updated", state="PAUSED")
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast, get_origin

try:
    from msgspec import inspect, json
except ImportError as missing:
    raise ImportError(
        "typed events need the package msgspec: pip install 'webhook-verify[events]'"
    ) from missing

from webhook_verify.errors import UnreadableEvent
from webhook_verify.events import Event, emporix, lithic, svix
from webhook_verify.events.decoding import reader_of
from webhook_verify.events.structs import attach_raw
from webhook_verify.testing.example_values import example_of_fields, fields_of

__all__ = ["body_of_event", "event"]

_E = TypeVar("_E")


def event(cls: type[_E], /, **values: Any) -> _E:
    """An event of this class, as if it had been parsed: with what is required, and with ``values``.

    ``cls``: an event of :mod:`webhook_verify.events`, or a struct, dataclass or attrs class of your own that
    describes a payload. ``values``: by the names of its fields, or of those of its data; of a nested struct
    a mapping gives some members. What is not typed (the payload of Lithic and Emporix, plain ``data``)
    takes any name. The event's ``raw`` is the body to send.

    Raises TypeError for a name that there is not, and ValueError for a value that does not fit.
    """
    if issubclass(get_origin(cls) or cls, lithic.LithicEvent | emporix.EmporixEvent):
        return cast("_E", _flat(cls, values))
    if hasattr(cls, "__pydantic_validator__"):
        raise TypeError("of a Pydantic model make the event by itself: post() and delivery() take it")
    kind = inspect.type_info(cls)
    body = json.encode(_wire_of(kind, _with_failure(cls, values)))
    try:
        made = reader_of(cls)(body)
    except UnreadableEvent as error:
        failure = ValueError(f"no {cls.__name__}: {error}")
    else:
        return cast("_E", attach_raw(made, body) if isinstance(made, Event) else made)
    raise failure


def body_of_event(event: object) -> bytes:
    """The body that an event is parsed from: its ``raw`` bytes or, where it was changed, what it encodes to.

    Raises TypeError for what is no event.
    """
    if isinstance(event, Event) and event.raw:
        return event.raw
    if isinstance(event, lithic.LithicEvent | emporix.EmporixEvent):
        return json.encode(event.payload)
    if hasattr(event, "__pydantic_validator__"):
        # Asked by its name, because Pydantic may not be installed.
        text: str = cast("Any", event).model_dump_json(by_alias=True)
        return text.encode()
    if not (hasattr(event, "__struct_fields__") or fields_of(inspect.type_info(type(event)))):
        raise TypeError(f"a payload is bytes, a JSON value or a typed event, not {type(event).__name__}")
    return json.encode(event)


def _wire_of(kind: inspect.Type, values: Mapping[str, Any]) -> dict[str, Any]:
    """What is on the wire: values that are no field of the event itself are those of its data."""
    fields, no_fields = fields_of(kind), dict[str, inspect.Field]()
    own = {name: value for name, value in values.items() if name in fields}
    rest = {name: value for name, value in values.items() if name not in fields}
    if not rest:
        return example_of_fields(kind, own)
    data = fields["data"].type if "data" in fields and "data" not in own else None
    known = fields_of(data) if data is not None else no_fields
    if not (isinstance(data, inspect.AnyType | inspect.DictType) or rest.keys() <= known.keys()):
        unknown = ", ".join(sorted(rest.keys() - known.keys()))
        raise TypeError(f"there is no field {unknown}; there are: {', '.join([*fields, *known])}")
    return example_of_fields(kind, {**own, "data": rest})


def _with_failure(cls: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    """An attempt has succeeded in the examples; in these events it has failed."""
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
    """An event whose whole payload is not typed; Lithic's holds its type, Emporix's does not."""
    made: Event
    if issubclass(cls, lithic.LithicEvent):
        token = values.pop("token", "event_6b0c1e0e")
        event_type = values.pop("event_type", "card.updated")
        payload = {"event_type": event_type, **values.pop("payload", {}), **values}
        made = cls(token, event_type, payload)
    else:
        event_type = values.pop("type", "order.created")
        payload = values.pop("payload") if "payload" in values else {"id": "6b0c1e0e", **values}
        made = cls(event_type, payload)
    return attach_raw(made, json.encode(payload))
