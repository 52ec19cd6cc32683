"""Descriptions of a scheme, for the provider pages and for `providers`.

tools/provider_pages.py writes the texts into docs/providers as Markdown; `providers` prints them without the
markup, using `plain`.
"""

from __future__ import annotations

import re
from typing import Any

from webhook_verify.schemes import Scheme, retry_window
from webhook_verify.schemes.body_scheme import BodyScheme
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.http_signature import HttpSignature
from webhook_verify.schemes.jws_scheme import JwsScheme
from webhook_verify.schemes.jwt_scheme import JwtScheme
from webhook_verify.schemes.providers._basic_auth import BasicAuth
from webhook_verify.schemes.providers.twilio import Twilio
from webhook_verify.schemes.query_scheme import QueryScheme
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = [
    "as_dict",
    "body",
    "content",
    "dedupe",
    "digested",
    "event_type",
    "form",
    "freshness",
    "headers",
    "plain",
    "response",
    "retries",
    "several",
    "signed_by",
    "signs_nothing",
    "word_of_dedupe",
    "written",
]

_MANY = 10
_LINK = re.compile(r"\[([^]]+)\]\([^)]*\)")


def plain(text: str) -> str:
    """Return a text of a provider page without its Markdown links, backticks and asterisks."""
    return _LINK.sub(r"\1", text).replace("`", "").replace("**", "")


def headers(scheme: Scheme) -> str:
    """Return the names of the headers; of a long numbered series, only the first and the last."""
    shown = [f"`{name}`" for name in scheme.header_names]
    if isinstance(scheme, StandardWebhooks):
        return f"{', '.join(shown[:3])}; or {', '.join(shown[3:])}"
    if isinstance(scheme, QueryScheme):
        return f"none: the signature is in the query parameter `{scheme.parameter}`"
    if not shown:
        return "none: the signature is in the body"
    return ", ".join(shown) if len(shown) <= _MANY else f"{shown[0]} to {shown[-1]}"


def signs_nothing(scheme: Scheme) -> bool:
    """Return whether the scheme only sends a token."""
    return not (scheme.signs_body or scheme.signs_timestamp or scheme.signs_id)


def content(scheme: Scheme) -> str:
    """Return the signed content, as a template if the scheme has one."""
    if signs_nothing(scheme):
        return "nothing"
    return f"`{scheme.signed_content}`" if "{" in scheme.signed_content else scheme.signed_content


def body(scheme: Scheme) -> str:
    """Return whether the body is signed, and the consequence if not."""
    if scheme.signs_body:
        return "signed"
    if signs_nothing(scheme):
        return "**not signed**: an attacker with one recorded delivery can send any body"
    return (
        "**not signed**, except the signed content above: an attacker with one recorded delivery can change "
        "the rest"
    )


def signed_by(scheme: Scheme) -> str:
    """Return the signer if it is not the provider, else ""."""
    if not scheme.is_gateway:
        return ""
    return (
        "a gateway, **not the provider**: whether a delivery is authentic depends on the verification that "
        "is configured there"
    )


def written(scheme: Scheme) -> str:
    """Return the format of the signature; "" if only the code of the scheme defines it."""
    if isinstance(scheme, StandardWebhooks):
        return "`v1,` and HMAC-SHA256 in base64; `v1a,` and Ed25519 if the secret is a `whpk_` key"
    if isinstance(scheme, HttpSignature):
        names = ", ".join(f"`{name}`" for name in scheme.profile.algorithms)
        encoding = "base64url without padding" if scheme.profile.signature_encoding != "base64" else "base64"
        return f"structured fields (RFC 9421) with {encoding}; the key determines the algorithm: {names}"
    if isinstance(scheme, JwsScheme):
        return f"JSON Web Signature ({scheme.algorithm}), {scheme.form}"
    if not isinstance(scheme, HeaderScheme | BodyScheme | Twilio):
        return ""
    if isinstance(scheme, BasicAuth):
        return "`Basic ` and `user:password` in base64"
    algorithm = scheme.algorithm
    encoding = (
        f"{algorithm.name} in {scheme.signature_encoding[2]}"
        if algorithm.signs
        else f"{algorithm.name}, unencoded"
    )
    if not isinstance(scheme, HeaderScheme):
        return encoding
    if (listed := scheme.signature_list) is not None:
        return f"`{scheme.signature_prefix}{listed.join(['...'], 'timestamp')}`, {encoding}"
    if scheme.signature_field:
        stamp = f"{scheme.timestamp_field}=...{scheme.field_separator}" if scheme.timestamp_field else ""
        return f"`{stamp}{scheme.signature_field}=...`, {encoding}"
    return f"`{scheme.signature_prefix}` and {encoding}" if scheme.signature_prefix else encoding


def freshness(scheme: Scheme) -> str:
    """Return the maximum age of a delivery."""
    if not scheme.signs_timestamp:
        return (
            "**no signed timestamp**: a recorded delivery stays valid forever unless a replay guard rejects "
            "it as a duplicate, which it does for `retention`; `retention=math.inf` means forever"
        )
    side = "not older than" if scheme.accept_future_timestamps else "within"
    where = "a signed timestamp in the body" if scheme.has_timestamp_in_body else "a signed timestamp"
    return f"{where}, {side} {scheme.tolerance:g} s by default; `tolerance=` changes it"


def retries(scheme: Scheme) -> str:
    """Return the provider's retry schedule, the timestamps of retries, and the effect on the receiver."""
    known = scheme.docs.retries or "unknown"
    if not scheme.signs_timestamp:
        return known if scheme.docs.retries else "unknown; without a signed timestamp, no retry is too old"
    if scheme.retries == "keep_timestamp":
        window = retry_window(scheme)
        if window <= scheme.tolerance:
            return known
        return (
            f"{known}. So a receiver with a replay guard accepts deliveries up to {window / 3600:.1f} hours "
            f"old; without one, it rejects retries after {scheme.tolerance:g} s"
        )
    if scheme.retries == "unknown":
        return f"{known}. If retries keep the first timestamp, set `tolerance=`"
    return known


def word_of_dedupe(scheme: Scheme) -> str:
    """Return the kind of deduplication key: `id in body`, `id`, `unsigned id`, `digest` or `none`."""
    if scheme.has_id_in_body and scheme.signs_body:
        return "id in body"
    if scheme.signs_id:
        return "id"
    if scheme.id_on_retry != "new" and (scheme.id_header or scheme.has_id_in_body):
        return "unsigned id"
    return "digest" if scheme.signs_timestamp or scheme.body_is_unique else "none"


def digested(scheme: Scheme) -> str:
    """Return the input of the digest, for a scheme without a signed id."""
    if scheme.signs_body or (isinstance(scheme, HeaderScheme) and scheme.algorithm.signs):
        return "the signed content"
    if isinstance(scheme, JwtScheme) and scheme.signs_timestamp and not scheme.has_id_in_body:
        return (
            "the token's time, the URL and the body" if scheme.signs_url else "the token's time and the body"
        )
    return "the body"


def dedupe(scheme: Scheme) -> str:
    """Describe the deduplication key, and what follows from it for retries and for equal bytes."""
    refused = f"; a replay guard is refused, because {scheme.docs.title} uses the response as data"
    return f"known by {_known_by(scheme)}{refused * scheme.answer_is_data}"


def _known_by(scheme: Scheme) -> str:
    word = word_of_dedupe(scheme)
    if word in ("id", "id in body"):
        if scheme.id_on_retry == "new":
            return f"{_signed_id(scheme)}, which is new for each attempt, and so a retry is handled again"
        return f"{_signed_id(scheme)}, and so a retry that keeps it is a duplicate, whatever its time"
    if word == "unsigned id":
        path = getattr(scheme, "id_in_body", "")
        place = f"`{path}` in the body" if path else f"the header `{scheme.id_header}`"
        known = "keeps it" if scheme.id_on_retry == "kept" else "keeps it (not documented)"
        return (
            f"the unsigned id in {place} and the body, and so a retry that {known} is a duplicate, and two "
            "events with equal bytes are both handled. An attacker can replay a recorded delivery with "
            "another id, unless you pass `trust_unsigned_ids=False` to the guard"
        )
    if word == "none":
        return (
            "nothing, because equal bytes may be different events, and so a replay guard is refused, unless "
            "you pass `idempotency_key=` to the receiver"
        )
    if scheme.body_is_unique:
        return (
            f"the digest of {digested(scheme)}, because two events never have the same body, and so a retry "
            "with equal bytes is a duplicate"
        )
    return f"the digest of {digested(scheme)}, and so a retry that is signed again is handled again"


def _signed_id(scheme: Scheme) -> str:
    if isinstance(scheme, HttpSignature):
        in_body = [f"`{scheme.profile.id_in_body}` in the body"] * scheme.has_id_in_body
        sources = [f"the signed `{name}`" for name in scheme.profile.id_from]
        return ", else ".join([*in_body, *sources, "the digest of the signed content"])
    if word_of_dedupe(scheme) == "id in body":
        path = (
            f" at `{scheme.id_in_body}`" if isinstance(scheme, HeaderScheme | JwsScheme | JwtScheme) else ""
        )
        return f"an id{path} in the signed body, else by the digest of the signed content"
    return "the signed message id"


def response(scheme: Scheme) -> str:
    """Describe the response that the provider expects of a handler."""
    if scheme.docs.response:
        return scheme.docs.response
    status = "any 2xx status" if scheme.responses.has_body else "any 2xx status, without a body"
    return f"{status}, such as 204; no other requirement is known"


def event_type(scheme: Scheme) -> str:
    """Return the source of `Delivery.event_type`, and whether it is signed; "" without one."""
    if scheme.event_type_in_body:
        names = (path.removeprefix("form:") for path in scheme.event_type_in_body)
        paths = ", else ".join(f"`{name}`" for name in names)
        signed = "signed" if scheme.signs_body or scheme.signs_event_type else "**unsigned**"
        return f"`delivery.event_type`, from the {signed} field {paths} in the body"
    header = scheme.event_type_header if isinstance(scheme, HeaderScheme | JwsScheme) else ""
    signed = "signed" if scheme.signs_event_type else "**unsigned**"
    return f"`delivery.event_type`, from the {signed} header `{header}`" if header else ""


def form(scheme: Scheme) -> str:
    """Return how a form body is read; "" if the provider sends no JSON in a form."""
    field = scheme.json_form_field
    return f"`delivery.json()` reads the JSON in the field `{field}` of a form body" if field else ""


def several(scheme: Scheme) -> str:
    """Describe the format of several signatures in one delivery; "" if there is only one."""
    if isinstance(scheme, StandardWebhooks):
        return "separated by spaces; one valid signature is enough"
    if isinstance(scheme, HttpSignature):
        label = f"only the one with the label `{scheme.profile.label}` is used"
        return label if scheme.profile.label else "one for each label; one valid signature is enough"
    if not isinstance(scheme, HeaderScheme):
        return ""
    if scheme.signature_list is not None:
        return f"separated by `{scheme.signature_list.separator}`; one valid signature is enough"
    if scheme.signature_field:
        return f"one `{scheme.signature_field}=` for each; one valid signature is enough"
    return "one in each header; one valid signature is enough" if len(scheme.signature_headers) > 1 else ""


def as_dict(scheme: Scheme) -> dict[str, Any]:
    """Return the `--json` object. `tolerance` is in seconds; `None` without a signed timestamp."""
    return {
        "scheme": scheme.name,
        "title": scheme.docs.title,
        "content": "nothing" if signs_nothing(scheme) else scheme.signed_content,
        "headers": list(scheme.header_names),
        "signs_id": scheme.signs_id,
        "signs_timestamp": scheme.signs_timestamp,
        "signs_body": scheme.signs_body,
        "signs_url": scheme.signs_url,
        "signed_by": "gateway" if scheme.is_gateway else "provider",
        "tolerance": scheme.tolerance if scheme.signs_timestamp else None,
        "retries": scheme.retries,
        "retry_seconds": scheme.retry_seconds or None,
        "takes_future": scheme.accept_future_timestamps,
        "dedupe_by": word_of_dedupe(scheme),
        "id_on_retry": scheme.id_on_retry,
        "body_is_unique": scheme.body_is_unique,
        "answer_is_data": scheme.answer_is_data,
        "event_type_in_body": list(scheme.event_type_in_body),
        "event_type_is_signed": scheme.signs_event_type
        or (scheme.signs_body and bool(scheme.event_type_in_body)),
        "json_form_field": scheme.json_form_field or None,
        "handshake": scheme.handshake.name if scheme.handshake else None,
        "fetches": scheme.fetches_keys,
        "algorithm": _algorithm(scheme),
        "secret_from": plain(scheme.docs.secret_from),
        "documentation": scheme.docs.url,
        "notes": plain(scheme.docs.notes),
    }


def _algorithm(scheme: Scheme) -> str | None:
    if isinstance(scheme, JwsScheme):
        return scheme.algorithm
    return scheme.algorithm.name if isinstance(scheme, HeaderScheme) else None
