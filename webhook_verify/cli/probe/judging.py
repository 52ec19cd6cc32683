"""The judgement of checks whose responses are judged one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    Certainty,
    CheckCase,
    Expectation,
    Inconclusive,
    Outcome,
    ProbeRun,
    Verdict,
    describe,
)
from webhook_verify.cli.probe.raw_http import RawResponse
from webhook_verify.cli.probe.sender import NotApplicable

__all__ = ["judge_responses", "raise_if_rate_limited", "signable_cases"]

_TOO_MANY_REQUESTS = 429


def judge_responses(run: ProbeRun, expected: Expectation, cases: Iterable[CheckCase]) -> Verdict:
    """Send each case and compare its response. Raises Inconclusive if a request was rate limited."""
    faults, good, bad = list[str](), list[RawResponse](), list[RawResponse]()
    for case in signable_cases(cases):
        response = run.send(case.label, case.request, case.raw_request)
        raise_if_rate_limited(response)
        if (case.expected or expected).is_met_by(response):
            good.append(response)
        else:
            bad.append(response)
            faults.append(f"{case.label}: {describe(response)}")
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        return Verdict(
            Outcome.FAULT,
            faults[0] + more,
            Certainty.CERTAIN,
            tuple(faults),
            not any(map(ACCEPTED.is_met_by, bad)),
        )
    return Verdict(Outcome.PASS, _summary(good))


def signable_cases(cases: Iterable[CheckCase]) -> Iterator[CheckCase]:
    """Yield the cases up to the first that the scheme cannot sign. Raises NotApplicable without any case."""
    number = 0
    try:
        for case in cases:
            yield case
            number += 1
    except NotApplicable:
        if not number:
            raise
    except ValueError:
        if not number:
            raise NotApplicable("the scheme cannot sign the body of this check") from None


def raise_if_rate_limited(response: RawResponse) -> None:
    """Raise Inconclusive for a 429 response."""
    if response.status == _TOO_MANY_REQUESTS:
        raise Inconclusive("responded 429, too many requests: set --pause")


def _summary(responses: list[RawResponse]) -> str:
    statuses = sorted({response.status for response in responses if response.status})
    words = [str(status) for status in statuses]
    if any(not response.status for response in responses):
        words.append("closed")
    return f"responded {', '.join(words)}" if statuses else "closed the connection"
