"""The definition of a check, `ProbeCheck`, and its result, `Verdict`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from webhook_verify.cli.probe.raw_http import CLOSED, RawRequest, RawResponse
from webhook_verify.cli.probe.sender import Sender
from webhook_verify.http import REPLAYED_HEADER
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
    "is_marked_duplicate",
    "severity_of",
]


class Severity(StrEnum):
    """The severity of a fault, the worst first."""

    CRITICAL = "critical"
    SERIOUS = "serious"
    MINOR = "minor"


class Group(StrEnum):
    """The groups of checks, in the order in which they are run."""

    GENUINE = "genuine"
    FORGED = "forged"
    MALFORMED = "malformed"
    TRANSPORT = "transport"
    REPEATED = "repeated"
    ANSWERS = "answers"


class Outcome(StrEnum):
    """The outcome of a check. The values are part of the `--json` output."""

    PASS = "pass"
    FAULT = "fault"
    INCONCLUSIVE = "not seen"
    NOT_APPLICABLE = "left out"


class Certainty(StrEnum):
    """The certainty of a verdict: observed directly, or concluded from indirect evidence."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NONE = ""


class Verdict(NamedTuple):
    """The result of a check.

    `evidence` never quotes the receiver. `not_let_in`: the response to a forgery was wrong, but no forgery
    was accepted.
    """

    outcome: Outcome
    evidence: str
    certainty: Certainty = Certainty.CERTAIN
    faults: tuple[str, ...] = ()
    not_let_in: bool = False


class Inconclusive(Exception):
    """The responses do not show whether the receiver passes the check. The message is the reason."""


class Expectation(NamedTuple):
    """The expected response, as text and as status codes.

    `statuses` is empty for a check with its own `judge`. `or_closed`: the receiver may also close the
    connection without a response.
    """

    text: str
    statuses: frozenset[int] = frozenset()
    or_closed: bool = False

    def is_met_by(self, response: RawResponse) -> bool:
        """Return whether a response is as expected."""
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
    """One request of a check, with its label in the evidence. `expected` overrides that of the check."""

    label: str
    request: SignedRequest
    raw_request: RawRequest | None = None
    expected: Expectation | None = None


class Exchange(NamedTuple):
    """A request that was sent, and its response."""

    check: str
    group: Group
    label: str
    request: SignedRequest
    response: RawResponse


class ProbeRun(Protocol):
    """The interface of a run that checks use."""

    sender: Sender
    oversize: int
    exchanges: list[Exchange]
    handled_by_forged: int | None
    failing_body: bytes | None

    def send(self, label: str, request: SignedRequest, raw_request: RawRequest | None = None) -> RawResponse:
        """Send the request, as a plain POST without `raw_request`, and record the exchange."""
        ...

    def send_together(self, label: str, request: SignedRequest, times: int) -> list[RawResponse]:
        """Send the same request several times concurrently."""
        ...

    def count(self) -> int | None:
        """Return how many deliveries have been handled so far; None without a counter."""
        ...


@dataclass(frozen=True)
class ProbeCheck:
    """A check: the requests, the expected response, the reason, and the severity of a fault.

    `cases` yields requests whose responses are judged one by one; `judge` implements any other check. Both
    may raise NotApplicable, and `judge` also Inconclusive.
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
    """Return the severity of a fault, which is higher if a forgery was accepted."""
    if check.severity is Severity.CRITICAL and verdict.not_let_in:
        return Severity.SERIOUS
    if check.group is Group.MALFORMED and not verdict.not_let_in and verdict.outcome is Outcome.FAULT:
        return Severity.CRITICAL
    return check.severity


def is_marked_duplicate(response: RawResponse) -> bool:
    """Return whether the response has the header `Idempotent-Replayed: true`."""
    return response.header(REPLAYED_HEADER).strip().lower() == "true"


def describe(response: RawResponse) -> str:
    """Return a short description of a response."""
    if response.failure:
        return response.failure
    redirect = ", a redirect, which senders do not follow" if 300 <= response.status < 400 else ""
    return f"responded {response.status}{redirect}"
