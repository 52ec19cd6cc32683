"""What there is to tell of a scheme: in the words of its page, and as JSON takes it.

tools/provider_pages.py writes the words into docs/providers as they stand, in Markdown; ``providers`` prints
them without its marks, by :func:`plain`.
"""

from __future__ import annotations

import re
from typing import Any

from webhook_verify.schemes import Scheme, retry_window
from webhook_verify.schemes.body_scheme import BodyScheme
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.providers.twilio import Twilio
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = [
    "as_dict",
    "body",
    "content",
    "dedupe",
    "digested",
    "event_type",
    "freshness",
    "headers",
    "plain",
    "retries",
    "several",
    "signs_nothing",
    "word_of_dedupe",
    "written",
]

_MANY = 10
_LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")


def plain(text: str) -> str:
    """A sentence of a provider's page without its markup: links and backquotes are of no use here."""
    return _LINK.sub(r"\1", text).replace("`", "").replace("**", "")


def headers(scheme: Scheme) -> str:
    """All of them, but of a hundred that are numbered the first and the last."""
    shown = [f"`{name}`" for name in scheme.header_names]
    if isinstance(scheme, StandardWebhooks):
        return f"{', '.join(shown[:3])}; or {', '.join(shown[3:])}"
    if not shown:
        return "none: all is in the body"
    return ", ".join(shown) if len(shown) <= _MANY else f"{shown[0]} to {shown[-1]}"


def signs_nothing(scheme: Scheme) -> bool:
    """Whether it only shows a token."""
    return not (scheme.signs_body or scheme.signs_timestamp or scheme.signs_id)


def content(scheme: Scheme) -> str:
    """What is signed, as the template that it is signed by."""
    if signs_nothing(scheme):
        return "nothing"
    return f"`{scheme.signed_content}`" if "{" in scheme.signed_content else scheme.signed_content


def body(scheme: Scheme) -> str:
    """Whether it is signed, and what follows if it is not."""
    if scheme.signs_body:
        return "signed"
    if signs_nothing(scheme):
        return "**not signed**: who has seen one delivery can send any"
    return "**not signed**, but for what is said above: who has seen one delivery can change the rest"


def written(scheme: Scheme) -> str:
    """How the signature is written; "" where only the scheme's own code says it."""
    if isinstance(scheme, StandardWebhooks):
        return "`v1,` and HMAC-SHA256 in base64; `v1a,` and Ed25519 where the secret is a `whpk_` key"
    if not isinstance(scheme, HeaderScheme | BodyScheme | Twilio):
        return ""
    algorithm = scheme.algorithm
    how = (
        f"{algorithm.name} in {scheme.signature_encoding[2]}"
        if algorithm.signs
        else f"{algorithm.name} as it is"
    )
    if not isinstance(scheme, HeaderScheme):
        return how
    if scheme.signature_field:
        stamp = f"{scheme.timestamp_field}=...{scheme.field_separator}" if scheme.timestamp_field else ""
        return f"`{stamp}{scheme.signature_field}=...`, {how}"
    return f"`{scheme.signature_prefix}` and {how}" if scheme.signature_prefix else how


def freshness(scheme: Scheme) -> str:
    """How old a delivery may be."""
    if not scheme.signs_timestamp:
        return (
            "**no signed timestamp**: a captured delivery stays valid for ever unless a replay guard "
            "remembers it, which it does for `retention`: with `retention=math.inf` for ever"
        )
    side = "not older than" if scheme.accept_future_timestamps else "within"
    where = "a signed timestamp in the body" if scheme.has_timestamp_in_body else "a signed timestamp"
    return f"{where}, {side} {scheme.tolerance:g} s unless `tolerance=` says otherwise"


def retries(scheme: Scheme) -> str:
    """Return when the provider retries and what its retries carry, and what follows for the receiver."""
    known = scheme.docs.retries or "not known"
    if not scheme.signs_timestamp:
        return known if scheme.docs.retries else "not known; no time is signed, so a retry is never too old"
    if scheme.retries == "keep_timestamp":
        window = retry_window(scheme)
        if window <= scheme.tolerance:
            return known
        return (
            f"{known}. So a receiver with a replay guard accepts what is up to {window / 3600:.1f} hours "
            f"old; one without rejects a retry after {scheme.tolerance:g} s"
        )
    if scheme.retries == "unknown":
        return f"{known}. If a retry has the first timestamp, set `tolerance=`"
    return known


def word_of_dedupe(scheme: Scheme) -> str:
    """By what a replay is known: ``id in body``, ``id`` or ``digest``."""
    if scheme.has_id_in_body and scheme.signs_body:
        return "id in body"
    return "id" if scheme.signs_id else "digest"


def digested(scheme: Scheme) -> str:
    """What the digest is of, where no id is signed."""
    return "what is signed" if scheme.signs_body else "the body"


def dedupe(scheme: Scheme) -> str:
    """By what a replay is known, in a sentence."""
    word = word_of_dedupe(scheme)
    if word == "id in body":
        path = f" at `{scheme.id_in_body}`" if isinstance(scheme, HeaderScheme) else ""
        return f"an id{path} in the body, else the digest of what is signed"
    if word == "id":
        return "the message id, which is signed"
    unsigned = scheme.id_header if isinstance(scheme, HeaderScheme) else ""
    warning = f"; `{unsigned}` is unsigned, so a replay may carry any" if unsigned else ""
    same = "" if scheme.signs_timestamp else "; two that are the same to the byte count as one"
    return f"the digest of {digested(scheme)}{same}{warning}"


def event_type(scheme: Scheme) -> str:
    """Where ``Delivery.event_type`` is from; "" where it is from nowhere."""
    header = scheme.event_type_header if isinstance(scheme, HeaderScheme) else ""
    return f"`delivery.event_type`, of `{header}`, which is not signed" if header else ""


def several(scheme: Scheme) -> str:
    """How several signatures stand in one delivery; "" where there is one."""
    if isinstance(scheme, StandardWebhooks):
        return "one after the other; one that is right is enough"
    if not isinstance(scheme, HeaderScheme):
        return ""
    if scheme.signature_field:
        return f"one `{scheme.signature_field}=` for each; one that is right is enough"
    return "one in each header; one that is right is enough" if len(scheme.signature_headers) > 1 else ""


def as_dict(scheme: Scheme) -> dict[str, Any]:
    """All of it, for ``--json``. ``tolerance`` is in seconds, None where there is no timestamp."""
    return {
        "scheme": scheme.name,
        "title": scheme.docs.title,
        "content": "nothing" if signs_nothing(scheme) else scheme.signed_content,
        "headers": list(scheme.header_names),
        "signs_id": scheme.signs_id,
        "signs_timestamp": scheme.signs_timestamp,
        "signs_body": scheme.signs_body,
        "signs_url": scheme.signs_url,
        "tolerance": scheme.tolerance if scheme.signs_timestamp else None,
        "retries": scheme.retries,
        "retry_seconds": scheme.retry_seconds or None,
        "takes_future": scheme.accept_future_timestamps,
        "dedupe_by": word_of_dedupe(scheme),
        "handshake": scheme.handshake.name if scheme.handshake else None,
        "fetches": scheme.fetches_keys,
        "algorithm": scheme.algorithm.name if isinstance(scheme, HeaderScheme) else None,
        "secret_from": plain(scheme.docs.secret_from),
        "documentation": scheme.docs.url,
        "notes": plain(scheme.docs.notes),
    }
