"""Candidates for the sender's key: other encodings of the secret, with or without prefix and whitespace."""

from __future__ import annotations

import re
from base64 import b64encode
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import unquote

from webhook_verify.diagnosis.variants.secret_text import rewritten_secrets
from webhook_verify.schemes import Scheme, StandardWebhooks
from webhook_verify.secret import Secret, from_base64

__all__ = ["configured_key", "fingerprint", "key_variants", "secret_encoding"]

_PREFIX = re.compile(r"(?:v1a?,)?[A-Za-z]{2,10}_(?:live_|test_)?")
_TEXT_PREFIXES = ("whsec_", "polar_whs_")  # of providers whose key is the text with its prefix
_PREFIXES = ("whsec_", "wbhsec_", "polar_whs_", "shpss_", "lin_wh_", "pdl_ntfset_", "Bearer ", "Token ")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a"
_WHITESPACE_AND_QUOTES = _QUOTES + " \t\r\n\v\f\u00a0\u200b\ufeff"
# Punctuation that is copied along with a secret from code, a file or a page.
_SURROUNDING_CHARS = _WHITESPACE_AND_QUOTES + ",;.<>{}()[]$\\"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_MAX_LINE_CHARS = 500  # Only the beginning of a longer line is searched for the secret.
_WORD = re.compile(r"[A-Za-z0-9_+/=.-]{8,}")
_MAX_WORDS, _MIN_WORD_CHARS = 16, 8

KeyVariant = tuple[str, str, bytes]
"""(cause, evidence, key): the signature may match with this key."""


def fingerprint(secret: Secret) -> str:
    """Return the fingerprint of a secret, to compare it without showing it.

    Args:
        secret: A configured secret.

    Returns:
        The first eight hexadecimal digits of the SHA-256 of the configured value.
    """
    return sha256(_to_bytes(secret.reveal())).hexdigest()[:8]


def secret_encoding(scheme: Scheme) -> str:
    """Return how a scheme decodes a secret.

    Args:
        scheme: Any scheme.

    Returns:
        `text`, `base64` or `hex`.
    """
    return (
        "base64" if isinstance(scheme, StandardWebhooks) else str(getattr(scheme, "secret_encoding", "text"))
    )


def configured_key(secret: Secret, encoding: str) -> bytes:
    """Return the key that a scheme derives from a secret.

    Args:
        secret: A configured secret.
        encoding: The result of `secret_encoding`.

    Returns:
        The key, or b"" if the secret cannot be decoded.
    """
    value = secret.reveal()
    if isinstance(value, bytes) or encoding == "text":
        return _to_bytes(value)
    return _decode_hex(value) if encoding == "hex" else _decode_base64(_without_prefix(value) or value)


def key_variants(secret: Secret, encoding: str) -> Iterator[KeyVariant]:
    """Yield candidates for the sender's key, most likely first.

    Args:
        secret: A configured secret.
        encoding: The result of `secret_encoding`.

    Yields:
        Each candidate once, never the configured key itself.
    """
    seen = {configured_key(secret, encoding)}
    for cause, evidence, key in _candidates(secret.reveal(), encoding):
        if key.strip(b"\0") and key not in seen:
            seen.add(key)
            yield cause, evidence, key


def _candidates(value: str | bytes, encoding: str) -> Iterator[KeyVariant]:
    raw = _to_bytes(value)
    text = raw.decode("utf-8", "replace")
    yield from _whitespace_variants(text, raw, decodes=encoding != "text")
    unprefixed = _without_prefix(text)
    if isinstance(value, bytes) and not (text.isascii() and text.isprintable()):
        yield from _decoded_text_variants(value)
    if encoding == "text":
        yield "secret_prefix", "the key is the secret's text without its prefix", unprefixed.encode()
        for prefix in _PREFIXES:
            if text.startswith(prefix):
                evidence = f"the key is the secret's text without {prefix}"
                yield "secret_prefix", evidence, text[len(prefix) :].encode()
        yield from _prefixed_variants(raw, _PREFIXES)
    else:
        yield "secret_is_text", "the key is the secret's text, not decoded", raw
        yield "secret_is_text", "the key is the secret's text without its prefix", unprefixed.encode()
        yield from _prefixed_variants(raw, _TEXT_PREFIXES)
        yield from _sender_variants(value, text, encoding)
        if unprefixed:
            evidence = "the sender decodes the prefix together with the secret"
            yield "secret_prefix", evidence, _lenient_base64(text)
    for words, candidate in (("", text), (", without its prefix", unprefixed)):
        stripped = candidate.strip(_WHITESPACE_AND_QUOTES)
        for name, key in (("base64", _decode_base64(stripped)), ("hex", _decode_hex(stripped))):
            yield "secret_is_encoded", f"the key is the {name}-decoded secret{words}", key
    evidence = "the key is the secret decoded by a lenient base64 decoder"
    yield "secret_is_encoded", evidence, _lenient_base64(unprefixed or text)
    yield from _double_encoded_variants(text, encoding)
    for cause, evidence, candidate in rewritten_secrets(text):
        yield cause, evidence, candidate.encode("utf-8", "surrogatepass")
        if encoding != "text":
            yield cause, evidence, _decode_base64(_without_prefix(candidate) or candidate)
    yield from _line_variants(text, encoding)
    hex_key = configured_key(Secret(value), encoding).hex().encode()
    yield "secret_is_encoded", "the key is the hex-encoded secret", hex_key


def _sender_variants(value: str | bytes, text: str, encoding: str) -> Iterator[KeyVariant]:
    """Apply mistakes of a sender that decodes the secret: a prefix that remains, or a second decoding."""
    for prefix in ("v1,", "v1,whsec_"):
        evidence = f"the sender does not remove {prefix} from the secret"
        yield "secret_prefix", evidence, (prefix + text).encode("utf-8", "replace")
        yield "secret_prefix", evidence, _lenient_base64(prefix + text)
    inner = configured_key(Secret(value), encoding).decode("latin-1")
    yield "secret_is_encoded", "the sender decodes the secret twice", _decode_base64(inner)


def _decoded_text_variants(raw: bytes) -> Iterator[KeyVariant]:
    """Encode a binary secret in the ways in which it may have been text for the sender."""
    cause = "secret_is_text"
    text = b2a_base64(raw, newline=False)
    url_safe = text.translate(_URL_SAFE)
    for form, candidate in (
        ("hex", raw.hex().encode()),
        ("upper-case hex", raw.hex().upper().encode()),
        ("base64", text),
        ("base64 without padding", text.rstrip(b"=")),
        ("base64url", url_safe),
        ("base64url without padding", url_safe.rstrip(b"=")),
        ("base64, with whsec_ in front", b"whsec_" + text),
        ("base64 without padding, with whsec_ in front", b"whsec_" + text.rstrip(b"=")),
    ):
        yield cause, f"the secret was decoded before it was configured: the key is its {form}", candidate


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _whitespace_variants(text: str, raw: bytes, *, decodes: bool) -> Iterator[KeyVariant]:
    cause = "secret_has_blanks"
    stripped = text.strip(_WHITESPACE_AND_QUOTES)
    if stripped.encode() != raw:
        evidence = "the configured key includes whitespace or quotes"
        yield cause, evidence, stripped.encode()
        if decodes:
            yield cause, evidence, _decode_base64(_without_prefix(stripped))
    for evidence, candidate in _cleaned_texts(text):
        if candidate != text:
            yield cause, evidence, candidate.encode("utf-8", "surrogatepass")
            if decodes:
                yield cause, evidence, _decode_base64(_without_prefix(candidate) or candidate)
    for name, ending in (("a newline", "\n"), ("CRLF", "\r\n"), ("a space", " ")):
        yield cause, f"the sender's key ends with {name}", (stripped + ending).encode()
        if decodes and (key := _decode_base64(_without_prefix(stripped) or stripped)):
            yield cause, f"the sender's decoded key ends with {name}", key + ending.encode()
    yield cause, "the sender's key begins with a space", b" " + stripped.encode()
    for quote in "\"'`":
        yield cause, "the sender's key is enclosed in quotes", f"{quote}{stripped}{quote}".encode()


def _cleaned_texts(text: str) -> Iterator[tuple[str, str]]:
    """Yield (evidence, text) without characters that were copied from code, a file or a wrapped line."""
    unescaped = text.strip(_WHITESPACE_AND_QUOTES).removesuffix("\\n").removesuffix("\\r")
    yield "the configured key includes surrounding punctuation", unescaped.strip(_SURROUNDING_CHARS)
    if " #" in text or " //" in text:
        uncommented = re.split(" +(?:#|//)", text)[0].strip(_WHITESPACE_AND_QUOTES)
        yield "the configured key includes a comment", uncommented
    printable = "".join(char for char in text if char.isprintable() and not _INVISIBLE.match(char))
    yield "the configured key includes invisible characters", printable.strip(_WHITESPACE_AND_QUOTES)
    yield "the configured key includes whitespace in the middle", re.sub(r"\s+", "", text)


def _double_encoded_variants(text: str, encoding: str) -> Iterator[KeyVariant]:
    """Decode a secret that was encoded again, in base64 (a Kubernetes Secret) or percent-encoding (a URL)."""
    cause = "secret_is_encoded"
    if encoding == "text":
        yield (
            cause,
            "the sender's key is the secret in base64",
            b64encode(text.encode("utf-8", "surrogatepass")),
        )
    inner = _decode_base64(text.strip(_WHITESPACE_AND_QUOTES)).strip()
    for evidence, candidate in (
        ("the configured text is the base64-encoded secret", inner.decode("utf-8", "replace")),
        ("the configured text is the percent-encoded secret", unquote(text) if "%" in text else ""),
    ):
        if candidate and "\ufffd" not in candidate:
            yield cause, evidence, candidate.encode("utf-8", "surrogatepass")
            if encoding != "text":
                yield cause, evidence, _decode_base64(_without_prefix(candidate) or candidate)


def _line_variants(text: str, encoding: str) -> Iterator[KeyVariant]:
    """Find a secret in a line such as `export SECRET="..."`, `"secret": "...",` or `Signing secret: ...`."""
    evidence = "the key is only a part of the configured text, such as a whole line"
    words = _WORD.findall(text[:_MAX_LINE_CHARS])[:_MAX_WORDS]
    parts = (part for word in words for part in (word, word.partition("=")[2], word.rstrip(".")))
    for word in dict.fromkeys(parts):
        if len(word) >= _MIN_WORD_CHARS and word != text:
            yield "secret_prefix", evidence, word.encode()
            if encoding != "text":
                yield "secret_prefix", evidence, _decode_base64(_without_prefix(word) or word)


def _prefixed_variants(raw: bytes, prefixes: tuple[str, ...]) -> Iterator[KeyVariant]:
    for prefix in prefixes:
        evidence = f"the key is the secret's text with {prefix.strip()} in front"
        yield "secret_prefix", evidence, prefix.encode() + raw


def _without_prefix(text: str) -> str:
    """Return the text without its prefix, or "" if it does not begin with a prefix."""
    match = _PREFIX.match(text)
    return text[match.end() :] if match else ""


def _decode_base64(text: str) -> bytes:
    return from_base64(text.replace("-", "+").replace("_", "/")) or b""


def _lenient_base64(text: str) -> bytes:
    """Decode like a decoder that accepts both alphabets and skips all other characters."""
    known = re.sub("[^A-Za-z0-9+/]", "", text.partition("=")[0].replace("-", "+").replace("_", "/"))
    whole = known[:-1] if len(known) % 4 == 1 else known
    return a2b_base64(whole + "=" * (-len(whole) % 4))


def _decode_hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _to_bytes(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
