"""The diagnosis of a delivery: proved causes first, then heuristic ones.

If nothing is proved, a wrong secret or a forgery is always among the causes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.diagnosis.heuristics import HEADER_REASONS, heuristic_causes
from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Check, Confidence, Diagnosis
from webhook_verify.diagnosis.proofs import find_proven_cause
from webhook_verify.diagnosis.timing import has_valid_signature, timing_causes
from webhook_verify.diagnosis.variants.secret import fingerprint
from webhook_verify.errors import MalformedDelivery, Reason, RejectedDelivery, TimestampOutsideTolerance
from webhook_verify.headers import Headers, header_pairs
from webhook_verify.verifier import Verifier

__all__ = ["explain"]


def explain(
    verifier: Verifier,
    body: BytesLike | str,
    headers: Headers,
    *,
    url: str | None = None,
    method: str | None = None,
) -> Diagnosis:
    """Explain why a verifier rejects a delivery. For the developer: never send the result to the sender.

    Common mistakes are tried one at a time, which takes milliseconds. The work is bounded for every input:
    16 secrets, 1000 headers of 16 kB, about 1000 bodies (200 if over 8 kB), 64 MiB of hashing (about 60
    mistakes with a body of 1 MiB) and 0.3 CPU seconds, after which no further trial starts. JSON over 128 kB
    is tried only in the three most common styles, and not at all if it is over 2 MiB or has too many values.
    Only the verifier itself may fetch keys. A hostile delivery does not make it raise.

    Args:
        verifier: The verifier that rejected the delivery.
        body: The request body as received. A `str` is encoded as UTF-8.
        headers: The request headers, as for `Verifier.verify`.
        url: The full request URL, for schemes that sign it.
        method: The HTTP method, by default POST.

    Returns:
        The failed check and the possible causes, or `genuine` as the only cause if the delivery is valid.

    Raises:
        TypeError: If `body` is neither bytes-like nor a `str`, or `headers` is neither a mapping nor an
            iterable of pairs.
    """
    _check_headers(headers)
    raw_body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else as_bytes(body)
    headers, url = _in_headers(verifier, headers, url)
    investigation = Investigation(verifier, raw_body, headers, url, method)
    fingerprints = tuple((label, fingerprint(secret)) for label, secret, _ in investigation.secrets)
    error = _find_rejection(investigation)
    if error is None:
        genuine = Cause("genuine", Confidence.CERTAIN, "the signature is valid and the timestamp is fresh")
        return Diagnosis(investigation.scheme.name, _checks(None), (genuine,), fingerprints)
    return Diagnosis(
        investigation.scheme.name, _checks(error), _ranked(_causes(investigation, error)), fingerprints
    )


def _in_headers(verifier: Verifier, headers: Headers, url: str | None) -> tuple[Headers, str | None]:
    """Move a signature in the query to the header that the scheme accepts instead, which is investigated."""
    from webhook_verify.schemes.query_scheme import QueryScheme  # here, because few providers use it

    scheme = verifier.scheme
    if not isinstance(scheme, QueryScheme) or url is None:
        return headers, url
    try:
        bare_url, signature = scheme.split_signature(url)
    except MalformedDelivery:
        return headers, url
    name = scheme.signature_headers[0]
    others = [pair for pair in header_pairs(headers) if pair[0] != name]
    return ([*others, (name, signature)], bare_url) if signature else (headers, url)


def _check_headers(headers: object) -> None:
    kind = type(headers).__name__
    is_text = isinstance(headers, str | bytes | bytearray | memoryview)
    if is_text or not (callable(getattr(headers, "items", None)) or isinstance(headers, Iterable)):
        raise TypeError(
            f"headers must be a mapping or (name, value) pairs, not {kind!r}: pass the headers of the request"
        )


def _find_rejection(investigation: Investigation) -> RejectedDelivery | None:
    """Return the verifier's rejection, or None. A missing URL is replaced by "", which never matches."""
    try:
        investigation.verifier.verify(
            investigation.body,
            investigation.headers,
            url=investigation.url or "",
            method=investigation.method,
        )
    except RejectedDelivery as error:
        return error
    return None


def _causes(investigation: Investigation, error: RejectedDelivery) -> Iterator[Cause]:
    if isinstance(error, TimestampOutsideTolerance) and has_valid_signature(investigation):
        yield from timing_causes(investigation, error)
        return
    cause = find_proven_cause(investigation, error)
    if cause is not None:
        yield cause
    yield from heuristic_causes(investigation, error, has_proven_cause=cause is not None)


def _ranked(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Sort by confidence, highest first, and keep the first cause of each name. The sort is stable."""
    by_name: dict[str, Cause] = {}
    for cause in sorted(causes, key=lambda item: -item.confidence):
        by_name.setdefault(cause.name, cause)
    return tuple(by_name.values())


_CHECK_OF_REASON = {
    **dict.fromkeys(HEADER_REASONS, "headers"),
    Reason.TOO_OLD: "timestamp",
    Reason.TOO_NEW: "timestamp",
    Reason.NO_SECRET: "secret",
    Reason.KEY_UNAVAILABLE: "secret",
    Reason.UNREADABLE_BODY: "body",
    Reason.BODY_TOO_LARGE: "body",
}
_CHECK_NAMES = ("headers", "timestamp", "secret", "body", "signature")


def _checks(error: RejectedDelivery | None) -> tuple[Check, ...]:
    """Return the checks in the verifier's order: passed, then the failed one, then those not reached."""
    if error is None:
        return tuple(Check(name, passed=True) for name in _CHECK_NAMES)
    failed = _CHECK_NAMES.index(_CHECK_OF_REASON.get(error.reason, "signature"))
    passed = [Check(name, passed=True) for name in _CHECK_NAMES[:failed]]
    not_reached = [Check(name, passed=None) for name in _CHECK_NAMES[failed + 1 :]]
    return (*passed, Check(_CHECK_NAMES[failed], passed=False, detail=error.detail), *not_reached)
