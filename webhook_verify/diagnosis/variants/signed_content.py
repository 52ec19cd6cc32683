"""Candidates for the signed content of the sender: the body only, or with other fields around it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice, product

from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.schemes import ParsedHeaders

__all__ = ["signed_content_variants", "substitute_contents"]

_MAX_CANDIDATES = 64

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
)


def signed_content_variants(investigation: Investigation, parsed: ParsedHeaders) -> Iterator[ContentVariant]:
    """Yield the signed content of other schemes, with the id and timestamp from the headers.

    Args:
        investigation: The rejected delivery.
        parsed: Its parsed headers.

    Yields:
        At most 64 candidates.
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
