"""What a secret may have been for the sender: text or base64, with its prefix and blanks or without."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import unquote

from webhook_verify.schemes import Scheme, StandardWebhooks
from webhook_verify.secret import Secret, from_base64

__all__ = ["configured_key", "fingerprint", "key_variants", "secret_encoding"]

_PREFIX = re.compile(r"(?:v1a?,)?[A-Za-z]{2,10}_(?:live_|test_)?")
_PREFIXES = ("whsec_", "shpss_", "lin_wh_", "pdl_ntfset_", "Bearer ", "Token ")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a"
_WHITESPACE_AND_QUOTES = _QUOTES + " \t\r\n\v\f\u00a0\u200b\ufeff"
# What else may be taken along from code, a file or a page.
_SURROUNDING_CHARS = _WHITESPACE_AND_QUOTES + ",;.<>{}()[]$\\"
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_MAX_LINE_CHARS = 500  # characters of a line that is taken apart
_WORD = re.compile(r"[A-Za-z0-9_+/=.-]{8,}")
_MAX_WORDS, _MIN_WORD_CHARS = 16, 8

KeyVariant = tuple[str, str, bytes]
"""(cause, evidence, key): with this key the signature may be right."""


def fingerprint(secret: Secret) -> str:
    """The first eight hexadecimal digits of the SHA-256 of what is configured."""
    return sha256(_to_bytes(secret.reveal())).hexdigest()[:8]


def secret_encoding(scheme: Scheme) -> str:
    """What a secret's text means to a scheme: ``text``, ``base64`` or ``hex``."""
    return (
        "base64" if isinstance(scheme, StandardWebhooks) else str(getattr(scheme, "secret_encoding", "text"))
    )


def configured_key(secret: Secret, encoding: str) -> bytes:
    """The key that the scheme itself makes of the secret."""
    value = secret.reveal()
    if isinstance(value, bytes) or encoding == "text":
        return _to_bytes(value)
    return _decode_hex(value) if encoding == "hex" else _decode_base64(_without_prefix(value) or value)


def key_variants(secret: Secret, encoding: str) -> Iterator[KeyVariant]:
    """The keys that other encodings make of the secret, each once, the likeliest first."""
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
        yield "secret_prefix", "the text of the secret without its prefix is the key", unprefixed.encode()
        for prefix in _PREFIXES:
            if text.startswith(prefix):
                yield "secret_prefix", f"the key is the text without {prefix}", text[len(prefix) :].encode()
            yield (
                "secret_prefix",
                f"the key is the text with {prefix.strip()} in front",
                prefix.encode() + raw,
            )
    else:
        yield "secret_is_text", "the text of the secret is the key, as it stands", raw
        yield "secret_is_text", "the text of the secret without its prefix is the key", unprefixed.encode()
        if unprefixed:
            yield "secret_prefix", "the prefix was decoded along with the secret", _lenient_base64(text)
    for words, candidate in (("", text), (", without its prefix", unprefixed)):
        stripped = candidate.strip(_WHITESPACE_AND_QUOTES)
        for name, key in (("base64", _decode_base64(stripped)), ("hex", _decode_hex(stripped))):
            yield "secret_is_encoded", f"the {name} of the secret{words} holds the key", key
    yield (
        "secret_is_encoded",
        "what base64 holds of the secret is the key",
        _lenient_base64(unprefixed or text),
    )
    yield from _double_encoded_variants(text, encoding)
    yield from _line_variants(text, encoding)
    yield (
        "secret_is_encoded",
        "the secret in hex is the key",
        configured_key(Secret(value), encoding).hex().encode(),
    )


def _decoded_text_variants(raw: bytes) -> Iterator[KeyVariant]:
    """The texts that were decoded to octets which are no text themselves, where the text is the key."""
    cause = "secret_is_text"
    text = b2a_base64(raw, newline=False)
    url_safe = text.translate(_URL_SAFE)
    for evidence, candidate in (
        ("hex", raw.hex().encode()),
        ("hex in capitals", raw.hex().upper().encode()),
        ("base64", text),
        ("base64 without padding", text.rstrip(b"=")),
        ("base64url", url_safe),
        ("base64url without padding", url_safe.rstrip(b"=")),
        ("base64, with whsec_ in front", b"whsec_" + text),
        ("base64 without padding, with whsec_ in front", b"whsec_" + text.rstrip(b"=")),
    ):
        yield cause, f"what is configured here was decoded: its {evidence} is the key", candidate


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _whitespace_variants(text: str, raw: bytes, *, decodes: bool) -> Iterator[KeyVariant]:
    cause = "secret_has_blanks"
    stripped = text.strip(_WHITESPACE_AND_QUOTES)
    if stripped.encode() != raw:
        yield cause, "blanks or quotes are configured here as a part of the key", stripped.encode()
        if decodes:
            yield (
                cause,
                "blanks or quotes are configured here as a part of the key",
                _decode_base64(_without_prefix(stripped)),
            )
    for evidence, candidate in _cleaned_texts(text):
        if candidate != text:
            yield cause, evidence, candidate.encode("utf-8", "surrogatepass")
            if decodes:
                yield cause, evidence, _decode_base64(_without_prefix(candidate) or candidate)
    for name, ending in (("a newline", "\n"), ("CRLF", "\r\n"), ("a blank", " ")):
        yield cause, f"the sender's key ends in {name}", (stripped + ending).encode()
    yield cause, "the sender's key begins with a blank", b" " + stripped.encode()
    for quote in "\"'`":
        yield cause, "the sender's key stands in quotes", f"{quote}{stripped}{quote}".encode()


def _cleaned_texts(text: str) -> Iterator[tuple[str, str]]:
    """(evidence, text) without what was taken along from code, a file, or a page that wraps lines."""
    around = "marks that stand around it are configured here as a part of the key"
    yield (
        around,
        text.strip(_WHITESPACE_AND_QUOTES).removesuffix("\\n").removesuffix("\\r").strip(_SURROUNDING_CHARS),
    )
    if " #" in text or " //" in text:
        yield (
            "a comment is configured here as a part of the key",
            re.split(" +(?:#|//)", text)[0].strip(_WHITESPACE_AND_QUOTES),
        )
    printable = "".join(char for char in text if char.isprintable() and not _INVISIBLE.match(char))
    yield (
        "invisible characters are configured here as a part of the key",
        printable.strip(_WHITESPACE_AND_QUOTES),
    )
    yield "blanks in the middle are configured here as a part of the key", re.sub(r"\s+", "", text)


def _double_encoded_variants(text: str, encoding: str) -> Iterator[KeyVariant]:
    """What holds the secret in base64, as in a Kubernetes Secret, or percent-encoded, as in an address."""
    cause = "secret_is_encoded"
    inner = _decode_base64(text.strip(_WHITESPACE_AND_QUOTES)).strip()
    for evidence, candidate in (
        ("what base64 holds of it is the secret", inner.decode("utf-8", "replace")),
        ("it is percent-encoded", unquote(text) if "%" in text else ""),
    ):
        if candidate and "\ufffd" not in candidate:
            yield cause, evidence, candidate.encode("utf-8", "surrogatepass")
            if encoding != "text":
                yield cause, evidence, _decode_base64(_without_prefix(candidate) or candidate)


def _line_variants(text: str, encoding: str) -> Iterator[KeyVariant]:
    """The secret of a whole line: ``export SECRET="..."``, ``"secret": "...",``, ``Signing secret: ...``."""
    evidence = "the key is a part of it: a whole line, or its name, is configured along with it"
    words = _WORD.findall(text[:_MAX_LINE_CHARS])[:_MAX_WORDS]
    parts = (part for word in words for part in (word, word.partition("=")[2], word.rstrip(".")))
    for word in dict.fromkeys(parts):
        if len(word) >= _MIN_WORD_CHARS and word != text:
            yield "secret_prefix", evidence, word.encode()
            if encoding != "text":
                yield "secret_prefix", evidence, _decode_base64(_without_prefix(word) or word)


def _without_prefix(text: str) -> str:
    """The text without its prefix, "" if it has none."""
    match = _PREFIX.match(text)
    return text[match.end() :] if match else ""


def _decode_base64(text: str) -> bytes:
    return from_base64(text.replace("-", "+").replace("_", "/")) or b""


def _lenient_base64(text: str) -> bytes:
    """As decoders do it that skip what is no base64, and take both alphabets."""
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
