"""What a secret may have been for the sender: text or base64, with its prefix and blanks or without."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import unquote

from webhook_verify.schemes import Scheme, StandardWebhooks
from webhook_verify.secret import Secret, from_base64

__all__ = ["fingerprint", "habit_of", "own_key", "readings"]

_PREFIX = re.compile(r"(?:v1a?,)?[A-Za-z]{2,10}_(?:live_|test_)?")
_PREFIXES = ("whsec_", "shpss_", "lin_wh_", "pdl_ntfset_", "Bearer ", "Token ")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d\u00ab\u00bb\u2039\u203a"
_OUTER = _QUOTES + " \t\r\n\v\f\u00a0\u200b\ufeff"
# What else may be taken along from code, a file or a page.
_AROUND = _OUTER + ",;.<>{}()[]$\\"
_IS_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_MAX_LINE_CHARS = 500  # characters of a line that is taken apart
_WORD = re.compile(r"[A-Za-z0-9_+/=.-]{8,}")
_MAX_WORDS, _MIN_WORD_CHARS = 16, 8

Reading = tuple[str, str, bytes]
"""(cause, evidence, key): with this key the signature may be right."""


def fingerprint(secret: Secret) -> str:
    """The first eight hexadecimal digits of the SHA-256 of what is configured."""
    return sha256(_octets(secret.reveal())).hexdigest()[:8]


def habit_of(scheme: Scheme) -> str:
    """What a secret's text means to a scheme: ``text``, ``base64`` or ``hex``."""
    return (
        "base64" if isinstance(scheme, StandardWebhooks) else str(getattr(scheme, "secret_encoding", "text"))
    )


def own_key(secret: Secret, habit: str) -> bytes:
    """The key that the scheme itself makes of the secret."""
    value = secret.reveal()
    if isinstance(value, bytes) or habit == "text":
        return _octets(value)
    return _hex(value) if habit == "hex" else _base64(_bare(value) or value)


def readings(secret: Secret, habit: str) -> Iterator[Reading]:
    """The keys that other habits make of the secret, each once, the likeliest first."""
    seen = {own_key(secret, habit)}
    for cause, evidence, key in _candidates(secret.reveal(), habit):
        if key.strip(b"\0") and key not in seen:
            seen.add(key)
            yield cause, evidence, key


def _candidates(value: str | bytes, habit: str) -> Iterator[Reading]:
    octets = _octets(value)
    text = octets.decode("utf-8", "replace")
    yield from _with_blanks(text, octets, decodes=habit != "text")
    bare = _bare(text)
    if isinstance(value, bytes) and not (text.isascii() and text.isprintable()):
        yield from _decoded(value)
    if habit == "text":
        yield "secret_prefix", "the text of the secret without its prefix is the key", bare.encode()
        for prefix in _PREFIXES:
            if text.startswith(prefix):
                yield "secret_prefix", f"the key is the text without {prefix}", text[len(prefix) :].encode()
            yield (
                "secret_prefix",
                f"the key is the text with {prefix.strip()} in front",
                prefix.encode() + octets,
            )
    else:
        yield "secret_is_text", "the text of the secret is the key, as it stands", octets
        yield "secret_is_text", "the text of the secret without its prefix is the key", bare.encode()
        if bare:
            yield "secret_prefix", "the prefix was decoded along with the secret", _lenient(text)
    for words, each in (("", text), (", without its prefix", bare)):
        stripped = each.strip(_OUTER)
        for name, key in (("base64", _base64(stripped)), ("hex", _hex(stripped))):
            yield "secret_is_encoded", f"the {name} of the secret{words} holds the key", key
    yield "secret_is_encoded", "what base64 holds of the secret is the key", _lenient(bare or text)
    yield from _encoded_twice(text, habit)
    yield from _of_a_line(text, habit)
    yield "secret_is_encoded", "the secret in hex is the key", own_key(Secret(value), habit).hex().encode()


def _decoded(octets: bytes) -> Iterator[Reading]:
    """The texts that were decoded to octets which are no text themselves, where the text is the key."""
    cause = "secret_is_text"
    text = b2a_base64(octets, newline=False)
    url_safe = text.translate(_URL_SAFE)
    for told, each in (
        ("hex", octets.hex().encode()),
        ("hex in capitals", octets.hex().upper().encode()),
        ("base64", text),
        ("base64 without padding", text.rstrip(b"=")),
        ("base64url", url_safe),
        ("base64url without padding", url_safe.rstrip(b"=")),
        ("base64, with whsec_ in front", b"whsec_" + text),
        ("base64 without padding, with whsec_ in front", b"whsec_" + text.rstrip(b"=")),
    ):
        yield cause, f"what is configured here was decoded: its {told} is the key", each


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def _with_blanks(text: str, octets: bytes, *, decodes: bool) -> Iterator[Reading]:
    cause = "secret_has_blanks"
    stripped = text.strip(_OUTER)
    if stripped.encode() != octets:
        yield cause, "blanks or quotes are configured here as a part of the key", stripped.encode()
        if decodes:
            yield cause, "blanks or quotes are configured here as a part of the key", _base64(_bare(stripped))
    for told, each in _cleaned(text):
        if each != text:
            yield cause, told, each.encode("utf-8", "surrogatepass")
            if decodes:
                yield cause, told, _base64(_bare(each) or each)
    for name, ending in (("a newline", "\n"), ("CRLF", "\r\n"), ("a blank", " ")):
        yield cause, f"the sender's key ends in {name}", (stripped + ending).encode()
    yield cause, "the sender's key begins with a blank", b" " + stripped.encode()
    for quote in "\"'`":
        yield cause, "the sender's key stands in quotes", f"{quote}{stripped}{quote}".encode()


def _cleaned(text: str) -> Iterator[tuple[str, str]]:
    """(evidence, text) without what was taken along from code, a file, or a page that wraps lines."""
    around = "marks that stand around it are configured here as a part of the key"
    yield around, text.strip(_OUTER).removesuffix("\\n").removesuffix("\\r").strip(_AROUND)
    if " #" in text or " //" in text:
        yield (
            "a comment is configured here as a part of the key",
            re.split(" +(?:#|//)", text)[0].strip(_OUTER),
        )
    printable = "".join(each for each in text if each.isprintable() and not _IS_INVISIBLE.match(each))
    yield "invisible characters are configured here as a part of the key", printable.strip(_OUTER)
    yield "blanks in the middle are configured here as a part of the key", re.sub(r"\s+", "", text)


def _encoded_twice(text: str, habit: str) -> Iterator[Reading]:
    """What holds the secret in base64, as in a Kubernetes Secret, or percent-encoded, as in an address."""
    cause = "secret_is_encoded"
    inner = _base64(text.strip(_OUTER)).strip()
    for told, each in (
        ("what base64 holds of it is the secret", inner.decode("utf-8", "replace")),
        ("it is percent-encoded", unquote(text) if "%" in text else ""),
    ):
        if each and "\ufffd" not in each:
            yield cause, told, each.encode("utf-8", "surrogatepass")
            if habit != "text":
                yield cause, told, _base64(_bare(each) or each)


def _of_a_line(text: str, habit: str) -> Iterator[Reading]:
    """The secret of a whole line: ``export SECRET="..."``, ``"secret": "...",``, ``Signing secret: ...``."""
    told = "the key is a part of it: a whole line, or its name, is configured along with it"
    words = _WORD.findall(text[:_MAX_LINE_CHARS])[:_MAX_WORDS]
    parts = (part for word in words for part in (word, word.partition("=")[2], word.rstrip(".")))
    for word in dict.fromkeys(parts):
        if len(word) >= _MIN_WORD_CHARS and word != text:
            yield "secret_prefix", told, word.encode()
            if habit != "text":
                yield "secret_prefix", told, _base64(_bare(word) or word)


def _bare(text: str) -> str:
    """The text without its prefix, "" if it has none."""
    match = _PREFIX.match(text)
    return text[match.end() :] if match else ""


def _base64(text: str) -> bytes:
    return from_base64(text.replace("-", "+").replace("_", "/")) or b""


def _lenient(text: str) -> bytes:
    """As decoders do it that skip what is no base64, and take both alphabets."""
    known = re.sub("[^A-Za-z0-9+/]", "", text.partition("=")[0].replace("-", "+").replace("_", "/"))
    whole = known[:-1] if len(known) % 4 == 1 else known
    return a2b_base64(whole + "=" * (-len(whole) % 4))


def _hex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _octets(value: str | bytes) -> bytes:
    return value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
