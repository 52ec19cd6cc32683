"""Structs that keep what the wire said, and read as what it means.

A sender may leave a member out, or write a time without a zone. The slot of a struct keeps exactly
that, so that a parsed event encodes back to what was sent; reading the attribute gives the member's
meaning, which is None or another default, and UTC. Decoding costs nothing for it.
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
    """A frozen struct that compares, hashes and prints by what its attributes read as."""

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
    # A plain slot beside the struct's fields: what it holds is neither encoded nor compared.
    __slots__ = ("_raw",)

    _raw: bytes


@safe_repr
class Event(_RawBytes, LenientStruct, frozen=True):
    """The base of the events of this package: a frozen msgspec struct that remembers its bytes."""

    @property
    def raw(self) -> bytes:
        """The exact bytes that were parsed; ``b""`` for an event that was made or copied."""
        return getattr(self, "_raw", b"")


_E = TypeVar("_E", bound=Event)


def attach_raw(event: _E, body: bytes) -> _E:
    """The event, with the bytes that it was parsed from."""
    force_setattr(event, "_raw", body)
    return event


_Cls = TypeVar("_Cls", bound=type[LenientStruct])


def omitted() -> Any:
    """The default of a field that a sender may leave out. It stays out when the struct is encoded."""
    return UNSET


def with_defaults(**defaults: object) -> Callable[[_Cls], _Cls]:
    """Decorate a struct: its absent fields read as None, or as ``defaults`` say, and its times are aware."""

    def decorate(cls: _Cls) -> _Cls:
        for field in fields(cls):
            slot = cls.__dict__.get(field.name)  # None: a base class has it, and reads it as meant
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
