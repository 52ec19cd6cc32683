"""What else than its scheme says a sender may have signed: the body alone, or with other words around it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice, product

from webhook_verify.diagnosis.investigation import Case
from webhook_verify.schemes import ParsedHeaders

__all__ = ["others", "stand_ins"]

_MAX_CANDIDATES = 64

Content = tuple[str, ParsedHeaders]
"""(evidence, reading): with this signed content the signature may be right."""

_FORMS = (
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


def others(case: Case, reading: ParsedHeaders) -> Iterator[Content]:
    """The contents that other schemes sign, with the id and the timestamp that the headers have."""
    yield from islice(_candidates(case, reading), _MAX_CANDIDATES)


def stand_ins(body: bytes) -> Iterator[tuple[str, bytes]]:
    """(evidence, what is signed in place of the body)."""
    digest = sha256(body)
    yield "the sender signs the SHA-256 of the body in hex", digest.hexdigest().encode()
    yield "the sender signs the SHA-256 of the body", digest.digest()
    yield "the sender signs the SHA-256 of the body in base64", b64encode(digest.digest())
    yield "the sender signs the body in base64", b64encode(body)


def _candidates(case: Case, reading: ParsedHeaders) -> Iterator[Content]:
    own_id, timestamp, several, before, after, _ = reading
    ids = [own_id] if own_id else [value for name, value in case.pairs if name.endswith("-id")][:2]
    stamps = [value for name, value in case.pairs if "timestamp" in name][:2]
    stamps += [str(timestamp)] if timestamp and str(timestamp) not in stamps else []
    path = "/" + case.address.partition("://")[2].partition("/")[2] if case.address else ""
    seen = {(before, after)}
    for form in _FORMS:
        for msg_id, stamp in product(ids or [""], stamps or [""]):
            texts = {"{id}": msg_id, "{timestamp}": stamp, "{url}": case.address, "{path}": path}
            texts["{method}"] = case.method
            sides = _sides(form, texts)
            if sides and sides not in seen:
                seen.add(sides)
                shown = form.replace("\n", "\\n")
                yield f"the sender signs {shown}", (own_id, timestamp, several, *sides, None)


def _sides(form: str, texts: dict[str, str]) -> tuple[bytes, bytes] | None:
    """What stands before and after the body; None where a part of it is unknown."""
    for name, text in texts.items():
        if name in form and not text:
            return None
        form = form.replace(name, text)
    before, _, after = form.partition("{body}")
    return before.encode("utf-8", "surrogatepass"), after.encode("utf-8", "surrogatepass")
