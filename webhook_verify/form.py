"""Form bodies (`application/x-www-form-urlencoded` and `multipart/form-data`), read strictly, with a limit.

No JSON text is a form: a `=` occurs only inside a JSON string, and no form contains the `"` around it. So a
provider that sends either can be read without its content type, which no provider signs.
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from collections.abc import Iterator, Mapping, Sequence

from webhook_verify.errors import UnreadableEvent
from webhook_verify.multipart import multipart_fields
from webhook_verify.tracebacks import safe_repr

__all__ = [
    "MAX_FORM_FIELDS",
    "FormFields",
    "decode_percent",
    "form_pairs",
    "is_form",
    "is_form_name",
    "json_text",
    "parse_form",
]

MAX_FORM_FIELDS = 1_000
"""The largest number of fields of a form, as in Django."""

# RFC 3986, section 3.4: the characters of a query, and the brackets that PHP and Ruby leave unescaped.
_CHARS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?[]%"
_INVALID_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")
_ADVICE = "For a JSON body call delivery.json(), for any other format read delivery.signed_body"


@safe_repr
class FormFields(Mapping[str, str]):
    """The fields of a form in the order of the body. Immutable. A name can occur several times.

    As a mapping, it has each name one time, with its first value. `pairs` and `get_all` contain every value.

    Args:
        pairs: The names and values, in the order of the body.
    """

    __slots__ = ("_first_values", "_pairs")

    def __init__(self, pairs: Sequence[tuple[str, str]] = ()) -> None:
        self._pairs = tuple(pairs)
        self._first_values = dict(reversed(self._pairs))

    @property
    def pairs(self) -> tuple[tuple[str, str], ...]:
        """All names and values, in the order of the body."""
        return self._pairs

    def get_all(self, name: str) -> list[str]:
        """Return all values of a field.

        Args:
            name: The name of the field.

        Returns:
            The values in the order of the body. Empty if the form lacks the field.
        """
        return [value for key, value in self._pairs if key == name]

    def __getitem__(self, name: str) -> str:
        return self._first_values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._pairs))

    def __len__(self) -> int:
        return len(self._first_values)

    def __eq__(self, other: object) -> bool:
        return self._pairs == other._pairs if isinstance(other, FormFields) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._pairs)

    def __repr__(self) -> str:
        return f"FormFields(<{len(self._pairs)} fields>)"  # names and values are parts of the body


def parse_form(body: bytes) -> FormFields:
    """Parse a form body.

    Args:
        body: The body. An empty body is a form without fields.

    Returns:
        The fields. The files of a multipart form are left out.

    Raises:
        UnreadableEvent: If the body is not a form in UTF-8, or has more than `MAX_FORM_FIELDS` fields. The
            path is the name of the invalid field, or its index such as `[3]` if the name is invalid.
    """
    pairs = form_pairs(body)
    if pairs is not None:
        return FormFields(pairs)
    failure = _unreadable(body)  # without the error of urllib, which may contain a part of the body
    raise failure


def is_form(body: bytes) -> bool:
    """Return whether a body is a form with at least one field.

    Args:
        body: The body.

    Returns:
        Whether `parse_form` returns at least one field.
    """
    return bool(form_pairs(body))


def is_form_name(name: bytes) -> bool:
    """Return whether a field without `=` can be the name of a field without a value, and not JSON.

    Args:
        name: The encoded name.

    Returns:
        Whether each character may occur in a form, and none of them is a bracket.
    """
    return not name.translate(None, _CHARS) and not _INVALID_ESCAPE.search(name) and b"[" not in name


def json_text(body: bytes, field: str) -> bytes:
    """Return the JSON text of a body, which may be a form with JSON in one of its fields.

    Args:
        body: The signed body.
        field: The name of the form field with the JSON, or "".

    Returns:
        The value of the field if the body is a form with this field, else the body.

    Raises:
        UnreadableEvent: If a form has the field several times.
    """
    if not field:
        return body
    values = [value for name, value in form_pairs(body) or () if name == field]
    if len(values) > 1:
        raise UnreadableEvent(f"expected one value, received {len(values)}: read delivery.form()", field)
    return values[0].encode() if values else body


def form_pairs(body: bytes) -> list[tuple[str, str]] | None:
    """Parse a form body that may be invalid, such as an unverified one.

    Args:
        body: The body.

    Returns:
        The names and values in the order of the body, or None if `parse_form` would raise.
    """
    if body.startswith(b"--") and (fields := multipart_fields(body, MAX_FORM_FIELDS)) is not None:
        return fields
    if body.translate(None, _CHARS) or _INVALID_ESCAPE.search(body):
        return None
    if not body:
        return []
    texts = body.split(b"&", MAX_FORM_FIELDS)
    # A JSON text such as `true` has no equals sign. Form parsers read `a&&b=1&` as `a=&b=1`.
    if len(texts) > MAX_FORM_FIELDS or b"=" not in body:
        return None
    parts = [text.partition(b"=") for text in texts if text]
    try:
        return [(_decoded(name), _decoded(value)) for name, _, value in parts]
    except ValueError:
        return None


def _decoded(text: bytes) -> str:
    return decode_percent(text.replace(b"+", b" ")).decode("utf-8")


def decode_percent(text: bytes) -> bytes:
    """Decode `%XX`, as `urllib.parse.unquote_to_bytes` does, which takes ten times as long for many of them.

    Args:
        text: The text.

    Returns:
        The bytes. A `%` without two digits is unchanged.
    """
    if b"%" not in text:
        return text
    # Quoted-printable has the same form with another mark, and is decoded in C.
    escaped = _INVALID_ESCAPE.sub(b"%25", text)
    return a2b_qp(escaped.replace(b"=", b"=3D").replace(b"%", b"="))


def _unreadable(body: bytes) -> UnreadableEvent:
    """Return the error for the first field that is not valid."""
    fields = body.split(b"&", MAX_FORM_FIELDS)
    if len(fields) > MAX_FORM_FIELDS:
        detail = f"expected a form with at most {MAX_FORM_FIELDS} fields, received more: read"
        return UnreadableEvent(f"{detail} delivery.signed_body with your own parser")
    for index, field in enumerate(fields):
        if b"=" in body and not field:
            continue
        if not form_pairs(field if b"=" in field or b"=" not in body else field + b"="):
            name = field.partition(b"=")[0]
            readable = form_pairs(name + b"=") if name else None
            path = readable[0][0] if readable and readable[0][0].isprintable() else f"[{index}]"
            detail = "expected name=value with %XX escapes in UTF-8 (application/x-www-form-urlencoded)"
            return UnreadableEvent(f"{detail}, received something else. {_ADVICE}", path)
    raise AssertionError("a form whose fields are all valid is valid")
