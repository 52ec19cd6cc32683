"""Structs that store the received values, and return defaults and UTC times when an attribute is read.

A sender may omit a field, or send a time without a time zone. The slot of a struct stores the received value
unchanged, so that an encoded event equals the received payload. Reading the attribute returns None or another
default for a missing field, and treats a time without a time zone as UTC. Decoding is not slower.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar, get_args

from msgspec import UNSET, Struct
from msgspec.structs import fields, force_setattr

from webhook_verify.tracebacks import safe_repr

__all__ = ["Event", "LenientStruct", "attach_raw", "omitted", "with_defaults"]


@safe_repr
class LenientStruct(Struct, frozen=True):
    """A frozen struct that uses the values of its attributes for comparison, hash and repr."""

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__struct_fields__)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, LenientStruct) or type(other) is not type(self):
            return NotImplemented
        return self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        pairs = zip(self.__struct_fields__, self._values(), strict=True)
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"


class _RawBytes:
    """The body of an event, as received."""

    # A plain slot, which is not a field of the struct: its value is neither encoded nor compared.
    __slots__ = ("_raw",)

    _raw: bytes


@safe_repr
class Event(_RawBytes, LenientStruct, frozen=True):
    """The base class of the events of this package: a frozen msgspec struct with the parsed bytes."""

    @property
    def raw(self) -> bytes:
        """The exact bytes that were parsed, or `b""` for an event that was constructed or copied."""
        return getattr(self, "_raw", b"")


_E = TypeVar("_E", bound=Event)


def attach_raw(event: _E, body: bytes) -> _E:
    """Set the attribute `raw` of an event.

    Args:
        event: The event.
        body: The bytes that it was parsed from.

    Returns:
        The same event.
    """
    force_setattr(event, "_raw", body)
    return event


_Cls = TypeVar("_Cls", bound=type[LenientStruct])


def omitted() -> Any:
    """Return the default of an optional field. The field is omitted again when the struct is encoded.

    Returns:
        `msgspec.UNSET`.
    """
    return UNSET


def with_defaults(**defaults: object) -> Callable[[_Cls], _Cls]:
    """Return a decorator for a struct, so that missing fields have defaults and times are timezone-aware.

    Args:
        **defaults: The values of missing fields. By default None.

    Returns:
        The decorator.
    """

    def decorate(cls: _Cls) -> _Cls:
        for field in fields(cls):
            slot = cls.__dict__.get(field.name)  # None if a base class has the field, with its reader
            is_time = datetime in (field.type, *get_args(field.type))
            if slot is not None and (field.default is UNSET or is_time):
                setattr(cls, field.name, _reader(slot.__get__, defaults.get(field.name)))
        return cls

    return decorate


def _reader(slot: Callable[[object], object], default: object) -> property:
    def read(struct: object) -> object:
        value = slot(struct)
        if value is UNSET:
            return default
        if isinstance(value, datetime) and value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value

    return property(read)
