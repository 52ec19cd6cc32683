"""Reading of the few headers that a scheme needs, from any representation of the headers.

Frameworks represent headers as a dict, a multi-dict, an ASGI list of byte pairs or a WSGI environ. A
`HeaderReader` accepts all of them and ignores letter case. It rejects a header that appears more than once
with different values, because the application could read either value (RFC 9110 section 17.10,
CVE-2015-0219). Spaces and tabs around a value do not belong to it (RFC 9110 section 5.5), but some servers,
such as uvicorn with httptools, include them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from webhook_verify.errors import MalformedDelivery, Reason

__all__ = [
    "OPTIONAL_WHITESPACE",
    "HeaderReader",
    "Headers",
    "check_message_id",
    "header_lines",
    "header_pairs",
    "printable_ascii",
]


TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import Any, Protocol

    class SupportsItems(Protocol):
        """A header object of a framework, whose `items()` yields each pair, including duplicates."""

        def items(self) -> Iterable[tuple[object, object]]:
            """Return the (name, value) pairs."""
            ...

    Headers = (
        Mapping[str, object]
        | Mapping[bytes, object]
        | SupportsItems
        | Iterable[tuple[str, str]]
        | Iterable[tuple[bytes, bytes]]
    )
    """A mapping, a framework's header object, or (name, value) pairs. Names and values are str or bytes."""
else:
    Headers = object

OPTIONAL_WHITESPACE = " \t"
"""The characters that may surround the value of a header, without being a part of it."""

# The spellings are sent by clients, so the cache is bounded.
_MAX_CACHED_NAMES = 512
_MAX_CACHED_NAME_CHARS = 64
_NO_HEADERS = "headers must be a mapping or (name, value) pairs: pass the headers of the request"


class _NameCache(dict[object, "int | None"]):
    """A cache from the spelling of a header name to its index in the names of the reader, or None.

    A request has about ten names, and each has the same few spellings in all requests. A lookup takes half
    the time of lower-casing. `safe_dict_keys` contains the spellings that cannot be duplicates: the names of
    the reader in lower case, and the names that the reader does not read.
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
    """Return the lower-case name with hyphens of a spelling, or "" if it is not a valid name."""
    if isinstance(spelling, bytes):
        spelling = spelling.decode("latin-1")
    # Only ASCII, because the Kelvin sign lower-cases to "k" but is not valid in a header name.
    if not isinstance(spelling, str) or not spelling.isascii():
        return ""
    if spelling.startswith("HTTP_"):  # a WSGI environ or Django's META
        spelling = spelling[5:].replace("_", "-")
    if spelling in ("CONTENT_TYPE", "CONTENT_LENGTH"):  # WSGI adds no HTTP_ to them
        spelling = spelling.replace("_", "-")
    return spelling.lower()


def printable_ascii(text: str | None) -> str | None:
    """Return the text if it is printable ASCII.

    Args:
        text: The value of a header, or None.

    Returns:
        The text, or None if it is empty or contains another character.
    """
    return text if text and text.isascii() and text.isprintable() else None


def check_message_id(id: object) -> None:
    """Check that a sender may use this message id, in any scheme.

    Args:
        id: The message id.

    Raises:
        TypeError: If `id` is not a string.
        ValueError: If `id` is empty, contains a space, or is not printable ASCII.
    """
    if not isinstance(id, str):
        raise TypeError(f"id must be a str, not {type(id).__name__!r}")
    if not id or not (id.isascii() and id.isprintable()) or " " in id:
        raise ValueError("id must be printable ASCII without spaces, and not empty")


def header_pairs(headers: Headers) -> list[tuple[str, str]]:
    """Return all headers that are text, for a report. Never raises.

    Args:
        headers: The headers of the request.

    Returns:
        The (lower-case name, value) pairs. If reading fails, the pairs before the failure.
    """
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
        pass  # the pairs before the failure are returned
    return result


class _CanonicalNames(dict[object, str]):
    """A cache from the spelling of a header name to its canonical name."""

    def __missing__(self, spelling: object) -> str:
        name = _canonical(spelling)
        if len(name) <= _MAX_CACHED_NAME_CHARS:
            if len(self) >= _MAX_CACHED_NAMES:
                self.clear()
                _lower_names.clear()
            self[spelling] = name
            if name and name == spelling:
                _lower_names.add(name)
        return name


_lower_names: set[object] = set()
_canonical_names = _CanonicalNames()
_TEXT = frozenset((str,))


def header_lines(headers: Headers) -> dict[str, list[str]]:
    """Return the lines of all headers, for a scheme in which the sender chooses the signed headers.

    Args:
        headers: The headers of the request. A list of values is a repeated header.

    Returns:
        The lines by lower-case name, in order, without surrounding whitespace. Bytes are decoded as latin-1.
        Values that are not text are ignored, because a WSGI environ contains some.

    Raises:
        MalformedDelivery: If `headers` is neither a mapping nor pairs.
    """
    lines: dict[str, list[str]] = {}
    known: Any = headers
    # Names in lower case cannot be duplicates in a dict. This is the usual form, and faster.
    if (
        known.__class__ is dict
        and _lower_names.issuperset(known)
        and _TEXT.issuperset(map(type, known.values()))
    ):
        return {name: [value.strip(OPTIONAL_WHITESPACE)] for name, value in known.items()}
    try:
        items: Callable[[], Any] | None = getattr(headers, "items", None)
        pairs: Any = headers if items is None else items()
        for spelling, value in pairs:
            if type(value) is str:
                lines.setdefault(_canonical_names[spelling], []).append(value.strip(OPTIONAL_WHITESPACE))
                continue
            parts: Any = value if type(value) in (list, tuple) else (value,)
            for part in parts:
                text = part.decode("latin-1") if isinstance(part, bytes) else part
                if isinstance(text, str):
                    lines.setdefault(_canonical_names[spelling], []).append(text.strip(OPTIONAL_WHITESPACE))
    except (TypeError, ValueError):
        pass  # raised below, so that the error has no __context__ with request data
    else:
        return lines
    raise MalformedDelivery(Reason.UNREADABLE_HEADER, _NO_HEADERS)


class HeaderReader:
    """A reader of headers with certain names. It can be shared between threads.

    Args:
        names: The lower-case names of the headers.
        brands: Groups of names that are read from a dict directly. Each group gets a set in `safe_dict_keys`.
    """

    __slots__ = ("_absent", "_name_cache", "_names", "safe_dict_keys")

    def __init__(self, *names: str, brands: tuple[tuple[str, ...], ...] = ()) -> None:
        self._names = names
        self._absent: list[str | None] = [None] * len(names)
        self._name_cache = _NameCache(names, brands)
        # A dict that has only these keys can be read with dict.get, because it has no duplicate header.
        self.safe_dict_keys: list[set[object]] = self._name_cache.safe_dict_keys

    def read(self, headers: Headers) -> list[str | None]:
        """Return the values of the headers, without surrounding whitespace. Bytes are decoded as latin-1.

        Args:
            headers: The headers of the request. A value of None is an absent header, and a list of values is
                a repeated header.

        Returns:
            The values in the order of the names, None for an absent header.

        Raises:
            MalformedDelivery: As `read_as_received`.
        """
        return [value and value.strip(OPTIONAL_WHITESPACE) for value in self.read_as_received(headers)]

    def read_as_received(self, headers: Headers) -> list[str | None]:
        """Return the values of the headers with surrounding whitespace, for callers that handle them.

        Args:
            headers: The headers of the request. A value of None is an absent header, and a list of values is
                a repeated header.

        Returns:
            The values in the order of the names, None for an absent header.

        Raises:
            MalformedDelivery: If a header appears more than once with different values, a value is not text,
                or `headers` is neither a mapping nor pairs.
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
                        detail = _duplicate_detail(self._names[place])
                        raise MalformedDelivery(Reason.DUPLICATE_HEADER, detail)
        except (TypeError, ValueError):
            # Raised below instead of here, so that the error has no __context__ with request data.
            pass
        else:
            return values
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, _NO_HEADERS)


def _header_text(name: str, value: object) -> str | None:
    """Return the value of a header as text, or None if it is absent."""
    parts: Any = value
    if type(parts) in (list, tuple):
        texts = {_value_text(name, part) for part in parts} - {None}
        if len(texts) > 1:
            raise MalformedDelivery(Reason.DUPLICATE_HEADER, _duplicate_detail(name))
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
        f"the value of header {name} must be str or bytes, not {type(value).__name__!r}",
    )


def _duplicate_detail(name: str) -> str:
    return f"header {name} appears more than once with different values"
