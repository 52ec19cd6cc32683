"""Base classes of the payloads of all management APIs.

Payloads are frozen structs that tolerate a newer server: unknown keys are ignored, an unknown enum value is
kept unchanged, and a datetime without a timezone is UTC. Their repr omits secrets and payloads.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
from msgspec import UNSET, UnsetType

from webhook_verify.tracebacks import safe_repr

__all__ = ["UNSET", "Model", "OpenIntEnum", "OpenStrEnum", "Redacted", "UnsetType", "utc_if_naive"]


_AS_DICT = ": use msgspec.to_builtins(...) for a dict with the names of the API"
_PYDANTIC_NAMES = {
    "model_dump": _AS_DICT,
    "dict": _AS_DICT,
    "model_dump_json": ": use msgspec.json.encode(...)",
    "json": ": use msgspec.json.encode(...)",
    "model_copy": ": use msgspec.structs.replace(...)",
}


@safe_repr
class Model(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A payload or a part of one, in snake_case here and in camelCase on the wire.

    A field that is `UNSET` is not sent; None is sent as null. Every datetime is aware: a naive one, whether
    passed or received, is taken as UTC.
    """

    redacted_fields: ClassVar[frozenset[str]] = frozenset()
    """Fields whose values the repr omits: secrets, tokens, headers, payloads."""

    times: ClassVar[tuple[str, ...]] = ()
    """The fields that hold a datetime."""

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = [name for name, kind in cls.__annotations__.items() if "datetime" in str(kind)]
        cls.times = (*cls.times, *own)

    def __post_init__(self) -> None:
        for name in self.times:
            value = getattr(self, name)
            if isinstance(value, datetime) and value.tzinfo is None:
                msgspec.structs.force_setattr(self, name, utc_if_naive(value))

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        """Return the fields that are set, with the values of `redacted_fields` replaced by dots."""
        values = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [
            (name, Redacted() if name in self.redacted_fields and value is not None else value)
            for name, value in values
            if value is not UNSET
        ]

    if not TYPE_CHECKING:  # a type checker knows the fields

        def __getattr__(self, name: str) -> object:
            raise AttributeError(
                f"{type(self).__name__!r} object has no attribute {name!r}{_PYDANTIC_NAMES.get(name, '')}"
            )

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({shown})"


class Redacted:
    """Placeholder in a repr for a value that is not shown."""

    def __repr__(self) -> str:
        return "..."


class OpenIntEnum(IntEnum):
    """Base class of an integer enum that accepts unknown values as additional members."""

    @classmethod
    def _missing_(cls, value: object) -> OpenIntEnum | None:
        if not isinstance(value, int):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = f"UNKNOWN_{value}", value
        return member

    def __reduce_ex__(self, protocol: object) -> tuple[type[OpenIntEnum], tuple[object]]:
        # By value: before 3.11.4 a member is pickled by name, which an unknown one does not have.
        return type(self), (self._value_,)


class OpenStrEnum(StrEnum):
    """Base class of a string enum that accepts unknown values as additional members."""

    @classmethod
    def _missing_(cls, value: object) -> OpenStrEnum | None:
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = member._value_ = value
        return member

    def __reduce_ex__(self, protocol: object) -> tuple[type[OpenStrEnum], tuple[object]]:
        # By value: before 3.11.4 a member is pickled by name, which an unknown one does not have.
        return type(self), (self._value_,)


def utc_if_naive(when: datetime) -> datetime:
    """Return the time with a timezone: a naive one is UTC."""
    return when if when.utcoffset() is not None else when.replace(tzinfo=UTC)
