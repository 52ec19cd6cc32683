"""What else than its scheme says a sender may have signed: the body alone, or with other words around it."""

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
"""(evidence, reading): with this signed content the signature may be right."""

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
    """The contents that other schemes sign, with the id and the timestamp that the headers have."""
    yield from islice(_candidates(investigation, parsed), _MAX_CANDIDATES)


def substitute_contents(body: bytes) -> Iterator[tuple[str, bytes]]:
    """(evidence, what is signed in place of the body)."""
    digest = sha256(body)
    yield "the sender signs the SHA-256 of the body in hex", digest.hexdigest().encode()
    yield "the sender signs the SHA-256 of the body", digest.digest()
    yield "the sender signs the SHA-256 of the body in base64", b64encode(digest.digest())
    yield "the sender signs the body in base64", b64encode(body)


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
    """What stands before and after the body; None where a part of it is unknown."""
    for name, text in texts.items():
        if name in template and not text:
            return None
        template = template.replace(name, text)
    before, _, after = template.partition("{body}")
    return before.encode("utf-8", "surrogatepass"), after.encode("utf-8", "surrogatepass")
