"""A run of the checks against one receiver."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    Certainty,
    Exchange,
    Group,
    Inconclusive,
    Outcome,
    ProbeCheck,
    Verdict,
    describe,
)
from webhook_verify.cli.probe.checks_genuine import GENUINE
from webhook_verify.cli.probe.handled_counter import HandledCounter
from webhook_verify.cli.probe.judging import judge_responses
from webhook_verify.cli.probe.raw_http import (
    CONNECTION_REFUSED,
    RawClient,
    RawRequest,
    RawResponse,
    Unreachable,
)
from webhook_verify.cli.probe.sender import NotApplicable, Sender
from webhook_verify.cli.usage_errors import UsageError
from webhook_verify.testing.requests import SignedRequest

__all__ = ["Probe"]

_FORGED = (Group.FORGED, Group.MALFORMED)


class Probe:
    """Runs checks against one receiver, one request at a time, and records the exchanges.

    Args:
        sender: Signs the deliveries.
        client: The connection to the receiver.
        counter: Counts the handled deliveries; None without a counter.
        oversize: Size of a body that must be refused, in bytes.
        failing_body: A body on which the handler fails.
        pause: Time between requests, in seconds.
        timeout: Maximum time for the counter to grow after the first delivery, in seconds.
    """

    def __init__(
        self,
        sender: Sender,
        client: RawClient,
        *,
        counter: HandledCounter | None = None,
        oversize: int = 10_485_761,
        failing_body: bytes | None = None,
        pause: float = 0.0,
        timeout: float = 10.0,
    ) -> None:
        self.sender = sender
        self.oversize = oversize
        self.failing_body = failing_body
        self.exchanges: list[Exchange] = []
        self.handled_by_forged: int | None = None
        self._client = client
        self._counter = counter
        self._pause = pause
        self._timeout = timeout
        self._check = GENUINE
        self._before_forged: int | None = None

    def run(self, checks: Iterable[ProbeCheck]) -> Iterator[tuple[ProbeCheck, Verdict]]:
        """Yield each check with its verdict. If the first, valid delivery is refused, nothing else is sent.

        Raises Unreachable if the first request cannot connect, and UsageError if the counter fails.
        """
        self._check = GENUINE
        first = self._first()
        yield GENUINE, first
        if first.outcome is not Outcome.PASS:
            return
        for check in checks:
            if check is not GENUINE:
                self._check = check
                self._count_forged(check)
                yield check, self._verdict(check)

    def _first(self) -> Verdict:
        if self._counter is None:
            return self._genuine()
        before = self._counter.now()
        verdict = self._genuine()
        if verdict.outcome is Outcome.PASS and not self._counter.learn(before, self._timeout):
            raise UsageError(
                "the receiver accepted a delivery, but the number from --count-url or --handled did not grow"
            )
        return verdict

    def _genuine(self) -> Verdict:
        """Send a valid delivery as compact JSON; if it is refused, try Python's default JSON format."""
        response = self.send("compact JSON", self.sender.delivery())
        payload = self.sender.payload
        if 400 <= response.status < 500 and payload.is_ours:
            payload.has_spaces = True
            spaced_response = self.send("spaced JSON", self.sender.delivery())
            if ACCEPTED.is_met_by(spaced_response):
                return Verdict(
                    Outcome.PASS, f"{describe(spaced_response)}, but only to JSON in Python's default format"
                )
            payload.has_spaces = False
        if ACCEPTED.is_met_by(response):
            return Verdict(Outcome.PASS, describe(response))
        return Verdict(Outcome.FAULT, f"{describe(response)}: {_hint(response)}")

    def _count_forged(self, check: ProbeCheck) -> None:
        """Count the handled deliveries before the first forged request and after the last."""
        if check.group in _FORGED:
            if self._before_forged is None:
                self._before_forged = self.count()
        elif self._before_forged is not None and self.handled_by_forged is None:
            after = self.count()
            self.handled_by_forged = None if after is None else after - self._before_forged

    def _verdict(self, check: ProbeCheck) -> Verdict:
        try:
            if check.judge is not None:
                return check.judge(self)
            return judge_responses(self, check.expected, check.cases(self.sender) if check.cases else ())
        except NotApplicable as reason:
            return Verdict(Outcome.NOT_APPLICABLE, str(reason), Certainty.NONE)
        except Inconclusive as reason:
            return Verdict(Outcome.INCONCLUSIVE, str(reason), Certainty.NONE)
        except ValueError:
            return Verdict(
                Outcome.NOT_APPLICABLE, "the scheme cannot sign the body of this check", Certainty.NONE
            )

    # The methods of check.ProbeRun

    def send(self, label: str, request: SignedRequest, raw_request: RawRequest | None = None) -> RawResponse:
        """Send the request after the pause, as a plain POST without `raw_request`; record the exchange."""
        time.sleep(self._pause)
        try:
            response = self._client.exchange(raw_request or self.sender.post(request))
        except Unreachable:
            if not self.exchanges:
                raise
            response = RawResponse(0, failure=CONNECTION_REFUSED)
        self._record(label, request, response)
        return response

    def send_together(self, label: str, request: SignedRequest, times: int) -> list[RawResponse]:
        """Send the same request several times concurrently, and record the exchanges."""
        time.sleep(self._pause)
        responses = self._client.together([self.sender.post(request)] * times)
        for response in responses:
            self._record(label, request, response)
        return responses

    def _record(self, label: str, request: SignedRequest, response: RawResponse) -> None:
        self.exchanges.append(Exchange(self._check.name, self._check.group, label, request, response))

    def count(self) -> int | None:
        """Return how many deliveries have been handled so far; None without a counter."""
        return None if self._counter is None else self._counter.settled()


_HINTS: dict[int, str] = {
    404: "is the path of the URL correct?",
    405: "does this path accept POST?",
    415: "set the content type with -H 'Content-Type: ...'",
    422: "pass a payload that the handler accepts with --body or --event",
    429: "too many requests: set --pause",
}


def _hint(response: RawResponse) -> str:
    if response.status >= 500:
        return "does the handler accept this payload? If not, use --body or --event"
    if 300 <= response.status < 400:
        return "pass the URL that it redirects to"
    if response.status == 0:
        return "is the URL correct?"
    return _HINTS.get(
        response.status, "are the secret, the scheme and its clock correct? Does it accept this payload?"
    )
