"""Example values for the fields of a class, chosen by msgspec's type and the name of the field.

Only required fields get a value. The values are the same in every run, so tests are reproducible.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from msgspec import UNSET, inspect, to_builtins

__all__ = ["example_of_fields", "fields_of"]

Fields = Mapping[str, inspect.Field]

_IDS = {
    "app_id": "app_",
    "attempt_id": "atmpt_",
    "endpoint_id": "ep_",
    "id": "atmpt_",
    "msg_id": "msg_",
    "org_id": "org_",
    "source_id": "src_",
    "task_id": "qtask_",
}
_TEXTS = {"type": "test.event", "status": "finished", "task": "endpoint.replay"}
_NUMBERS = {"response_status_code": 200, "status": 0}
_WHEN = "2026-01-02T03:04:05"
_TIMES = {"end": "2026-01-02T03:04:06", "attempt_end": "2026-01-02T03:04:06"}
_SUFFIX = "2mVqJ0dEzUo7TyfXwK1b9RcPhAs"  # The length of Svix's ids.
_MAX_DEPTH = 8  # Ends the recursion of a class that contains itself.


def fields_of(kind: inspect.Type) -> Fields:
    """Return the fields of a type that is a JSON object.

    Args:
        kind: A type from `msgspec.inspect`.

    Returns:
        The fields by name, or an empty mapping for another type.
    """
    if isinstance(kind, inspect.NamedTupleType) or getattr(kind, "array_like", False):
        return {}
    return {field.name: field for field in cast("Sequence[inspect.Field]", getattr(kind, "fields", ()))}


def example_of_fields(kind: inspect.Type, values: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """Return a JSON object with given values and with example values for the other required fields.

    Args:
        kind: A type from `msgspec.inspect` that is a JSON object.
        values: Values by the name of the field.
        depth: The nesting depth of the object.

    Returns:
        The object, with the names of fields as in the JSON.

    Raises:
        TypeError: If a name is not a field, or a required field has no example value.
    """
    fields = fields_of(kind)
    if unknown := values.keys() - fields.keys():
        names = ", ".join(sorted(unknown))
        raise TypeError(f"unknown field {names}. Expected one of: {', '.join(fields)}")
    members: dict[str, Any] = {}
    if isinstance(kind, inspect.StructType) and kind.tag_field is not None:
        members[kind.tag_field] = kind.tag
    for name, field in fields.items():
        if name in values:
            if values[name] is not UNSET:
                members[field.encode_name] = _wire(field.type, values[name], depth + 1)
        elif field.required:
            members[field.encode_name] = _example(field.type, name, depth + 1)
    return members


def _wire(kind: inspect.Type, value: Any, depth: int) -> Any:
    """Convert a given value to JSON types. A mapping sets some fields of a struct."""
    inner = _meant(kind)
    if isinstance(value, Mapping) and fields_of(inner):
        return example_of_fields(inner, cast("Mapping[str, Any]", value), depth)
    if isinstance(value, list | tuple) and isinstance(inner, _MANY):
        return [_wire(inner.item_type, each, depth) for each in cast("Sequence[Any]", value)]
    return to_builtins(value)


def _meant(kind: inspect.Type) -> inspect.Type:
    """Return the first member of a union that is not None, or the type itself."""
    if isinstance(kind, inspect.UnionType):
        return next((each for each in kind.types if not isinstance(each, inspect.NoneType)), kind)
    return kind


def _example(kind: inspect.Type, name: str, depth: int) -> Any:
    kind = _meant(kind)
    if fields_of(kind) and depth < _MAX_DEPTH:
        return example_of_fields(kind, {}, depth)
    make = _KINDS.get(type(kind))
    if make is None:
        raise TypeError(f"no example value for {name} is available. Pass a value for it")
    return make(kind, name, depth)


def _text(kind: Any, name: str, depth: int) -> str:
    if kind.pattern is not None:
        raise TypeError(f"no example value for {name} matches its pattern. Pass a value for it")
    text = _IDS[name] + _SUFFIX if name in _IDS else _TEXTS.get(name, name)
    return text.ljust(kind.min_length or 0, "x")[: kind.max_length]


def _number(kind: Any, name: str, depth: int) -> int:
    step: int = kind.multiple_of or 1
    least = _first(kind.ge, None if kind.gt is None else kind.gt + 1)
    most = _first(kind.le, None if kind.lt is None else kind.lt - 1)
    number = _NUMBERS.get(name, 1)
    number = number if least is None else max(number, least)
    number = number if most is None else min(number, most)
    return int(-(-number // step) * step)


def _first(*bounds: Any) -> Any:
    return next((bound for bound in bounds if bound is not None), None)


def _time(kind: Any, name: str, depth: int) -> str:
    return _TIMES.get(name, _WHEN) + ("" if kind.tz is False else "Z")


def _items(kind: Any, name: str, depth: int) -> list[Any]:
    if depth >= _MAX_DEPTH - 2 and not kind.min_length:
        return []
    return [_example(kind.item_type, name, depth + 1)] * (kind.min_length or 1)


_MANY = (
    inspect.CollectionType,
    inspect.FrozenSetType,
    inspect.ListType,
    inspect.SetType,
    inspect.VarTupleType,
)
_KINDS: dict[type[Any], Callable[[Any, str, int], Any]] = {
    inspect.AnyType: lambda kind, name, depth: {},
    inspect.RawType: lambda kind, name, depth: {},
    inspect.DictType: lambda kind, name, depth: {},
    inspect.NoneType: lambda kind, name, depth: None,
    inspect.BoolType: lambda kind, name, depth: True,
    inspect.IntType: _number,
    inspect.FloatType: _number,
    inspect.DecimalType: lambda kind, name, depth: "1.00",
    inspect.StrType: _text,
    inspect.BytesType: lambda kind, name, depth: "AAAA",
    inspect.UUIDType: lambda kind, name, depth: "6b0c1e0e-5a4b-4a7e-9d3c-2f1b8a7d6c5e",
    inspect.DateTimeType: _time,
    inspect.DateType: lambda kind, name, depth: _WHEN[:10],
    inspect.TimeType: lambda kind, name, depth: _WHEN[11:] + ("" if kind.tz is False else "Z"),
    inspect.TimeDeltaType: lambda kind, name, depth: "PT1S",
    inspect.EnumType: lambda kind, name, depth: to_builtins(next(iter(kind.cls))),
    inspect.LiteralType: lambda kind, name, depth: kind.values[0],
    inspect.NamedTupleType: lambda kind, name, depth: [
        _example(each.type, each.name, depth) for each in kind.fields
    ],
    inspect.TupleType: lambda kind, name, depth: [_example(each, name, depth) for each in kind.item_types],
    **dict.fromkeys(_MANY, _items),
}
