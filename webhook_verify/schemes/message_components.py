"""The components that an HTTP message signature covers, and the signature base (RFC 9421, section 2).

Components of a response, of a related request (`req`) and of trailers (`tr`) are rejected, and so are all
unknown names and parameters, because a signature base without them would be another one.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qsl, quote

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.schemes.structured_fields import (
    MAX_FIELD_CHARS,
    parse_dictionary,
    parse_inner_list,
    parse_parameters,
    quoted,
    serialize_dictionary,
    unquoted,
)

__all__ = [
    "Component",
    "Message",
    "Target",
    "component_list",
    "joined",
    "parse_components",
    "signature_base",
    "target_of",
]

_INPUT = "signature-input"
_MAX_QUERY_PARAMETERS = 100
_MAX_URL_CHARS = 16_384
_MAX_LIST_CHARS = 2_048
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_URL = re.compile(
    r"(?P<scheme>[A-Za-z]{4,5})://(?P<host>\[[0-9A-Fa-f:.]++\]|[A-Za-z0-9._~%!$&'()*+,;=-]++)"
    r'(?::(?P<port>[0-9]*+))?(?P<path>/[!"$->@-~]*+)?(?:\?(?P<query>[!"$-~]*+))?'
)
_FIELD_NAME = re.compile(r"[a-z0-9!#$%&'*+.^_`|~-]++")
_PERCENT_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

# Fields with one value. Other fields may have several lines, which are joined.
_SINGLE = frozenset(
    {"content-type", "content-length", "content-location", "content-encoding", "date", "host", "user-agent"}
)


class Target(NamedTuple):
    """The parts of the URL that the sender called, as signature components contain them."""

    scheme: str
    authority: str
    path: str
    query: str | None
    """The query without the question mark, or None without a question mark."""

    @property
    def request_target(self) -> str:
        """The path and the query."""
        return self.path if self.query is None else f"{self.path}?{self.query}"

    @property
    def uri(self) -> str:
        """The complete URL."""
        return f"{self.scheme}://{self.authority}{self.request_target}"


@lru_cache(maxsize=64)
def target_of(url: str, *, is_normalized: bool = False) -> Target:
    """Split a URL. Scheme and host are in lower case, and the default port is omitted (RFC 9421, 2.2).

    Args:
        url: The URL that the sender called.
        is_normalized: Also normalize the path (RFC 3986, section 6.2.2): upper-case percent-encodings, none
            of unreserved characters, and no dot segments.

    Returns:
        The parts.

    Raises:
        MalformedDelivery: If it is not an http or https URL without user name and fragment.
    """
    parts = _URL.fullmatch(url) if len(url) <= _MAX_URL_CHARS else None
    scheme = parts["scheme"].lower() if parts else ""
    if parts is None or scheme not in _DEFAULT_PORTS:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, "the URL of the request must be an http or https URL in ASCII"
        )
    host, port, path = parts["host"].lower(), parts["port"] or "", parts["path"] or "/"
    if port and port != _DEFAULT_PORTS[scheme]:
        host = f"{host}:{port}"
    if is_normalized:
        path = _without_dot_segments(_PERCENT_ENCODED.sub(_normalized_octet, path))
    return Target(scheme, host, path, parts["query"])


def _normalized_octet(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _without_dot_segments(path: str) -> str:
    """Remove `.` and `..` (RFC 3986, section 5.2.4)."""
    if "/." not in path:
        return path
    segments: list[str] = []
    *names, last = path.split("/")[1:]
    for name in names:
        if name == "..":
            del segments[-1:]
        elif name != ".":
            segments.append(name)
    if last == "..":
        del segments[-1:]
    return "".join(f"/{name}" for name in segments) + ("/" if last in (".", "..") else f"/{last}")


class Message(NamedTuple):
    """A request whose components are signed."""

    method: str
    target: Target
    lines: Mapping[str, Sequence[str]]
    """The header lines by lower-case name."""


class Component(NamedTuple):
    """A covered component."""

    name: str
    """The name, such as `@method` or `content-type`."""
    identifier: str
    """The name and the parameters in canonical form, such as `"@query-param";name="id"`."""
    coverage: str
    """The name, with `;key` or `;name` if only a part of the field or the query is covered."""
    value: Callable[[Message], str]
    """Returns the value of a message. It raises `MalformedDelivery` if the message lacks the component."""


def parse_components(text: str) -> tuple[Component, ...]:
    """Parse the list of covered components.

    Args:
        text: The inner list in canonical form.

    Returns:
        The components in order.

    Raises:
        MalformedDelivery: If the list is invalid, repeats a component, or has one that is not supported.
    """
    items = parse_inner_list(text) if len(text) <= _MAX_LIST_CHARS else None
    if items is None:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER,
            f"{_INPUT} must contain a list of at most 32 components for each signature",
        )
    components = tuple(_component(bare, parameters) for bare, parameters in items)
    # The order of parameters does not distinguish components.
    if len({_identity(bare, parameters) for bare, parameters in items}) < len(components):
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{_INPUT} covers a component more than once")
    return components


def _identity(bare: str, parameters: str) -> tuple[str, frozenset[tuple[str, str]]]:
    return bare, frozenset(parse_parameters(parameters, _INPUT).items())


def _component(bare: str, text: str) -> Component:
    name, identifier = unquoted(bare), bare + text
    parameters = parse_parameters(text, _INPUT)
    if name.startswith("@"):
        if name == "@query-param" and list(parameters) == ["name"] and parameters["name"].startswith('"'):
            return Component(name, identifier, f"{name};name", _QueryParameter(unquoted(parameters["name"])))
        if parameters or name not in _DERIVED:
            raise _unreadable(f"the signature covers a component that is not supported: {name}")
        return Component(name, identifier, name, _DERIVED[name])
    if not _FIELD_NAME.fullmatch(name):
        raise _unreadable("the signature covers a component that is not a lower-case name")
    coverage = f"{name};key" if "key" in parameters else name
    return Component(name, identifier, coverage, _field_value(name, parameters))


def _field_value(name: str, parameters: dict[str, str]) -> Callable[[Message], str]:
    if not parameters:
        return _Field(name)
    if parameters == {"bs": "?1"}:
        return _BinaryField(name)
    if parameters == {"sf": "?1"} and name in _DICTIONARIES:
        return _StructuredField(name)
    key = parameters.get("key", "")
    if key.startswith('"') and parameters in ({"key": key}, {"key": key, "sf": "?1"}):
        return _Member(name, unquoted(key))
    raise _unreadable(f"the signature covers {name} with parameters that are not supported")


_DERIVED: dict[str, Callable[[Message], str]] = {
    "@method": lambda message: message.method,
    "@target-uri": lambda message: message.target.uri,
    "@authority": lambda message: message.target.authority,
    "@scheme": lambda message: message.target.scheme,
    "@request-target": lambda message: message.target.request_target,
    "@path": lambda message: message.target.path,
    "@query": lambda message: f"?{message.target.query or ''}",
}

_DICTIONARIES = frozenset({"content-digest", "repr-digest", "signature-agent", "ucp-agent", "priority"})
"""The fields that are known to be dictionaries, which `sf` needs."""


class _Field:
    """A header field: its lines, joined with commas."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def lines(self, message: Message) -> Sequence[str]:
        lines = message.lines.get(self.name)
        if not lines:
            raise MalformedDelivery(
                Reason.MISSING_HEADER, f"missing header, which the signature covers: {self.name}"
            )
        return lines

    def __call__(self, message: Message) -> str:
        return joined(self.name, self.lines(message))


def joined(name: str, lines: Sequence[str]) -> str:
    """Return the value of a field with one or several lines.

    Args:
        name: The lower-case name.
        lines: Its lines. Lines with the same value count as one, as in `HeaderReader`, because frameworks and
            proxies repeat headers.

    Returns:
        The lines without surrounding whitespace, joined with commas.

    Raises:
        MalformedDelivery: If a field that may have one value has different ones.
    """
    if len(lines) == 1:
        return lines[0].strip(" \t")
    values = [line.strip(" \t") for line in lines]
    if len(set(values)) == 1:
        return values[0]
    if name in _SINGLE:
        detail = f"header {name} appears more than once with different values"
        raise MalformedDelivery(Reason.DUPLICATE_HEADER, detail)
    return ", ".join(values)


class _BinaryField(_Field):
    """A field whose lines are encoded in base64 (`bs`)."""

    __slots__ = ()

    def __call__(self, message: Message) -> str:
        try:
            lines = self.lines(message)
            lines = lines[:1] if len(set(lines)) == 1 else lines
            values = [line.strip(" \t").encode("latin-1") for line in lines]
        except UnicodeEncodeError:
            raise _unreadable("the signature covers a value that is not a header value") from None
        return ", ".join(f":{b64encode(value).decode()}:" for value in values)


class _StructuredField(_Field):
    """A dictionary in its canonical form (`sf`)."""

    __slots__ = ()

    def __call__(self, message: Message) -> str:
        return serialize_dictionary(parse_dictionary(super().__call__(message), self.name))


class _Member(_Field):
    """A member of a dictionary (`key`)."""

    __slots__ = ("key",)

    def __init__(self, name: str, key: str) -> None:
        super().__init__(name)
        self.key = key

    def __call__(self, message: Message) -> str:
        member = parse_dictionary(super().__call__(message), self.name).get(self.key)
        if member is None:
            raise MalformedDelivery(
                Reason.UNREADABLE_HEADER, f"{self.name} lacks the member that the signature covers"
            )
        return "".join(member)


class _QueryParameter:
    """A parameter of the query, decoded and encoded again as RFC 9421, section 2.2.8, requires."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, message: Message) -> str:
        try:
            pairs = parse_qsl(
                message.target.query or "",
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MAX_QUERY_PARAMETERS,
            )
        except ValueError:
            pairs = []
        values = [value for name, value in pairs if _form_encoded(name) == self.name]
        if len(values) != 1:
            raise _unreadable("the query must contain the parameter that the signature covers, once")
        return _form_encoded(values[0])


def _form_encoded(text: str) -> str:
    return quote(text, safe="*").replace("~", "%7E")


def signature_base(components: Sequence[Component], message: Message, parameters: str) -> bytes:
    """Return the text that is signed.

    Args:
        components: The covered components.
        message: The request.
        parameters: The canonical text of the covered components and the signature parameters.

    Returns:
        The signature base.

    Raises:
        MalformedDelivery: If the message lacks a component, or a value contains a character that no header
            may contain.
    """
    lines = [f"{component.identifier}: {component.value(message)}" for component in components]
    lines.append(f'"@signature-params": {parameters}')
    text = "\n".join(lines)
    # A line break in a value would let it contain another component.
    if len(text) > 4 * MAX_FIELD_CHARS or text.count("\n") >= len(lines) or "\r" in text:
        raise MalformedDelivery(
            Reason.UNREADABLE_HEADER, "the signature covers a value that is too long or contains a line break"
        )
    if not text.isascii():
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the signature covers a value that is not ASCII")
    return text.encode()


def component_list(identifiers: Sequence[str]) -> str:
    """Return the inner list of component identifiers.

    Args:
        identifiers: The names, such as `@method`, or identifiers with quotation marks and parameters.

    Returns:
        The text of the list.

    Raises:
        ValueError: If a name is not printable ASCII.
    """
    return f"({' '.join(each if each.startswith(chr(34)) else quoted(each) for each in identifiers)})"


def _unreadable(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
