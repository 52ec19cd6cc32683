"""The diagnosis itself: what is proved first, then what is odd, beside the plain answer.

Where nothing is proved, another secret or a forgery is as likely as any sign of something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_verify.body import BytesLike, as_bytes
from webhook_verify.diagnosis.heuristics import OF_HEADERS, signs
from webhook_verify.diagnosis.investigation import Case
from webhook_verify.diagnosis.model import Cause, Check, Confidence, Diagnosis
from webhook_verify.diagnosis.proofs import proved
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
    cost with a body of 1 MiB, and half a second on the CPU, after which no other trial begins. JSON of more
    than 128 kB is tried in the three usual styles alone, and in none beyond 2 MiB. Nothing is fetched but
    what the verifier itself fetches.
    """
    octets = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else as_bytes(body)
    case = Case(verifier, octets, headers, url, method)
    prints = tuple((label, fingerprint(secret)) for label, secret, _ in case.secrets)
    error = _rejection(case)
    if error is None:
        genuine = Cause("genuine", Confidence.CERTAIN, "the signature is right and the timestamp is fresh")
        return Diagnosis(case.scheme.name, _checks(None), (genuine,), prints)
    return Diagnosis(case.scheme.name, _checks(error), _ranked(_causes(case, error)), prints)


def _rejection(case: Case) -> RejectedDelivery | None:
    """Why the verifier rejects it; an address that nobody gave is taken for another one."""
    try:
        case.verifier.verify(case.body, case.given, url=case.url or "", method=case.method)
    except RejectedDelivery as error:
        return error
    return None


def _causes(case: Case, error: RejectedDelivery) -> Iterator[Cause]:
    cause = proved(case, error)
    if cause is not None:
        yield cause
    yield from signs(case, error, known=cause is not None)


def _ranked(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """The surest first, each name once; of equally sure ones the order stays."""
    once: dict[str, Cause] = {}
    for cause in sorted(causes, key=lambda each: -each.confidence):
        once.setdefault(cause.name, cause)
    return tuple(once.values())


_STAGE = {
    **dict.fromkeys(OF_HEADERS, "headers"),
    Reason.TOO_OLD: "timestamp",
    Reason.TOO_NEW: "timestamp",
    Reason.NO_SECRET: "secret",
    Reason.KEY_UNAVAILABLE: "secret",
    Reason.UNREADABLE_BODY: "body",
    Reason.BODY_TOO_LARGE: "body",
}
_STAGES = ("headers", "timestamp", "secret", "body", "signature")


def _checks(error: RejectedDelivery | None) -> tuple[Check, ...]:
    """The checks in the order of the law: passed up to the one that failed, and not reached after it."""
    if error is None:
        return tuple(Check(name, passed=True) for name in _STAGES)
    failed = _STAGES.index(_STAGE.get(error.reason, "signature"))
    passed = [Check(name, passed=True) for name in _STAGES[:failed]]
    not_reached = [Check(name, passed=None) for name in _STAGES[failed + 1 :]]
    return (*passed, Check(_STAGES[failed], passed=False, detail=error.detail), *not_reached)
