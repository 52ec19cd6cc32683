"""The options of a `HeaderScheme`: their validation, when it is created, and the headers that they describe.

Without the validation, an invalid option would fail only with the first delivery, or never: a header with an
invalid name, for example, is missing from every request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from webhook_verify.errors import MalformedDelivery, Reason, UnreadableEvent
from webhook_verify.schemes.delimiters import is_timestamp_ambiguous
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.sender_rules import ResponseRules
from webhook_verify.schemes.signature_lists import SignatureList
from webhook_verify.schemes.signed_content import SignedContent
from webhook_verify.schemes.timestamps import FIXED_LENGTH

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any, Protocol, TypeGuard

    from webhook_verify.headers import HeaderReader
    from webhook_verify.schemes.algorithms import Algorithm
    from webhook_verify.schemes.base import FastPathLayout
    from webhook_verify.schemes.encodings import Encoding
    from webhook_verify.schemes.timestamps import Unit

    class _Options(Protocol):
        """The options of a `HeaderScheme`, as its attributes."""

        algorithm: Algorithm
        signature_encoding: Encoding
        timestamp_unit: Unit
        timestamp_fraction: str
        signature_headers: tuple[str, ...]
        signature_prefix: str
        signature_field: str
        timestamp_field: str
        field_separator: str
        signature_list: SignatureList | None
        signed_content: str
        signs_body: bool
        timestamp_header: str
        timestamp_in_body: str
        tolerance: float
        accept_future_timestamps: bool
        id_header: str
        id_in_body: str
        event_type_header: str
        event_type_in_body: tuple[str, ...]
        parses_body: bool


__all__ = [
    "check_forms",
    "compile_content",
    "fast_path_layout",
    "find_conflict",
    "format_signatures",
    "header_names",
    "methods",
    "one_of",
    "optional_header_name",
    "signed_part",
]

_TEXTS = (
    *("name", "signature_prefix", "signature_field", "timestamp_field", "field_separator", "signed_content"),
    *("timestamp_header", "timestamp_in_body", "id_header", "id_in_body", "event_type_header"),
    *("json_form_field", "signed_form_field", "timestamp_fraction", "secret_separator"),
)
# RFC 9110, section 5.6.2: a field name is a token.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

# Only these templates need the slower class. {{ is a brace and not the beginning of a part.
_COMPOSED = re.compile(
    r"(?<!\{)(?:\{\{)*\{(?:\?|(?:header|headers|query|form|sha256|parameters|origin|path|target)[:|}])"
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
    listed = arguments.get("signature_list")
    if not isinstance(listed, SignatureList | None):
        raise TypeError(f"signature_list must be a SignatureList, not {type(listed).__name__!r}")


def _check_handshake(handshake: object) -> None:
    from webhook_verify.handshakes import Handshake  # imported here because most providers have no handshake

    if not isinstance(handshake, Handshake):
        raise TypeError(
            f"handshake must be a Handshake, such as EndpointCheck('HEAD'), not {type(handshake).__name__!r}"
        )


def methods(value: object) -> tuple[str, ...]:
    """Check the HTTP methods of deliveries.

    Args:
        value: The methods.

    Returns:
        The methods.

    Raises:
        TypeError: If `value` is not an iterable of str.
        ValueError: If a name is not in upper case, or `value` is empty.
    """
    if value == ("POST",):
        return ("POST",)
    from webhook_verify.http import checked_methods  # imported here because most providers only use POST

    if not (checked := checked_methods(value, "methods")):
        raise ValueError('methods must not be empty. Pass the methods of deliveries, such as ["POST"]')
    return checked


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


def compile_content(template: str, timestamp_header: str) -> SignedContent:
    """Compile a template of the signed content.

    Args:
        template: The template.
        timestamp_header: The header with the timestamp, or "".

    Returns:
        The content.

    Raises:
        ValueError: If the template is invalid, or one request could be read as another.
    """
    if not _COMPOSED.search(template) and "{body}" in template:
        return SignedContent(template)
    from webhook_verify.schemes.composed_content import ComposedContent  # here, because few schemes need it
    from webhook_verify.schemes.content_template import parse_template

    return ComposedContent(parse_template(template), timestamp_header)


def fast_path_layout(scheme: _Options, reader: HeaderReader, literal: bytes | None) -> FastPathLayout | None:
    """Return the layout for `webhook_verify.fast_path`.

    Args:
        scheme: The scheme.
        reader: The reader of its headers.
        literal: The constant text before the signed body, None if more than the body is signed.

    Returns:
        The layout, None unless the scheme has one header with a hex HMAC of the body.
    """
    has_fields = bool(scheme.signature_field) or scheme.signature_list is not None
    has_one_signature = len(scheme.signature_headers) == 1 and not has_fields
    is_hmac = scheme.algorithm.name.startswith("HMAC") and scheme.algorithm.size > 0
    in_hex = scheme.signature_encoding is ENCODINGS["hex"] and is_hmac
    is_whole = not scheme.parses_body and scheme.signature_prefix.isascii()
    if literal is None or not (has_one_signature and in_hex and is_whole):
        return None
    name, prefix, length = scheme.signature_headers[0], scheme.signature_prefix, 2 * scheme.algorithm.size
    return reader, name, prefix, length, scheme.event_type_header, scheme.id_header, literal


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
    listed = scheme.signature_list
    is_first = listed is not None and listed.starts_with_timestamp
    in_list = bool(scheme.timestamp_field) or is_first
    places = bool(scheme.timestamp_header), in_list, bool(scheme.timestamp_in_body)
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
        "timestamp_fraction requires a timestamp_header in signed_content, with a timestamp_unit of numbers",
        bool(scheme.timestamp_fraction)
        and not ("timestamp" in signed and places[0] and scheme.timestamp_unit not in FIXED_LENGTH),
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
        "signature_list requires a single signature_header, without signature_field and algorithm token",
        listed is not None
        and (len(scheme.signature_headers) > 1 or bool(scheme.signature_field) or not scheme.algorithm.signs),
    )
    yield (
        "signature_list starts with the timestamp, so signed_content must contain {timestamp}",
        is_first and "timestamp" not in signed,
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
        "timestamp_in_body requires a signed_content with the whole body, such as {body} or {sha256:body}",
        bool(scheme.timestamp_in_body) and not (token or scheme.signs_body),
    )
    yield (
        "accept_future_timestamps requires a separator without digits around {timestamp} in signed_content",
        scheme.accept_future_timestamps
        and scheme.timestamp_unit not in FIXED_LENGTH
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


def signed_part(body: bytes, field: str) -> bytes:
    """Return the signed part of an unverified body: the value of a field if it is a form, else the body.

    Args:
        body: The body.
        field: The name of the form field.

    Returns:
        The signed part.

    Raises:
        MalformedDelivery: If a form has the field several times.
    """
    from webhook_verify.form import json_text  # imported here because few providers sign a field

    problem = ""
    try:
        return json_text(body, field)
    except UnreadableEvent as error:
        problem = f"the form field {field}: {error.args[0]}"
    raise MalformedDelivery(Reason.UNREADABLE_BODY, problem)


def format_signatures(scheme: _Options, signatures: list[str], timestamp_text: str) -> dict[str, str]:
    """Return the headers with the signatures.

    Args:
        scheme: The scheme.
        signatures: The encoded signatures, of the newest key first.
        timestamp_text: The timestamp as it is signed, for a header with several fields.

    Returns:
        The headers, by name. The newest signature is included even if there are more keys than headers.
    """
    if scheme.signature_list is not None:
        listed = scheme.signature_list.join(signatures, timestamp_text)
        return {scheme.signature_headers[0]: scheme.signature_prefix + listed}
    if not scheme.signature_field:
        pairs = zip(scheme.signature_headers, signatures, strict=False)
        return {name: scheme.signature_prefix + signature for name, signature in pairs}
    timestamp_part = [f"{scheme.timestamp_field}={timestamp_text}"] if scheme.timestamp_field else []
    fields = [*timestamp_part, *(f"{scheme.signature_field}={signature}" for signature in signatures)]
    return {scheme.signature_headers[0]: scheme.field_separator.join(fields)}
