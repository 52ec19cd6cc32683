"""One run through the table against one receiver: :class:`Probe`."""

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
    """Sends the rows to one receiver, one request after the other, and keeps what came back.

    ``oversize``: how large a body is too large, in bytes. ``failing_body``: one on which its handler fails.
    ``pause``: seconds between requests.
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
        self.exchanges = list[Exchange]()
        self.handled_by_forged: int | None = None
        self._client = client
        self._counter = counter
        self._pause = pause
        self._timeout = timeout
        self._check = GENUINE
        self._before_forged: int | None = None

    def run(self, checks: Iterable[ProbeCheck]) -> Iterator[tuple[ProbeCheck, Verdict]]:
        """Each row and its verdict. A genuine delivery comes first; if it is refused, nothing else is sent.

        Raises Unreachable if there is no connection for the first request, and UsageError if the handled
        deliveries cannot be counted.
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
            raise UsageError("a delivery was accepted, but the number of handled ones did not grow")
        return verdict

    def _genuine(self) -> Verdict:
        """Accepted as any sender writes it? Else, in the spelling of Python's own json?"""
        response = self.send("compact JSON", self.sender.delivery())
        payload = self.sender.payload
        if 400 <= response.status < 500 and payload.is_ours:
            payload.has_spaces = True
            spaced_response = self.send("spaced JSON", self.sender.delivery())
            if ACCEPTED.is_met_by(spaced_response):
                return Verdict(
                    Outcome.PASS, f"{describe(spaced_response)}, to JSON as Python writes it alone"
                )
            payload.has_spaces = False
        if ACCEPTED.is_met_by(response):
            return Verdict(Outcome.PASS, describe(response))
        return Verdict(Outcome.FAULT, f"{describe(response)}: {_hint(response)}")

    def _count_forged(self, check: ProbeCheck) -> None:
        """Note the number of handled deliveries before the first forged row and after the last."""
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
                Outcome.NOT_APPLICABLE, "the scheme cannot sign what this row sends", Certainty.NONE
            )

    # What the rows ask for: see check.ProbeRun

    def send(self, label: str, request: SignedRequest, raw_request: RawRequest | None = None) -> RawResponse:
        """See :meth:`ProbeRun.send`."""
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
        """See :meth:`ProbeRun.send_together`."""
        time.sleep(self._pause)
        responses = self._client.together([self.sender.post(request)] * times)
        for response in responses:
            self._record(label, request, response)
        return responses

    def _record(self, label: str, request: SignedRequest, response: RawResponse) -> None:
        self.exchanges.append(Exchange(self._check.name, self._check.group, label, request, response))

    def count(self) -> int | None:
        """See :meth:`ProbeRun.count`."""
        return None if self._counter is None else self._counter.settled()


_HINTS: dict[int, str] = {
    404: "is its path right?",
    405: "does the path take POST?",
    415: "another content type? -H 'Content-Type: ...'",
    422: "give a payload that its handler takes: --body, --event",
    429: "too many requests: slow down with --pause",
}


def _hint(response: RawResponse) -> str:
    if response.status >= 500:
        return "does its handler take this payload? --body, --event"
    if 300 <= response.status < 400:
        return "give the URL that it leads to"
    if response.status == 0:
        return "is it the right address?"
    return _HINTS.get(response.status, "are secret, scheme and its clock right? Does it take this payload?")
