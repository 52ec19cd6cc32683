"""The text fields of a `multipart/form-data` body (RFC 7578), read strictly and with limits.

The boundary is the first line of the body. The `Content-Type` header also contains it, but no provider signs
that header, so an attacker could choose another boundary and thereby other fields.
"""

from __future__ import annotations

import re

__all__ = ["multipart_fields"]

_MAX_HEADER_BYTES = 2_000  # of one part; its name and a file name
# RFC 2046, section 5.1.1: at most 70 characters, and the last is not a space.
_FIRST_LINE = re.compile(rb"--[0-9A-Za-z'()+_,./:=?-]{1,70}\r\n")
_DISPOSITION = re.compile(
    rb'content-disposition: *form-data *; *name="([^"\\\r\n]*)" *(;[^\r\n]*)?', re.IGNORECASE
)


def multipart_fields(body: bytes, max_fields: int) -> list[tuple[str, str]] | None:
    """Parse a multipart form. It must begin with its first boundary and end with its last.

    Args:
        body: The body.
        max_fields: The maximum number of parts.

    Returns:
        The names and values of the parts without a file name, in the order of the body; or None if the body
        is not a multipart form, has too many parts, or a text is not UTF-8.
    """
    first = _FIRST_LINE.match(body)
    if first is None:
        return None
    delimiter = b"\r\n" + first[0][:-2]
    parts = body[len(first[0]) - 2 :].split(delimiter, max_fields + 1)
    if len(parts) > max_fields + 1 or parts[-1] not in (b"--", b"--\r\n"):
        return None
    fields: list[tuple[str, str]] = []
    for part in parts[:-1]:
        header, separator, value = part.partition(b"\r\n\r\n")
        if not (separator and header.startswith(b"\r\n") and len(header) <= _MAX_HEADER_BYTES):
            return None
        field = _field(header, value)
        if field is None:
            return None
        fields += field
    return fields


def _field(header: bytes, value: bytes) -> list[tuple[str, str]] | None:
    """Return the field of a part, nothing for a file, or None if the part is not valid."""
    lines = header[2:].split(b"\r\n")
    found = [line for line in lines if line[:20].lower().startswith(b"content-disposition:")]
    disposition = _DISPOSITION.fullmatch(found[0]) if len(found) == 1 else None
    if disposition is None or any(b":" not in line for line in lines):
        return None
    if any(line[:26].lower().startswith(b"content-transfer-encoding:") for line in lines):
        return None  # deprecated by RFC 7578, section 4.7, and decoded by some parsers only
    name, other = disposition[1], disposition[2] or b""
    try:
        return [] if b"filename" in other.lower() else [(name.decode("utf-8"), value.decode("utf-8"))]
    except UnicodeDecodeError:
        return None
