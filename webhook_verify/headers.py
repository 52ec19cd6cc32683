"""The few headers that a scheme reads, out of whatever holds the headers.

Frameworks hand headers over as a dict, a multi-dict, an ASGI list of byte pairs or a WSGI environ.
A :class:`HeaderReader` takes all of them, ignores letter case, and refuses a header that stands
twice with different values: which of the two the application would read is anybody's guess
(RFC 9110 section 17.10, CVE-2015-0219).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from webhook_verify.errors import MalformedDelivery, Reason

__all__ = ["HeaderReader", "Headers", "header_pairs", "printable_ascii"]


TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any, Protocol

    class SupportsItems(Protocol):
        """What every framework's header object has: ``items()``, yielding each pair, repeats included."""

        def items(self) -> Iterable[tuple[object, object]]: ...

    Headers = (
        Mapping[str, object]
        | Mapping[bytes, object]
        | SupportsItems
        | Iterable[tuple[str, str]]
        | Iterable[tuple[bytes, bytes]]
    )
    """Any mapping or framework header object, or (name, value) pairs; names and values str or bytes."""
else:
    Headers = object

# Spellings come from the network, so what is remembered of them is bounded.
_MAX_CACHED_NAMES = 512
_MAX_CACHED_NAME_CHARS = 64


class _NameCache(dict[object, "int | None"]):
    """Remembers, for each spelling met, the place of the header it means, or None.

    A request brings about ten names in one of three or four spellings, always the same: looking
    a spelling up is half the price of lower-casing it again. ``safe_dict_keys`` holds those that
    hide nothing: our names in lower case, and names that are none of ours.
    """

    def __init__(self, names: tuple[str, ...], brands: tuple[tuple[str, ...], ...]) -> None:
        self.safe_dict_keys: list[set[object]] = [set(brand) for brand in brands]
        self._places = {name: place for place, name in enumerate(names)}

    def __missing__(self, spelling: object) -> int | None:
        name = _canonical(spelling)
        place = self._places.get(name)
        if name and len(name) <= _MAX_CACHED_NAME_CHARS:
            if len(self) >= _MAX_CACHED_NAMES:
                self.clear()
                for keys in self.safe_dict_keys:
                    keys.intersection_update(self._places)
            self[spelling] = place
            if place is None:
                for keys in self.safe_dict_keys:
                    keys.add(spelling)
        return place


def _canonical(spelling: object) -> str:
    """The lower-case name with hyphens that a spelling stands for; "" if it cannot be a name."""
    if isinstance(spelling, bytes):
        spelling = spelling.decode("latin-1")
    # Only ASCII: the Kelvin sign lower-cases to "k", but is no letter of a header's name.
    if not isinstance(spelling, str) or not spelling.isascii():
        return ""
    if spelling.startswith("HTTP_"):  # a WSGI environ or Django's META
        spelling = spelling[5:].replace("_", "-")
    return spelling.lower() if spelling != "CONTENT_TYPE" else "content-type"  # which has no HTTP_


def printable_ascii(text: str | None) -> str | None:
    """The text of a header that may be shown and compared: printable ASCII, None for anything else."""
    return text if text and text.isascii() and text.isprintable() else None


def header_pairs(headers: Headers) -> list[tuple[str, str]]:
    """All (lower-case name, value) pairs that can be read as text, for a report. Raises nothing."""
    items: Callable[[], Any] | None = getattr(headers, "items", None)
    result: list[tuple[str, str]] = []
    try:
        pairs: Any = headers if items is None else items()
        for spelling, value in pairs:
            parts: Any = value if type(value) in (list, tuple) else [value]
            for part in parts:
                text = part.decode("latin-1") if isinstance(part, bytes) else part
                if isinstance(text, str) and (name := _canonical(spelling)):
                    result.append((name, text))
    except (TypeError, ValueError):
        pass  # what could be read stays
    return result


class HeaderReader:
    """Reads the headers of these lower-case names. Safe to share between threads."""

    __slots__ = ("_absent", "_name_cache", "_names", "safe_dict_keys")

    def __init__(self, *names: str, brands: tuple[tuple[str, ...], ...] = ()) -> None:
        self._names = names
        self._absent: list[str | None] = [None] * len(names)
        self._name_cache = _NameCache(names, brands)
        # A dict with keys of these spellings alone can be read with dict.get: nothing stands twice.
        self.safe_dict_keys: list[set[object]] = self._name_cache.safe_dict_keys

    def read(self, headers: Headers) -> list[str | None]:
        """The values in the order of the names, as received (bytes as latin-1); None where there is none.

        A value of None counts as absent; a list of values counts as so many headers. Raises
        :class:`MalformedDelivery` for a header that stands twice with different values, for a value
        that is not text, and for headers that are neither a mapping nor pairs.
        """
        values = self._absent.copy()
        name_cache = self._name_cache
        try:
            items: Callable[[], Any] | None = getattr(headers, "items", None)
            pairs: Any = headers if items is None else items()
            for spelling, value in pairs:
                place = name_cache[spelling]
                if place is not None:
                    text: str | None
                    if type(value) is str:
                        text = value
                    elif type(value) is bytes:
                        text = value.decode("latin-1")
                    else:
                        text = _header_text(self._names[place], value)
                    if values[place] is None:
                        values[place] = text
                    elif text is not None and values[place] != text:
                        raise _ambiguous(self._names[place])
        except (TypeError, ValueError):
            # Raised below instead of here, so that the error drags no foreign context along.
            pass
        else:
            return values
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER,
            "the headers are neither a mapping nor (name, value) pairs: pass the request's headers",
        )


def _header_text(name: str, value: object) -> str | None:
    """A header's value as text; None where there is none."""
    parts: Any = value
    if type(parts) in (list, tuple):
        texts = {_value_text(name, part) for part in parts} - {None}
        if len(texts) > 1:
            raise _ambiguous(name)
        return texts.pop() if texts else None
    return _value_text(name, value)


def _value_text(name: str, value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode("latin-1")
    if isinstance(value, str):
        return str(value)
    if value is None:
        return None
    raise MalformedDelivery(
        Reason.UNREADABLE_HEADER,
        f"the value of header {name} is of type {type(value).__name__}: it must be str or bytes",
    )


def _ambiguous(name: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.DUPLICATE_HEADER, f"header {name} stands twice with different values")
