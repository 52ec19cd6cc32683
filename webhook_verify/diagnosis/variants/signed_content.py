"""Candidates for the signed content of the sender: the body only, or with other fields around it."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import new, sha256
from itertools import islice, product
from urllib.parse import parse_qs, urlsplit

from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.schemes import ParsedHeaders

__all__ = ["signed_content_variants", "substitute_contents", "unsigned_body_variants"]

_MAX_CANDIDATES = 96

ContentVariant = tuple[str, ParsedHeaders]
"""(evidence, parsed headers): the signature may match with this signed content."""

_TEMPLATES = (
    "{body}",
    "{timestamp}.{body}",
    "{id}.{timestamp}.{body}",
    "{timestamp}{body}",
    "{body}{timestamp}",
    "{body}.{timestamp}",
    "{timestamp}:{body}",
    "v0:{timestamp}:{body}",
    "{id}.{body}",
    "{id}{timestamp}{body}",
    "{timestamp}.{id}.{body}",
    "{url}{body}",
    "{body}{url}",
    "{method}{url}{body}",
    "{url}{body}{timestamp}",
    "{method}{body}",
    "{path}{body}",
    "v1:{timestamp}:{body}",
    "v0.{timestamp}.{body}",
    "v1.{timestamp}.{body}",
    "{id}:{timestamp}:{body}",
    "{timestamp}\n{body}",
    "{timestamp}|{body}",
    "v0:{body}",
    "v1:{body}",
    "{method}{url}{body}{timestamp}",
    "{id}{body}",
    "{id}:{body}",
    "{body}{id}",
    "{body}{timestamp}{id}",
    "{timestamp},{body}",
    "{timestamp}-{body}",
    "{timestamp}_{body}",
    "{timestamp} {body}",
    "t={timestamp}.{body}",
    "{method}{path}{body}",
    "{timestamp}{method}{path}{body}",
    "{method}\n{path}\n{body}",
)


def signed_content_variants(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[ContentVariant]:
    """Yield the signed content of other schemes, with the id and timestamp from the headers.

    Args:
        investigation: The rejected delivery.
        parsed: Its parsed headers.

    Yields:
        At most 96 candidates.
    """
    yield from islice(_candidates(investigation, parsed), _MAX_CANDIDATES)


def substitute_contents(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield values that a sender may sign instead of the body.

    Args:
        body: The body as received.

    Yields:
        (evidence, signed bytes).
    """
    digest = sha256(body)
    yield "the sender signs the hex-encoded SHA-256 of the body", digest.hexdigest().encode()
    yield "the sender signs the SHA-256 of the body as bytes", digest.digest()
    yield "the sender signs the base64-encoded SHA-256 of the body", b64encode(digest.digest())
    yield "the sender signs the base64-encoded body", b64encode(body)
    yield "the sender signs the body twice", body + body
    if body not in _EMPTY_JSON:
        yield "the sender signs an empty text", b""
    for placeholder in _PLACEHOLDERS:
        yield f"the sender signs the text {placeholder} instead of the body", placeholder.encode()
    yield "the sender signs Python's b'...' of the body", repr(body).encode()
    for name in ("md5", "sha1", "sha512"):
        yield f"the sender signs the hex-encoded {name.upper()} of the body", _hash(name, body)


_PLACEHOLDERS = ("[object Object]", "undefined", "None", "Array")
_EMPTY_JSON = {b"{}", b"{ }", b"[]", b"null", b'""'}  # as a framework shows an empty body


def _hash(name: str, body: bytes) -> bytes:
    return new(name, body, usedforsecurity=False).hexdigest().encode()


def _written_timestamps(content: bytes, timestamp: int) -> Iterator[tuple[str, bytes, bytes]]:
    """Yield (evidence, timestamp in the content, other form of it), as after a conversion to a number."""
    match = re.search(rb"(?<![0-9])%d[0-9]{0,9}(?![0-9])" % timestamp, content) if timestamp else None
    if match is None:
        return
    text = match[0]
    whole = b"%d" % timestamp
    for other in (text + b".0", whole, whole + b"000", whole + b".0"):
        if other != text:
            yield f"the sender signs the timestamp as a number, such as {other.decode()}", text, other


def unsigned_body_variants(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[ContentVariant]:
    """Yield other contents for a scheme that signs fields of the URL and the headers, but not the body.

    Args:
        investigation: The rejected delivery.
        parsed: Its parsed headers.

    Yields:
        Candidates: without one of the fields, or with a value of the URL in its own letter case.
    """
    message_id, timestamp, signatures, before, after, _ = parsed
    content = before + after
    fields = content.split(b";")[:_MAX_FIELDS]
    for number, field in enumerate(fields):
        rest = b";".join(fields[:number] + fields[number + 1 :])
        name = field.partition(b":")[0].decode("utf-8", "replace")[:40]
        if field and rest:
            yield (
                f"the sender signs the content without {name}",
                (message_id, timestamp, signatures, rest, b"", None),
            )
    url = investigation.bounded_url
    for value in parse_qs(urlsplit(url).query).values() if url.isascii() else ():
        written, lower = value[0].encode(), value[0].lower().encode()
        for other in (written, written.upper()):
            if lower and lower != other and lower in content:
                replaced = content.replace(lower, other)
                evidence = "the sender signs the id in the URL in another letter case"
                yield evidence, (message_id, timestamp, signatures, replaced, b"", None)


_MAX_FIELDS = 16


def _candidates(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[ContentVariant]:
    own_id, timestamp, signatures, before, after, _ = parsed
    ids = [own_id] if own_id else [value for name, value in investigation.pairs if name.endswith("-id")][:2]
    timestamps = [value for name, value in investigation.pairs if "timestamp" in name][:2]
    timestamps += [str(timestamp)] if timestamp and str(timestamp) not in timestamps else []
    path = (
        "/" + investigation.bounded_url.partition("://")[2].partition("/")[2]
        if investigation.bounded_url
        else ""
    )
    seen = {(before, after)}
    for evidence, text, other in _written_timestamps(before + after, timestamp):
        replaced = before.replace(text, other), after.replace(text, other)
        seen.add(replaced)
        yield evidence, (own_id, timestamp, signatures, *replaced, None)
    for template in _TEMPLATES:
        for message_id, timestamp_text in product(ids or [""], timestamps or [""]):
            texts = {
                "{id}": message_id,
                "{timestamp}": timestamp_text,
                "{url}": investigation.bounded_url,
                "{path}": path,
            }
            texts["{method}"] = investigation.method
            affixes = _render(template, texts)
            if affixes and affixes not in seen:
                seen.add(affixes)
                printable = template.replace("\n", "\\n")
                yield f"the sender signs {printable}", (own_id, timestamp, signatures, *affixes, None)


def _render(template: str, texts: dict[str, str]) -> tuple[bytes, bytes] | None:
    """Return the bytes before and after the body, or None if a field is unknown."""
    for name, text in texts.items():
        if name in template and not text:
            return None
        template = template.replace(name, text)
    before, _, after = template.partition("{body}")
    return before.encode("utf-8", "surrogatepass"), after.encode("utf-8", "surrogatepass")
