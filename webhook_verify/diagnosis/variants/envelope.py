"""Unwrapping of a body that was wrapped in transit: base64, compression, a gateway event, extra bytes.

Each wrapper is removed once and the result is unwrapped again, as for gzip in base64 or base64 in base64.
"""

from __future__ import annotations

import binascii
import json
import re
import string
import zlib
from collections.abc import Callable, Iterator
from typing import Any

__all__ = ["unwrap"]

_MAX_INFLATED_BYTES = 4_194_304
_MAX_JSON_BYTES = 262_144
_MAX_GZIP_MEMBERS = 16
_MAX_CHUNKS = 1_000

BodyVariant = tuple[str, str, bytes]
"""(cause, evidence, body): the signature may match this body."""


def unwrap(body: bytes, content_length: int | None) -> Iterator[BodyVariant]:
    """Yield candidates for the body inside a wrapper.

    Args:
        body: The body as received.
        content_length: The Content-Length in bytes, or None if it is unknown.

    Yields:
        Candidates, which may be empty or repeated.
    """
    yield from _extended(body, content_length)
    for original in _wrapped(body):
        yield original
        cause, evidence, inner = original
        if inner and len(inner) <= _MAX_JSON_BYTES:
            yield from ((cause, f"{evidence}, twice", each) for _, _, each in _wrapped(inner))


def _wrapped(body: bytes) -> Iterator[BodyVariant]:
    if not body[:64].isascii() or body[:1] in (b"x", b"K"):
        yield "body_compressed", "its decompressed content was signed", _inflate(body)
    yield from _listed_bytes(body)
    if not _without_quotes(body).translate(None, _BASE64_CHARS):
        yield "body_in_base64", "its base64-decoded content was signed", _decode_base64(body)
        yield "body_as_text", "it is hex-encoded", _try_decode(binascii.a2b_hex, body.strip())
    elif body[:1] == b"{" and (b'"body"' in body[:_MAX_JSON_BYTES] or b'"Buffer"' in body[:40]):
        yield from _gateway_event(body)


def _listed_bytes(body: bytes) -> Iterator[BodyVariant]:
    """Decode a printed list of bytes, as by Go, Java or JavaScript."""
    if body[:_MIN_LIST].translate(None, _LIST_CHARS) or body.translate(None, _LIST_CHARS):
        return
    try:
        octets = bytes(int(word) % 256 if word[:1] == b"-" else int(word) for word in _words(body))
    except ValueError:
        return
    yield "body_as_text", "it is the printed list of its bytes", octets


def _words(body: bytes) -> list[bytes]:
    return body.translate(_AS_SPACES).split() if len(body) <= _MAX_JSON_BYTES else []


_MIN_LIST = 8
_LIST_CHARS = b"0123456789-,[]{}() "
_AS_SPACES = bytes.maketrans(b",[]{}()", b"       ")
_DATA = re.compile(rb"data:[\w/.;=+-]{0,80};base64,")
_BASE64_CHARS = string.ascii_letters.encode() + string.digits.encode() + b"+/-_= \r\n\t"
_STANDARD = bytes.maketrans(b"-_", b"+/")


def _without_quotes(body: bytes) -> bytes:
    """Strip JSON quotes and the prefix of a data URL."""
    text = body.strip(b'" \r\n\t')
    match = _DATA.match(text)
    return text[match.end() :] if match else text


def _try_decode(make: Callable[[bytes], bytes], body: bytes) -> bytes:
    try:
        return make(body)
    except (ValueError, zlib.error):
        return b""


def _decode_base64(body: bytes) -> bytes:
    """Decode base64 or base64url: with line breaks, quotes or padding, or without them."""
    text = _without_quotes(body).translate(_STANDARD, b" \r\n\t").rstrip(b"=")
    return _try_decode(binascii.a2b_base64, text + b"=" * (-len(text) % 4))


def _inflate(body: bytes) -> bytes:
    """Decompress gzip with one or more members, zlib or raw deflate."""
    return _try_decode(_inflate_members, body) or _try_decode(
        lambda raw: zlib.decompressobj(-15).decompress(raw, _MAX_INFLATED_BYTES), body
    )


def _inflate_members(body: bytes) -> bytes:
    inner = b""
    for _ in range(_MAX_GZIP_MEMBERS):
        decompressor = zlib.decompressobj(wbits=47)  # 32 + 15 detects gzip and zlib by their headers.
        inner += decompressor.decompress(body, _MAX_INFLATED_BYTES - len(inner))
        body = decompressor.unused_data
        if not body or len(inner) >= _MAX_INFLATED_BYTES:
            break
    return inner


def _gateway_event(body: bytes) -> Iterator[BodyVariant]:
    """Extract the body from a gateway's JSON event, or from a Node.js Buffer serialized as JSON."""
    try:
        value: Any = json.loads(body) if len(body) <= _MAX_JSON_BYTES else None
        inner: Any = value.get("body", value.get("data")) if value.__class__ is dict else None
        if inner.__class__ is list:
            yield "body_as_text", "it is a Node.js Buffer serialized as JSON", bytes(inner)
        elif isinstance(inner, str):
            evidence = "it is a gateway's event, and the content of its field body was signed"
            decoded = _decode_base64(inner.encode("utf-8", "replace"))
            yield "body_in_base64", f"{evidence}, base64-decoded", decoded
            yield "body_reserialized", evidence, inner.encode("utf-8", "surrogatepass")
    except (ValueError, TypeError, RecursionError):
        return


def _extended(body: bytes, content_length: int | None) -> Iterator[BodyVariant]:
    cause = "body_extended"
    if content_length and content_length < len(body):
        yield cause, "it has extra bytes at the end, beyond Content-Length", body[:content_length]
        yield cause, "it has extra bytes at the start, beyond Content-Length", body[-content_length:]
    if body.endswith(b"\0"):
        yield cause, "it has trailing NUL bytes", body.rstrip(b"\0")
    half = len(body) // 2
    if half and len(body) % 2 == 0 and body[:half] == body[half:]:
        yield cause, "it is repeated", body[:half]
    if _CHUNK.match(body):
        yield cause, "it still contains the sizes of HTTP chunks", _dechunk(body)
    if body.startswith(b"--"):
        for part in _multipart_parts(body):
            yield cause, "it is multipart, and one of its parts was signed", part
    if body.startswith(b")]}'"):
        yield cause, "it begins with a prefix against JSON hijacking", body.partition(b"\n")[2]


def _multipart_parts(body: bytes) -> list[bytes]:
    """Return the contents of the first parts of a multipart body (RFC 2046, section 5.1)."""
    boundary = body[:_MAX_BOUNDARY_BYTES].partition(b"\r\n")[0]
    pieces = body.split(b"\r\n" + boundary, _MAX_PARTS)[:_MAX_PARTS]
    return [piece.partition(b"\r\n\r\n")[2] for piece in pieces]


_MAX_BOUNDARY_BYTES, _MAX_PARTS = 80, 8

_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})(?:;[^\r\n]{0,80})?\r\n")


def _dechunk(body: bytes) -> bytes:
    """Return the content of HTTP chunks (RFC 9112, section 7.1), or b"" without any."""
    pieces: list[bytes] = []
    at = 0
    while (match := _CHUNK.match(body, at)) and len(pieces) < _MAX_CHUNKS:
        size = int(match[1], 16)
        if not size:
            break
        pieces.append(body[match.end() : match.end() + size])
        at = match.end() + size + 2
    return b"".join(pieces)
