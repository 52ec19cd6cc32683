"""Heuristic causes of a rejection: suspicious properties of a delivery. Likely or possible, never proved."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from string import ascii_letters
from urllib.parse import urlsplit

from webhook_verify.diagnosis.body_heuristics import body_causes
from webhook_verify.diagnosis.identities import identity_causes
from webhook_verify.diagnosis.investigation import Investigation, identifying_headers
from webhook_verify.diagnosis.message_signatures import coverage_causes, key_id_causes
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.secret_heuristics import published_secret_causes, secret_causes
from webhook_verify.diagnosis.senders import (
    describe,
    foreign_headers,
    has_valid_signature_in,
    other_headers,
    plausible_schemes,
    signature_like_headers,
)
from webhook_verify.diagnosis.timing import timing_causes
from webhook_verify.diagnosis.variants.header import header_variants
from webhook_verify.diagnosis.variants.signature import (
    find_signatures,
    has_size_of_hmac,
    is_truncated,
    signature_texts,
)
from webhook_verify.diagnosis.variants.timestamp import timestamp_variants
from webhook_verify.diagnosis.variants.url import internal_url_reason
from webhook_verify.errors import Reason, RejectedDelivery, TimestampOutsideTolerance
from webhook_verify.schemes import HeaderScheme, JwtScheme, ParsedHeaders, Scheme
from webhook_verify.schemes.http_signature import HttpSignature

__all__ = ["HEADER_REASONS", "heuristic_causes"]

LIKELY, POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE

HEADER_REASONS = {Reason.MISSING_HEADER, Reason.DUPLICATE_HEADER, Reason.UNREADABLE_HEADER}
"""Reasons for a rejection that depend on the headers only."""


def heuristic_causes(
    investigation: Investigation, error: RejectedDelivery, *, has_proven_cause: bool
) -> Iterator[Cause]:
    """Yield the likely and possible causes, most likely first.

    Args:
        investigation: The rejected delivery.
        error: The verifier's rejection.
        has_proven_cause: Whether a cause has been proved already.

    Yields:
        Causes with confidence `LIKELY` or `POSSIBLE`, or `CERTAIN` if a signed hash is not that of the
        body. Names may repeat.
    """
    if not has_proven_cause:
        yield from identity_causes(investigation)
    yield from _url_causes(investigation, has_proven_cause=has_proven_cause)
    yield from _cause_of_reason(investigation, error, has_proven_cause=has_proven_cause)


def _cause_of_reason(
    investigation: Investigation, error: RejectedDelivery, *, has_proven_cause: bool
) -> Iterator[Cause]:
    if error.reason in HEADER_REASONS:
        yield from _header_causes(investigation, error, has_proven_cause=has_proven_cause)
        return
    if error.reason is Reason.KEY_UNAVAILABLE:
        yield Cause("key_unavailable", LIKELY, error.detail)
        return
    if not has_proven_cause:
        yield from secret_causes(investigation)
    if error.reason is Reason.NO_SECRET:
        yield Cause("secret_expired", LIKELY, error.detail)
    if isinstance(error, TimestampOutsideTolerance):
        yield from _timestamp_causes(investigation, error, has_proven_cause=has_proven_cause)
    elif not investigation.scheme.has_signature_in_body:
        yield from _signature_causes(investigation)
    if _depends_on_body(investigation.scheme):
        yield from body_causes(investigation)
    if error.reason is Reason.UNREADABLE_BODY:
        yield from _unsigned_body_causes(investigation, error)
        yield Cause("body_unreadable", LIKELY, error.detail)
    if not has_proven_cause:
        yield _wrong_secret(investigation, error)
        yield from published_secret_causes(investigation)


def _depends_on_body(scheme: Scheme) -> bool:
    """Return whether a changed body can cause a rejection. Some schemes only read an id in it."""
    return scheme.signs_body or (scheme.parses_body and not isinstance(scheme, HeaderScheme))


def _unsigned_body_causes(investigation: Investigation, error: RejectedDelivery) -> Iterator[Cause]:
    """Detect a body without the field that contains the signature."""
    if investigation.scheme.name == "lark" and b'"encrypt"' not in investigation.body:
        yield Cause(
            "body_changed", LIKELY, "the body is not encrypted, so it was decrypted before verification"
        )
    field = _SIGNATURE_FIELD.search(error.detail) if investigation.scheme.has_signature_in_body else None
    body = investigation.body
    if (
        field is not None
        and body
        and field[1].encode() not in body
        and body[:1] in b"{[-" + ascii_letters.encode()
    ):
        yield Cause("unsigned", LIKELY, error.detail)


_SIGNATURE_FIELD = re.compile(r"exactly one (?:[\w-]+\.)*(\w*(?:[Ss]ignature|[Hh]ash|clientState)\w*)")


def _wrong_secret(investigation: Investigation, error: RejectedDelivery) -> Cause:
    evidence = "no configured secret matches the signature of this body"
    if isinstance(error, TimestampOutsideTolerance) and investigation.scheme.fetches_keys:
        evidence = "the timestamp was rejected before the signature was checked"
    limitation = "; the work limit was reached before all variants were tried"
    limitation = limitation if investigation.budget_exhausted else ""
    return Cause("wrong_secret_or_forgery", LIKELY, evidence + limitation)


def _url_causes(investigation: Investigation, *, has_proven_cause: bool) -> Iterator[Cause]:
    if investigation.scheme.signs_url and investigation.url is None:
        evidence = f"{investigation.scheme.name} signs the URL, but no URL was passed"
        yield Cause("url_missing", LIKELY, evidence)
    elif (
        investigation.scheme.signs_url
        and not has_proven_cause
        and (valid := _valid_header_of_body(investigation))
    ):
        evidence = f"{valid} is valid, so the secret and the body are right, but not the URL or the method"
        yield Cause("url_differs", LIKELY, evidence)
    elif (
        investigation.scheme.signs_url
        and not has_proven_cause
        and (evidence := internal_url_reason(str(investigation.url)))
    ):
        yield Cause(
            "url_differs",
            LIKELY,
            f"{investigation.scheme.name} signs the URL that it calls, and {evidence}",
        )
    elif investigation.scheme.signs_url and not has_proven_cause:
        yield _unproved_url_cause(investigation)


def _unproved_url_cause(investigation: Investigation) -> Cause:
    """Return the cause that the URL differs, which is likely if a part of it is probably missing."""
    scheme, url = investigation.scheme, str(investigation.url)
    host = investigation.header_value("host").lower()
    signed_fields = re.findall(r"\{query:([\w.]+)", str(getattr(scheme, "signed_content", "")))
    if any(f"{name}=" not in url for name in signed_fields):
        evidence = f"{scheme.name} signs the query field {signed_fields[0]}, which the URL lacks"
        return Cause("url_differs", LIKELY, evidence)
    if host and host.partition(":")[0] != urlsplit(url).hostname:
        evidence = f"{scheme.name} signs the URL, whose host is not that of the Host header"
        return Cause("url_differs", LIKELY, evidence)
    evidence = f"{scheme.name} signs the URL, which may differ from the one configured there"
    has_other_credential = any(cause.confidence is LIKELY for cause in secret_causes(investigation))
    has_signature = investigation.parse_headers() is not None
    is_often_longer = scheme.name in _OFTEN_WITH_QUERY and "?" not in url and has_signature
    if is_often_longer and not has_other_credential:
        return Cause("url_differs", LIKELY, f"{evidence}: it has no query, which some frameworks drop")
    return Cause("url_differs", POSSIBLE, evidence)


_OFTEN_WITH_QUERY = {"twilio", "plivo", "plivo-v2"}
"""Providers whose users pass their own data in the query of the configured URL."""


def _valid_header_of_body(investigation: Investigation) -> str:
    """Return the provider's other header if it is a valid signature of the body without the URL, or ""."""
    names = (other.name for other in other_headers(investigation))
    return next((name for name in names if has_valid_signature_in(investigation, name, of_url=False)), "")


def _header_causes(
    investigation: Investigation, error: RejectedDelivery, *, has_proven_cause: bool
) -> Iterator[Cause]:
    for cause, evidence, pairs in header_variants(investigation.scheme, investigation.pairs):
        if cause in _HEADER_NAME_CAUSES and investigation.parse_headers(pairs) is not None:
            yield Cause(cause, LIKELY, evidence)
            break
    for cause, evidence, pairs, *_ in timestamp_variants(investigation.scheme, investigation.pairs):
        if investigation.parse_headers(pairs) is not None:
            yield Cause(cause, LIKELY, evidence)
    if error.reason is Reason.MISSING_HEADER:
        yield from _missing_header_causes(investigation, error, has_proven_cause=has_proven_cause)
    elif error.reason is Reason.DUPLICATE_HEADER:
        yield Cause("header_duplicated", LIKELY, error.detail)
    else:
        yield from coverage_causes(error)
        yield Cause("header_unreadable", LIKELY, error.detail)
    if not has_proven_cause:
        yield Cause(
            "wrong_secret_or_forgery", POSSIBLE, "a request without a valid signature may be a forgery"
        )


_HEADER_NAME_CAUSES = {"header_renamed", "header_brand", "header_duplicated"}


def _missing_header_causes(
    investigation: Investigation, error: RejectedDelivery, *, has_proven_cause: bool
) -> Iterator[Cause]:
    scheme = investigation.scheme
    has_signature = any(text.strip() for text in signature_texts(scheme, investigation.pairs))
    if has_signature:
        yield from _unreadable_signature_causes(investigation)
        yield from _missing_field_causes(investigation)
    others = other_headers(investigation)
    for other in others:
        is_valid = has_valid_signature_in(investigation, other.name)
        yield Cause("header_missing", LIKELY, other.evidence(scheme, is_valid=is_valid))
    if not has_proven_cause:
        for other in foreign_headers(investigation):
            yield Cause("other_scheme", LIKELY, other.evidence(scheme, is_valid=False))
    if others:
        return
    unread = signature_like_headers(investigation)
    suffix = f"; the request has {' and '.join(unread)}, which this scheme does not read" if unread else ""
    is_by_scheme = any(investigation.header_value(name).strip() for name in scheme.header_names)
    names = describe(plausible_schemes(investigation), investigation.names)
    if not has_proven_cause and (unread or not is_by_scheme) and (names or unread):
        of = f"the headers are those of {names}" if names else "the headers are those of another sender"
        yield Cause("other_scheme", LIKELY, of + suffix)
    is_signed = any(investigation.header_value(name).strip() for name in identifying_headers(scheme))
    if not (unread or (is_by_scheme and is_signed)):
        # Many senders do not sign at all before a secret is configured there.
        yield Cause("unsigned", LIKELY, error.detail)
    if is_by_scheme or unread:
        yield Cause("header_missing", LIKELY, error.detail + suffix)


def _missing_field_causes(investigation: Investigation) -> Iterator[Cause]:
    """Detect a signature without the fields of its header, such as `t=` and `v1=`."""
    field = getattr(investigation.scheme, "signature_field", "")
    texts = list(signature_texts(investigation.scheme, investigation.pairs))
    if (
        field
        and not any("=" in text.rstrip("=") for text in texts)
        and _has_signature_like_text(investigation)
    ):
        evidence = f"the signature header contains no fields, such as {field}=, but a bare signature"
        yield Cause("signature_form", LIKELY, evidence)


def _timestamp_causes(
    investigation: Investigation, error: TimestampOutsideTolerance, *, has_proven_cause: bool
) -> Iterator[Cause]:
    """Yield the first timing cause if nothing is proved: the signature does not match, or is not checked."""
    for cause in () if has_proven_cause else timing_causes(investigation, error):
        if investigation.scheme.fetches_keys:
            yield cause
        else:
            yield Cause(cause.name, POSSIBLE, cause.evidence)
            return


def _signature_causes(investigation: Investigation) -> Iterator[Cause]:
    parsed = investigation.parse_headers()
    if parsed is None:
        return
    is_message_signature = isinstance(investigation.scheme, HttpSignature)  # of any length
    if isinstance(investigation.scheme, JwtScheme):
        yield from _token_causes(parsed)
    elif investigation.scheme.signs_body and not (investigation.scheme.fetches_keys or is_message_signature):
        yield from _unreadable_signature_causes(investigation)
        yield from _unkeyed_digest_causes(investigation)
    yield from key_id_causes(investigation, parsed)
    if parsed[2] and not any(key.accepts(parsed[2]) for key in investigation.keys):
        yield Cause(
            "key_of_another_kind", LIKELY, "no signature has the type that the configured secrets verify"
        )


def _token_causes(parsed: ParsedHeaders) -> Iterator[Cause]:
    """Detect a token whose end is missing. The shortest signature has 32 bytes."""
    if any(len(token.rpartition(".")[2]) < _MIN_TOKEN_SIGNATURE_CHARS for _, token in parsed[2]):
        evidence = "the signature of the token is shorter than any valid signature"
        yield Cause("signature_truncated", LIKELY, evidence)


_MIN_TOKEN_SIGNATURE_CHARS = 43


def _unkeyed_digest_causes(investigation: Investigation) -> Iterator[Cause]:
    """Detect a plain digest of the body. It needs no secret, so it proves nothing."""
    expected = b64encode(sha256(investigation.body).digest()).decode()
    if any(
        signature == expected
        for _, _, signature, _ in find_signatures(investigation.scheme, investigation.pairs)
    ):
        yield Cause(
            "content_differs", LIKELY, "the signature is a plain SHA-256 of the body, without a secret"
        )


def _unreadable_signature_causes(investigation: Investigation) -> Iterator[Cause]:
    """Detect a truncated signature, or other text in its place."""
    if has_size_of_hmac(investigation.scheme, investigation.pairs):
        evidence = "the signature has the size of an HMAC, so the sender uses a secret instead of a key pair"
        yield Cause("key_of_another_kind", LIKELY, evidence)
    elif is_truncated(investigation.scheme, investigation.pairs):
        evidence = "the value in the signature header is shorter than any valid signature"
        yield Cause("signature_truncated", LIKELY, evidence)
    elif fields := _other_fields(investigation):
        evidence = f"the signature header has no field {fields[0]}=, only {fields[1]}="
        yield Cause("signature_form", LIKELY, evidence)
    elif not any(True for _ in find_signatures(investigation.scheme, investigation.pairs)):
        cause = "signature_form" if _has_signature_like_text(investigation) else "header_unreadable"
        yield Cause(cause, LIKELY, "the signature header contains no readable signature")


def _other_fields(investigation: Investigation) -> tuple[str, str] | None:
    """Return the field of the signature that is missing, and another one, such as v1 and v0 of Stripe."""
    own = str(getattr(investigation.scheme, "signature_field", ""))
    for text in signature_texts(investigation.scheme, investigation.pairs) if own else ():
        names = re.findall(r"(?:^|[,;\s])([A-Za-z]\w{0,15})=", text)
        others = [name for name in names if re.match(r"[vsh]\d?$", name)]
        if own not in names and others:
            return own, others[0]
    return None


def _has_signature_like_text(investigation: Investigation) -> bool:
    """Return whether a long run with digits exists, unlike in a word such as `undefined`."""
    runs = (
        run
        for text in signature_texts(investigation.scheme, investigation.pairs)
        for run in _SIGNATURE_LIKE.findall(text)
    )
    return any(any(char.isdigit() for char in run) for run in runs)


_SIGNATURE_LIKE = re.compile("[A-Za-z0-9+/_-]{16,}")
