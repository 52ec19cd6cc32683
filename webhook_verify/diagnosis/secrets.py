"""What a secret may have been for the sender: text or base64, with its prefix and blanks or without."""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256

from webhook_verify.keys import Secret, from_base64

__all__ = ["fingerprint", "readings"]

_PREFIX = re.compile(r"(?:v1,)?[A-Za-z]{2,10}_(?:live_|test_)?")

Reading = tuple[str, str, bytes]
"""(cause, evidence, key): with this HMAC key the signature may be right."""


def fingerprint(secret: Secret) -> str:
    """The first eight hexadecimal digits of the SHA-256 of what is configured."""
    return sha256(_octets(secret.reveal())).hexdigest()[:8]


def readings(secret: Secret) -> Iterator[Reading]:
    """The keys that other habits make of the secret, each once, the likeliest first."""
    seen: set[bytes] = set()
    for cause, evidence, key in _candidates(secret.reveal()):
        if key.strip(b"\0") and key not in seen:
            seen.add(key)
            yield cause, evidence, key


def _candidates(value: str | bytes) -> Iterator[Reading]:
    octets = _octets(value)
    text = octets.decode("utf-8", "replace")
    yield from _with_blanks(text, octets)
    bare = _PREFIX.sub("", text, count=1) if _PREFIX.match(text) else ""
    yield "secret_is_text", "the text of the secret is the key, as it stands", octets
    if bare:
        yield "secret_prefix", "the text of the secret without its prefix is the key", bare.encode()
    for words, each in (("", text), (", without its prefix", bare)):
        stripped = each.strip().strip("\"'`")
        for name, key in (("base64", _base64(stripped)), ("hex", _hex(stripped))):
            if key:
                yield "secret_is_encoded", f"the {name} of the secret{words} holds the key", key
    for prefix in ("whsec_",):
        yield "secret_prefix", f"the key is the text with {prefix} in front", prefix.encode() + octets


def _with_blanks(text: str, octets: bytes) -> Iterator[Reading]:
    cause = "secret_has_blanks"
    stripped = text.strip().strip("\"'`").strip().encode()
    if stripped != octets:
        yield cause, "blanks or quotes are configured here as a part of the key", stripped
    for name, ending in (("a newline", "\n"), ("CRLF", "\r\n"), ("a blank", " ")):
        yield cause, f"the sender's key ends in {name}", stripped + ending.encode()
    yield cause, "the sender's key begins with a blank", b" " + stripped
    for quote in "\"'":
        yield cause, "the sender's key stands in quotes", f"{quote}{stripped.decode()}{quote}".encode()


def _base64(text: str) -> bytes:
    return from_base64(text.replace("-", "+").replace("_", "/")) or b""


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _octets(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
