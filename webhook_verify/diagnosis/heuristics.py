"""What is odd about a delivery, and proves nothing: signs, each likely or merely possible."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

from webhook_verify.diagnosis.body_heuristics import body_signs
from webhook_verify.diagnosis.investigation import Case
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.diagnosis.proofs import timing_of
from webhook_verify.diagnosis.variants import header as headers
from webhook_verify.diagnosis.variants import signature as signatures
from webhook_verify.diagnosis.variants import timestamp as stamps
from webhook_verify.diagnosis.variants.url import inside
from webhook_verify.errors import Reason, RejectedDelivery, TimestampOutsideTolerance

__all__ = ["OF_HEADERS", "signs"]

LIKELY, POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE

OF_HEADERS = {Reason.MISSING_HEADER, Reason.DUPLICATE_HEADER, Reason.UNREADABLE_HEADER}
"""The reasons for which a delivery is rejected on its headers alone."""


def signs(case: Case, error: RejectedDelivery, *, known: bool) -> Iterator[Cause]:
    """The causes that signs speak for, the likeliest first. ``known``: whether one is proved already."""
    yield from _of_address(case, known=known)
    if error.reason in OF_HEADERS:
        yield from _of_headers(case, error, known=known)
        return
    if error.reason is Reason.KEY_UNAVAILABLE:
        yield Cause("key_unavailable", LIKELY, error.detail)
        return
    if error.reason is Reason.NO_SECRET:
        yield Cause("secret_expired", LIKELY, error.detail)
    if isinstance(error, TimestampOutsideTolerance):
        yield from _of_time(case, error, known=known)
    elif not case.scheme.has_signature_in_body:
        yield from _of_signatures(case)
    if case.scheme.signs_body or case.scheme.parses_body:
        yield from body_signs(case)
    if error.reason is Reason.UNREADABLE_BODY:
        yield Cause("body_unreadable", LIKELY, error.detail)
    if not known:
        told = "no secret that is configured here signed this body"
        more = ", as far as was tried: the work is bounded" if case.is_spent else ""
        yield Cause("wrong_secret_or_forgery", LIKELY, told + more)


def _of_address(case: Case, *, known: bool) -> Iterator[Cause]:
    if case.scheme.signs_url and case.url is None:
        told = f"{case.scheme.name} signs the address, and none was given"
        yield Cause("url_missing", LIKELY, told)
    elif case.scheme.signs_url and not known and (told := inside(str(case.url))):
        yield Cause("url_differs", LIKELY, f"{case.scheme.name} signs the address that it calls, and {told}")
    elif case.scheme.signs_url and not known:
        told = f"{case.scheme.name} signs the address: is this the one that is configured there?"
        yield Cause("url_differs", POSSIBLE, told)


def _of_headers(case: Case, error: RejectedDelivery, *, known: bool) -> Iterator[Cause]:
    for cause, evidence, pairs in headers.repaired(case.scheme, case.pairs):
        if cause in _OF_NAMES and case.reading(pairs) is not None:
            yield Cause(cause, LIKELY, evidence)
            break
    for cause, evidence, pairs, *_ in stamps.restamped(case.scheme, case.pairs):
        if case.reading(pairs) is not None:
            yield Cause(cause, LIKELY, evidence)
    if error.reason is Reason.MISSING_HEADER:
        yield from _of_missing(case, error, known=known)
    elif error.reason is Reason.DUPLICATE_HEADER:
        yield Cause("header_duplicated", LIKELY, error.detail)
    else:
        yield Cause("header_unreadable", LIKELY, error.detail)
    if not known:
        yield Cause("wrong_secret_or_forgery", POSSIBLE, "what has no signature may be anybody's")


_OF_NAMES = {"header_renamed", "header_brand", "header_duplicated"}


def _of_missing(case: Case, error: RejectedDelivery, *, known: bool) -> Iterator[Cause]:
    if any(text.strip() for text in signatures.texts_of(case.scheme, case.pairs)):
        yield from _unreadable(case)
    if any(case.value(name).strip() for name in case.scheme.header_names):
        yield Cause("header_missing", LIKELY, error.detail)
        return
    others = ", ".join(one.name for one, _ in zip(case.others(), range(3), strict=False))
    if others and not known:
        yield Cause("other_scheme", LIKELY, f"its headers are those of {others}")
    yield Cause("unsigned", LIKELY, error.detail)


def _of_time(case: Case, error: TimestampOutsideTolerance, *, known: bool) -> Iterator[Cause]:
    """The time is wrong as well; whether it alone is can only be told where the signature can be checked."""
    if not known:
        name, evidence = timing_of(error)
        yield Cause(name, LIKELY if case.scheme.fetches_keys else POSSIBLE, evidence)


def _of_signatures(case: Case) -> Iterator[Cause]:
    reading = case.reading()
    if reading is None:
        return
    if case.scheme.signs_body and not case.scheme.fetches_keys:
        yield from _unreadable(case)
        yield from _unkeyed(case)
    if reading[2] and not any(key.wants(reading[2]) for key in case.keys):
        yield Cause("key_of_another_kind", LIKELY, "no signature is of the kind that the secrets are for")


def _unkeyed(case: Case) -> Iterator[Cause]:
    """A digest of the body, for which nobody needs a secret: it proves nothing."""
    right = b64encode(sha256(case.body).digest()).decode()
    if any(signature == right for _, _, signature, _ in signatures.found(case.scheme, case.pairs)):
        yield Cause("content_differs", LIKELY, "it is the SHA-256 of the body alone, without any secret")


def _unreadable(case: Case) -> Iterator[Cause]:
    """Where the signature stands is something else, or the beginning of one."""
    if signatures.is_cut(case.scheme, case.pairs):
        told = "what is there is shorter than any signature that can be right"
        yield Cause("signature_truncated", LIKELY, told)
    elif not any(True for _ in signatures.found(case.scheme, case.pairs)):
        cause = "signature_form" if _has_code(case) else "header_unreadable"
        yield Cause(cause, LIKELY, "no signature can be read where this scheme has it")


def _has_code(case: Case) -> bool:
    """Whether anything there may be one: long, and with digits; else it is a word such as ``undefined``."""
    runs = (run for text in signatures.texts_of(case.scheme, case.pairs) for run in _CODE.findall(text))
    return any(any(each.isdigit() for each in run) for run in runs)


_CODE = re.compile("[A-Za-z0-9+/_-]{16,}")
