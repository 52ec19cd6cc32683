"""How the rows are judged that look at each answer alone: :func:`judged`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from webhook_verify.cli.probe.check import ACCEPTED, Case, Must, NotSeen, Outcome, Sure, Tried, Verdict, told
from webhook_verify.cli.probe.raw_http import Answer
from webhook_verify.cli.probe.sender import LeftOut

__all__ = ["check_not_limited", "judged", "sendable"]

_TOO_MANY_REQUESTS = 429


def judged(tried: Tried, must: Must, cases: Iterable[Case]) -> Verdict:
    """Send each, and see whether its answer is as it must be. Raises NotSeen where it was rate limited."""
    faults, good, bad = list[str](), list[Answer](), list[Answer]()
    for case in sendable(cases):
        answer = tried.send(case.label, case.request, case.sending)
        check_not_limited(answer)
        if (case.must or must).holds(answer):
            good.append(answer)
        else:
            bad.append(answer)
            faults.append(f"{case.label}: {told(answer)}")
    if faults:
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        return Verdict(
            Outcome.FAULT, faults[0] + more, Sure.CERTAIN, tuple(faults), not any(map(ACCEPTED.holds, bad))
        )
    return Verdict(Outcome.PASS, _summary(good))


def sendable(cases: Iterable[Case]) -> Iterator[Case]:
    """The cases up to one that the scheme cannot sign. Raises LeftOut if that is the first."""
    number = 0
    try:
        for case in cases:
            yield case
            number += 1
    except LeftOut:
        if not number:
            raise
    except ValueError:
        if not number:
            raise LeftOut("the scheme cannot sign what this row sends") from None


def check_not_limited(answer: Answer) -> None:
    """Raises NotSeen for an answer that says nothing but that there were too many requests."""
    if answer.status == _TOO_MANY_REQUESTS:
        raise NotSeen("it answered 429, too many requests: slow down with --pause")


def _summary(answers: list[Answer]) -> str:
    statuses = sorted({answer.status for answer in answers if answer.status})
    words = [str(status) for status in statuses]
    if any(not answer.status for answer in answers):
        words.append("closed")
    return f"answered {', '.join(words)}" if statuses else "closed the connection"
