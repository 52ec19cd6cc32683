"""The diagnosis itself: what is proved first, then what is odd, beside the plain answer.

Where nothing is proved, another secret or a forgery is as likely as any sign of something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.diagnosis.heuristics import HEADER_REASONS, heuristic_causes
from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Check, Confidence, Diagnosis
from webhook_verify.diagnosis.proofs import find_proven_cause
from webhook_verify.diagnosis.variants.secret import fingerprint
from webhook_verify.errors import Reason, RejectedDelivery
from webhook_verify.headers import Headers
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
    """Why ``verifier`` rejects this delivery, or that it does not. For the developer, never for the sender.

    The arguments are those of :meth:`Verifier.verify`; a ``str`` is taken for a body that was decoded, and
    encoded again; without a method it is POST. Raises nothing on hostile input; TypeError for a body that is
    neither text nor bytes-like.

    It tries the usual mistakes, one at a time, which takes milliseconds. The work is bounded for every input:
    16 secrets, 1000 headers of 16 kB, about 200 bodies, 64 MiB to be hashed, which is what about 60 mistakes
    cost with a body of 1 MiB, and 0.3 seconds on the CPU, after which no other trial begins. JSON of more
    than 128 kB is tried in the three usual styles alone, and in none beyond 2 MiB or with too many
    values. Nothing is fetched but what the verifier itself fetches.
    """
    raw_body = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else as_bytes(body)
    investigation = Investigation(verifier, raw_body, headers, url, method)
    fingerprints = tuple((label, fingerprint(secret)) for label, secret, _ in investigation.secrets)
    error = _find_rejection(investigation)
    if error is None:
        genuine = Cause("genuine", Confidence.CERTAIN, "the signature is right and the timestamp is fresh")
        return Diagnosis(investigation.scheme.name, _checks(None), (genuine,), fingerprints)
    return Diagnosis(
        investigation.scheme.name, _checks(error), _ranked(_causes(investigation, error)), fingerprints
    )


def _find_rejection(investigation: Investigation) -> RejectedDelivery | None:
    """Why the verifier rejects it; an address that nobody gave is taken for another one."""
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
    cause = find_proven_cause(investigation, error)
    if cause is not None:
        yield cause
    yield from heuristic_causes(investigation, error, has_proven_cause=cause is not None)


def _ranked(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The surest first, each name once; of equally sure ones the order stays."""
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
    """The checks in the order of the law: passed up to the one that failed, and not reached after it."""
    if error is None:
        return tuple(Check(name, passed=True) for name in _CHECK_NAMES)
    failed = _CHECK_NAMES.index(_CHECK_OF_REASON.get(error.reason, "signature"))
    passed = [Check(name, passed=True) for name in _CHECK_NAMES[:failed]]
    not_reached = [Check(name, passed=None) for name in _CHECK_NAMES[failed + 1 :]]
    return (*passed, Check(_CHECK_NAMES[failed], passed=False, detail=error.detail), *not_reached)
