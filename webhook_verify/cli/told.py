"""What ``providers`` tells of a scheme: in words, and as JSON takes it."""

from __future__ import annotations

import re
from typing import Any

from webhook_verify.schemes import Scheme
from webhook_verify.schemes.provider import Provider

__all__ = ["as_dict", "content", "dedupe", "freshness", "headers", "plain", "written"]

_MANY = 10
_LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")


def plain(text: str) -> str:
    """A sentence of a provider's page without its markup: links and backquotes are of no use here."""
    return _LINK.sub(r"\1", text).replace("`", "").replace("**", "")


def content(scheme: Scheme) -> str:
    """What is signed, as the template that it is signed by."""
    return scheme.content if scheme.signs_body or scheme.signs_timestamp or scheme.signs_id else "nothing"


def freshness(scheme: Scheme) -> str:
    """How old a delivery may be."""
    if not scheme.signs_timestamp:
        return "no timestamp is signed: what is old cannot be told, so keep what was handled"
    side = "not be older than" if scheme.takes_future else "be within"
    where = "the timestamp in the signed body" if scheme.has_timestamp_in_body else "the signed timestamp"
    return f"{where} must {side} {scheme.tolerance:g} s"


def dedupe(scheme: Scheme) -> tuple[str, str]:
    """(word, words) for the key by which a replay is known: ``id``, ``id in body`` or ``digest``."""
    if scheme.has_id_in_body and scheme.signs_body:
        path = f" at {scheme.id_in_body}" if isinstance(scheme, Provider) else ""
        return "id in body", f"the id{path} in the signed body, else the digest of what is signed"
    if scheme.signs_id:
        return "id", "the message id, which is signed"
    is_token = isinstance(scheme, Provider) and not scheme.algorithm.signs
    unsigned = scheme.id_header if isinstance(scheme, Provider) else ""
    warning = f"; {unsigned} is not signed, so a replay may carry any" if unsigned else ""
    return "digest", f"the digest of {'the body' if is_token else 'what is signed'}{warning}"


def written(scheme: Scheme) -> str:
    """How the signature is written; "" for a scheme that is no row of data."""
    if not isinstance(scheme, Provider):
        return ""
    if scheme.signature_field:
        stamp = f"{scheme.timestamp_field}=...{scheme.separator}" if scheme.timestamp_field else ""
        return f"{stamp}{scheme.signature_field}=..., {scheme.algorithm.name} in {scheme.encoding[2]}"
    how = f"in {scheme.encoding[2]}" if scheme.algorithm.signs else "as it is"
    return f"{scheme.signature_prefix}..., {scheme.algorithm.name} {how}"


def headers(scheme: Scheme) -> str:
    """The names of the headers: all of them, but of a hundred that are numbered the first and the last."""
    names = scheme.header_names
    several = ", ".join(names) if len(names) <= _MANY else f"{names[0]} to {names[-1]}"
    return several or "none: all is in the body"


def as_dict(scheme: Scheme) -> dict[str, Any]:
    """All of it, for ``--json``. ``tolerance`` is in seconds, None where there is no timestamp."""
    word, _ = dedupe(scheme)
    return {
        "scheme": scheme.name,
        "title": scheme.title,
        "content": content(scheme),
        "headers": list(scheme.header_names),
        "signs_id": scheme.signs_id,
        "signs_timestamp": scheme.signs_timestamp,
        "signs_body": scheme.signs_body,
        "signs_url": scheme.signs_url,
        "tolerance": scheme.tolerance if scheme.signs_timestamp else None,
        "takes_future": scheme.takes_future,
        "dedupe_by": word,
        "handshake": scheme.handshake.name if scheme.handshake else None,
        "fetches": scheme.fetches,
        "algorithm": scheme.algorithm.name if isinstance(scheme, Provider) else None,
        "secret_from": plain(scheme.secret_from),
        "documentation": scheme.documentation,
        "notes": plain(scheme.notes),
    }
