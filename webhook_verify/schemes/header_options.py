"""The options of a `HeaderScheme`: their validation, when it is created, and the headers that they describe.

Without the validation, an invalid option would fail only with the first delivery, or never: a header with an
invalid name, for example, is missing from every request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from string import Formatter

from webhook_verify.schemes.delimiters import is_timestamp_ambiguous
from webhook_verify.schemes.sender_rules import ResponseRules
from webhook_verify.schemes.timestamps import UNITS

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any, Protocol, TypeGuard

    from webhook_verify.schemes.algorithms import Algorithm
    from webhook_verify.schemes.encodings import Encoding
    from webhook_verify.schemes.timestamps import Unit

    class _Options(Protocol):
        """The options of a `HeaderScheme`, as its attributes."""

        algorithm: Algorithm
        signature_encoding: Encoding
        timestamp_unit: Unit
        signature_headers: tuple[str, ...]
        signature_prefix: str
        signature_field: str
        timestamp_field: str
        field_separator: str
        signed_content: str
        timestamp_header: str
        timestamp_in_body: str
        tolerance: float
        accept_future_timestamps: bool
        id_header: str
        id_in_body: str
        event_type_header: str
        event_type_in_body: tuple[str, ...]


__all__ = [
    "PARTS",
    "check_forms",
    "check_url",
    "find_conflict",
    "format_signatures",
    "header_names",
    "one_of",
    "optional_header_name",
    "split",
]

PARTS = ("id", "timestamp", "method", "url")
"""The parts that can be signed besides the body, in the order of the arguments to `str.format`."""

_TEXTS = (
    *("name", "signature_prefix", "signature_field", "timestamp_field", "field_separator", "signed_content"),
    *("timestamp_header", "timestamp_in_body", "id_header", "id_in_body", "event_type_header"),
    "json_form_field",
)
# RFC 9110, section 5.6.2: a field name is a token.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTENT = "signed_content must contain {body} exactly once, and may contain " + ", ".join(
    f"{{{part}}}" for part in PARTS
)


def check_forms(arguments: Mapping[str, Any], texts: Iterable[str] = _TEXTS) -> None:
    """Check the types of options, and that the name is not empty.

    Args:
        arguments: The arguments of `HeaderScheme` or of another scheme of data, by name.
        texts: The names of the options that must be a str.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If the name is empty.
    """
    for what in texts:
        if not isinstance(arguments[what], str):
            raise TypeError(f"{what} must be a str, not {type(arguments[what]).__name__!r}")
    tolerance, handshake, responses = (arguments[name] for name in ("tolerance", "handshake", "responses"))
    if not str(arguments["name"]).strip():
        raise ValueError("name must not be empty")
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise TypeError(f"tolerance must be a number of seconds, not {type(tolerance).__name__!r}")
    if handshake is not None:
        _check_handshake(handshake)
    if not isinstance(responses, ResponseRules):
        raise TypeError(f"responses must be ResponseRules, not {type(responses).__name__!r}")


def _check_handshake(handshake: object) -> None:
    from webhook_verify.handshakes import Handshake  # imported here because most providers have no handshake

    if not isinstance(handshake, Handshake):
        raise TypeError(
            f"handshake must be a Handshake, such as EndpointCheck('HEAD'), not {type(handshake).__name__!r}"
        )


def header_names(value: object, what: str) -> tuple[str, ...]:
    """Normalize the name of a header, or several names.

    Args:
        value: One name or an iterable of names.
        what: The parameter's name, for errors.

    Returns:
        The names in lower case.

    Raises:
        TypeError: If `value` is neither a string nor an iterable of strings.
        ValueError: If a name is empty, invalid or a duplicate, or the iterable is empty.
    """
    names = (value,) if isinstance(value, str) else _listed(value, what)
    if not names or not all(names) or len({name.lower() for name in names}) < len(names):
        raise ValueError(f"{what} must be a header name, or several different ones; none of them empty")
    if wrong := [name for name in names if not _NAME.fullmatch(name)]:
        raise ValueError(f"{what} must be a header name, without spaces or colons; not {wrong[0]!r}")
    return tuple(name.lower() for name in names)


def optional_header_name(value: str, what: str) -> str:
    """Normalize the name of an optional header.

    Args:
        value: The name, or "".
        what: The parameter's name, for errors.

    Returns:
        The name in lower case, or "".

    Raises:
        TypeError: If `value` is not a string.
        ValueError: If the name is invalid.
    """
    return header_names(value, what)[0] if value else ""


def _listed(value: object, what: str) -> tuple[str, ...]:
    names = tuple(value) if _is_iterable(value) else (value,)
    texts = tuple(name for name in names if isinstance(name, str))
    if len(texts) < len(names):
        kinds = ", ".join(repr(type(name).__name__) for name in names if not isinstance(name, str))
        raise TypeError(f"{what} must be a header name (a str), or several; not {kinds}")
    return texts


def _is_iterable(value: object) -> TypeGuard[Iterable[object]]:
    return isinstance(value, Iterable)


def one_of(table: Mapping[str, Any], value: str, what: str) -> Any:
    """Look up an option in its table.

    Args:
        table: The values by name.
        value: The name.
        what: The parameter's name, for errors.

    Returns:
        The entry with that name.

    Raises:
        ValueError: If the name is unknown. The message lists the known names.
    """
    if value not in table:
        raise ValueError(f"{what} must be one of {', '.join(table)}; not {value!r}")
    return table[value]


def split(content: str) -> tuple[str, str, set[str]]:
    """Split a template of the signed content at the body.

    Args:
        content: The template, such as `{timestamp}.{body}`.

    Returns:
        The templates before and after the body, for `str.format`, and the names of all signed parts.

    Raises:
        ValueError: If the template is invalid.
    """
    try:
        parsed = [*Formatter().parse(content)]
    except ValueError:
        raise ValueError(_CONTENT) from None  # Formatter reports the brace, not the expected template
    sides, signed = [""], set[str]()
    for literal, name, form, conversion in parsed:
        sides[-1] += literal.replace("{", "{{").replace("}", "}}")
        if name is None:
            continue
        if form or conversion or name not in ("body", *PARTS):
            raise ValueError(_CONTENT)
        signed.add(name)
        if name == "body":
            sides.append("")
        else:
            sides[-1] += f"{{{PARTS.index(name)}}}"
    if len(sides) != 2:
        raise ValueError(_CONTENT)
    return sides[0], sides[1], signed


def check_url(name: str, parts: tuple[bool, bool], url: str | None, method: str | None) -> None:
    """Check that URL and method are known if they are signed.

    Args:
        name: The name of the scheme.
        parts: Whether the URL is signed, and whether the method is.
        url: The URL that the sender called, or None.
        method: The request method, or None.

    Raises:
        TypeError: If a signed value is missing.
    """
    signs_url, signs_method = parts
    if (signs_url and url is None) or (signs_method and method is None):
        signed = " and the ".join([*["URL"] * signs_url, *["method"] * signs_method])
        arguments = ", ".join([*["url=..."] * signs_url, *["method=..."] * signs_method])
        raise TypeError(
            f"{name} signs the {signed} of the request: set public_url= on the receiver, "
            f"or call verify(body, headers, {arguments})"
        )


def find_conflict(scheme: _Options, signed: set[str]) -> str:
    """Return a contradiction between the options of a scheme.

    Args:
        scheme: A `HeaderScheme` whose options have been set.
        signed: The names of the signed parts.

    Returns:
        The error message, or "" if the options are consistent.
    """
    return next((message for message, is_wrong in _conflicts(scheme, signed) if is_wrong), "")


def _conflicts(scheme: _Options, signed: set[str]) -> Iterable[tuple[str, bool]]:
    """Yield each rule as its error message, and whether the options break the rule."""
    fields = {scheme.signature_field, scheme.timestamp_field}
    places = bool(scheme.timestamp_header), bool(scheme.timestamp_field), bool(scheme.timestamp_in_body)
    yield (
        "signed_content contains {id}, so id_header must name the header with the id",
        "id" in signed and not scheme.id_header,
    )
    yield (
        "signed_content contains {timestamp}, so either timestamp_header or timestamp_field is required, "
        "without timestamp_in_body",
        "timestamp" in signed and places not in ((True, False, False), (False, True, False)),
    )
    yield (
        "timestamp_field requires signature_field, and the two must differ",
        bool(scheme.timestamp_field) and not (scheme.signature_field and len(fields) == 2),
    )
    yield (
        "signature_field requires a single signature_header, without signature_prefix",
        bool(scheme.signature_field) and (len(scheme.signature_headers) > 1 or scheme.signature_prefix != ""),
    )
    yield (
        "field_separator must not be empty, and must not contain =",
        not scheme.field_separator or "=" in scheme.field_separator,
    )
    token = not scheme.algorithm.signs
    yield (
        "algorithm token requires signature_encoding text, and no other algorithm can have it",
        (scheme.signature_encoding[2] == "plain text") != token,
    )
    yield (
        "algorithm token signs nothing, so signed_content must be {body}, without timestamp_in_body",
        token and (scheme.signed_content != "{body}" or bool(scheme.timestamp_in_body)),
    )
    yield (
        "accept_future_timestamps requires a separator without digits around {timestamp} in signed_content",
        scheme.accept_future_timestamps
        and scheme.timestamp_unit is not UNITS["rfc3339"]
        and is_timestamp_ambiguous(scheme.signed_content),
    )
    others = scheme.timestamp_header, scheme.id_header, scheme.event_type_header
    names = [*scheme.signature_headers, *filter(None, others)]
    yield (
        "a header must not have two meanings: signature, timestamp, id and event type need different headers",
        len({*names}) < len(names),
    )
    yield (
        "event_type_in_body and event_type_header exclude each other: use the body if it contains the type",
        bool(scheme.event_type_in_body and scheme.event_type_header),
    )
    yield "tolerance must be finite and greater than 0 seconds", not 0 < scheme.tolerance < float("inf")
    paths = scheme.timestamp_in_body, scheme.id_in_body
    yield (
        "timestamp_in_body and id_in_body must be paths of names or *, joined with dots",
        any(path and not all(path.split(".")) for path in paths),
    )


def format_signatures(scheme: _Options, signatures: list[str], timestamp_text: str) -> dict[str, str]:
    """Return the headers with the signatures.

    Args:
        scheme: The scheme.
        signatures: The encoded signatures, of the newest key first.
        timestamp_text: The timestamp as it is signed, for a header with several fields.

    Returns:
        The headers, by name. The newest signature is included even if there are more keys than headers.
    """
    if not scheme.signature_field:
        pairs = zip(scheme.signature_headers, signatures, strict=False)
        return {name: scheme.signature_prefix + signature for name, signature in pairs}
    timestamp_part = [f"{scheme.timestamp_field}={timestamp_text}"] if scheme.timestamp_field else []
    fields = [*timestamp_part, *(f"{scheme.signature_field}={signature}" for signature in signatures)]
    return {scheme.signature_headers[0]: scheme.field_separator.join(fields)}
