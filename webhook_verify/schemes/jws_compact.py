"""Parsing of JSON Web Signatures in compact form (RFC 7515) before they are verified.

Only one text of a signature is accepted: base64url without padding whose unused bits are zero, and a header
without duplicate members. All lengths are bounded.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from functools import lru_cache
from typing import Any, NamedTuple

from webhook_verify.schemes.body_scheme import dump_json
from webhook_verify.schemes.jwt_token import without_duplicates

__all__ = [
    "CompactJws",
    "InvalidJws",
    "decode_base64url",
    "encode_base64url",
    "encode_header",
    "key_id_of",
    "parse_compact",
    "parse_header",
]

_MAX_HEADER_CHARS = 16_384  # a chain of three certificates has about 5,000
_MAX_SIGNATURE_CHARS = 1_366  # of an RSA key of 8192 bits
_MAX_KEY_ID_CHARS = 128
_BASE64URL = re.compile(r"[\w-]+", re.ASCII)


class InvalidJws(ValueError):
    """A text that is not a JSON Web Signature as the scheme requires it. The message has no part of it."""


class CompactJws(NamedTuple):
    """The unverified parts of a JSON Web Signature: its header as sent and parsed, and the other two."""

    encoded_header: str
    header: dict[str, Any]
    encoded_payload: str
    encoded_signature: str


def parse_compact(text: str, algorithm: str, *, is_unencoded: bool) -> CompactJws:
    """Parse a signature without verifying it.

    Args:
        text: The three parts with dots between them. The payload may be empty.
        algorithm: The expected `alg`.
        is_unencoded: Whether the payload must be unencoded (RFC 7797), and otherwise must be encoded.

    Returns:
        The parts.

    Raises:
        InvalidJws: If the text is not a signature, or its header is not as the scheme requires it.
    """
    encoded_header, first_dot, rest = text.partition(".")
    payload, second_dot, signature = rest.partition(".")
    if not (first_dot and second_dot and _BASE64URL.fullmatch(signature)):
        raise InvalidJws("it is not three base64url parts")
    if len(signature) > _MAX_SIGNATURE_CHARS:
        raise InvalidJws("it is too long")
    header = parse_header(encoded_header)
    if header.get("alg") != algorithm:
        raise InvalidJws(f"its algorithm is not {algorithm}")
    members = {"crit": ["b64"], "b64": False} if is_unencoded else {}
    received = {name: header[name] for name in ("crit", "b64") if name in header}
    if received != members or received.get("b64", False) is not False:
        raise InvalidJws(
            'its members crit and b64 must be ["b64"] and false'
            if is_unencoded
            else "it has a critical extension or the member b64, which the provider does not use"
        )
    if "kid" in header and not key_id_of(header):
        raise InvalidJws("its key id is not a short text")
    return CompactJws(encoded_header, header, payload, signature)


def parse_header(encoded: str) -> dict[str, Any]:
    """Parse the header of a signature.

    Args:
        encoded: The header in base64url.

    Returns:
        The members. They are shared, so they must not be changed.

    Raises:
        InvalidJws: If the text is too long, or not a JSON object without duplicate members.
    """
    if len(encoded) > _MAX_HEADER_CHARS:
        raise InvalidJws("it is too long")
    fields = _parsed(encoded)
    if fields is None:
        raise InvalidJws("its header is not a JSON object in base64url, or has a duplicate member")
    return fields


# A sender repeats its header, and each header is needed twice. At most 64 texts of 16 KiB are kept.
@lru_cache(maxsize=64)
def _parsed(encoded: str) -> dict[str, Any] | None:
    octets = decode_base64url(encoded)
    value: Any = None
    with suppress(ValueError, RecursionError):
        value = _JSON.decode((octets or b"").decode("utf-8"))
    return value if value.__class__ is dict else None


def key_id_of(fields: dict[str, Any]) -> str:
    """Return the id of the key in a header or a JSON Web Key.

    Args:
        fields: The members.

    Returns:
        The `kid`, or "" if it is missing, longer than 128 characters or not printable.
    """
    key_id: Any = fields.get("kid")
    is_usable = isinstance(key_id, str) and len(key_id) <= _MAX_KEY_ID_CHARS and key_id.isprintable()
    return key_id if is_usable else ""


_JSON = json.JSONDecoder(object_pairs_hook=without_duplicates)


def decode_base64url(text: str) -> bytes | None:
    """Decode canonical base64url without padding.

    Args:
        text: The base64url text.

    Returns:
        The bytes, or None if `text` is not their canonical encoding, or empty.
    """
    if not _BASE64URL.fullmatch(text):
        return None
    try:
        octets = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    return octets if encode_base64url(octets) == text.encode() else None


def encode_base64url(octets: bytes) -> bytes:
    """Encode bytes in base64url without padding.

    Args:
        octets: The bytes.

    Returns:
        The text, in ASCII.
    """
    return urlsafe_b64encode(octets).rstrip(b"=")


def encode_header(header: dict[str, Any]) -> str:
    """Encode the header of a signature.

    Args:
        header: The members.

    Returns:
        The header in base64url.
    """
    return encode_base64url(dump_json(header)).decode()
