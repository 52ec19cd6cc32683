"""What one row of the table is: :class:`ProbeCheck`, and what becomes of it: :class:`Verdict`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from webhook_verify.cli.probe.raw_http import CLOSED, RawRequest, RawResponse
from webhook_verify.cli.probe.sender import Sender
from webhook_verify.testing.requests import SignedRequest

__all__ = [
    "ACCEPTED",
    "ACCEPTED_OR_UNREADABLE",
    "ANSWERED",
    "ANSWERED_OR_CLOSED",
    "NO_ENTRY",
    "REFUSED",
    "REFUSED_OR_CLOSED",
    "Certainty",
    "CheckCase",
    "Exchange",
    "Expectation",
    "Group",
    "Inconclusive",
    "Outcome",
    "ProbeCheck",
    "ProbeRun",
    "Severity",
    "Verdict",
    "describe",
    "severity_of",
]


class Severity(StrEnum):
    """How bad it is where a receiver does not do as the row says; the worst first."""

    CRITICAL = "critical"
    SERIOUS = "serious"
    MINOR = "minor"


class Group(StrEnum):
    """What the rows are about, in the order in which they are sent."""

    GENUINE = "genuine"
    FORGED = "forged"
    MALFORMED = "malformed"
    TRANSPORT = "transport"
    REPEATED = "repeated"
    ANSWERS = "answers"


class Outcome(StrEnum):
    """The result of a check. ``INCONCLUSIVE``: no response shows it. ``NOT_APPLICABLE``: it was not run."""

    PASS = "pass"
    FAULT = "fault"
    INCONCLUSIVE = "not seen"
    NOT_APPLICABLE = "left out"


class Certainty(StrEnum):
    """How sure a verdict is: seen or counted as it is, or concluded from what else might have reasons."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = ""


class Verdict(NamedTuple):
    """What became of a row; ``evidence`` in words of our own, never in the receiver's.

    ``not_let_in``: the answer to a forgery was wrong, but no forgery was accepted.
    """

    outcome: Outcome
    evidence: str
    certainty: Certainty = Certainty.CERTAIN
    faults: tuple[str, ...] = ()
    not_let_in: bool = False


class Inconclusive(Exception):
    """Nothing that came back tells whether it is so. Its message says why."""


class Expectation(NamedTuple):
    """What must come back: in words, and which statuses that is.

    ``statuses`` is empty for a row that judges otherwise. ``or_closed``: no answer, but the connection's end.
    """

    text: str
    statuses: frozenset[int] = frozenset()
    or_closed: bool = False

    def is_met_by(self, response: RawResponse) -> bool:
        """Whether an answer is as it must be."""
        return response.status in self.statuses or (self.or_closed and response.failure == CLOSED)


_2XX, _4XX = frozenset(range(200, 300)), frozenset(range(400, 500))

ACCEPTED = Expectation("2xx", _2XX)
ACCEPTED_OR_UNREADABLE = Expectation("2xx, 400 or 422", _2XX | {400, 422})
ANSWERED = Expectation("2xx or 4xx", _2XX | _4XX)
ANSWERED_OR_CLOSED = Expectation("2xx, 4xx or closed", _2XX | _4XX, or_closed=True)
REFUSED = Expectation("4xx", _4XX)
REFUSED_OR_CLOSED = Expectation("4xx or closed", _4XX, or_closed=True)
NO_ENTRY = Expectation("4xx or 501", _4XX | {501})


class CheckCase(NamedTuple):
    """One request of a row, and what it is called in the evidence. ``expected`` differs from the row's."""

    label: str
    request: SignedRequest
    raw_request: RawRequest | None = None
    expected: Expectation | None = None


class Exchange(NamedTuple):
    """A request that was sent, and what came back."""

    check: str
    group: Group
    label: str
    request: SignedRequest
    response: RawResponse


class ProbeRun(Protocol):
    """What a row needs of the run that it is part of."""

    sender: Sender
    oversize: int
    exchanges: list[Exchange]
    handled_by_forged: int | None
    failing_body: bytes | None

    def send(self, label: str, request: SignedRequest, raw_request: RawRequest | None = None) -> RawResponse:
        """Send it, as a plain POST where nothing else is said, and remember what came back."""
        ...

    def send_together(self, label: str, request: SignedRequest, times: int) -> list[RawResponse]:
        """Send the same so many times at once."""
        ...

    def count(self) -> int | None:
        """How often the handler has run so far, once it has settled; None where nobody counts."""
        ...


@dataclass(frozen=True)
class ProbeCheck:
    """One row: what is sent, what must come back, why, and how bad it is if not.

    ``cases`` makes the requests of a row that is judged by each answer alone; ``judge`` judges another.
    Both may raise NotApplicable, ``judge`` Inconclusive.
    """

    name: str
    group: Group
    severity: Severity
    sends: str
    expected: Expectation
    why: str
    cases: Callable[[Sender], Iterator[CheckCase]] | None = None
    judge: Callable[[ProbeRun], Verdict] | None = None
    slow: bool = False


def severity_of(check: ProbeCheck, verdict: Verdict) -> Severity:
    """How bad a fault is: critical where a forgery was let in, less where one was but answered wrongly."""
    if check.severity is Severity.CRITICAL and verdict.not_let_in:
        return Severity.SERIOUS
    if check.group is Group.MALFORMED and not verdict.not_let_in and verdict.outcome is Outcome.FAULT:
        return Severity.CRITICAL
    return check.severity


def describe(response: RawResponse) -> str:
    """An answer in a few words."""
    if response.failure:
        return response.failure
    redirect = ", a redirect, which no sender follows" if 300 <= response.status < 400 else ""
    return f"answered {response.status}{redirect}"
