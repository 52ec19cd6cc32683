"""One run through the table against one receiver: :class:`Probe`."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

from webhook_verify.cli.probe.check import ACCEPTED, Grade, Group, NotSeen, Outcome, Seen, Sure, Verdict, told
from webhook_verify.cli.probe.checks_genuine import GENUINE
from webhook_verify.cli.probe.handled_counter import Counter
from webhook_verify.cli.probe.judging import judged
from webhook_verify.cli.probe.raw_http import REFUSES, Answer, Sending, Unreachable, Wire
from webhook_verify.cli.probe.sender import LeftOut, Sender
from webhook_verify.cli.usage_errors import Mistake
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
        wire: Wire,
        *,
        counter: Counter | None = None,
        oversize: int = 10_485_761,
        failing_body: bytes | None = None,
        pause: float = 0.0,
        timeout: float = 10.0,
    ) -> None:
        self.sender = sender
        self.oversize = oversize
        self.failing_body = failing_body
        self.seen = list[Seen]()
        self.handled_by_forged: int | None = None
        self._wire = wire
        self._counter = counter
        self._pause = pause
        self._timeout = timeout
        self._grade = GENUINE
        self._before_forged: int | None = None

    def run(self, grades: Iterable[Grade]) -> Iterator[tuple[Grade, Verdict]]:
        """Each row and its verdict. A genuine delivery comes first; if it is refused, nothing else is sent.

        Raises Unreachable if there is no connection for the first request, and Mistake if the handled
        deliveries cannot be counted.
        """
        self._grade = GENUINE
        first = self._first()
        yield GENUINE, first
        if first.outcome is not Outcome.PASS:
            return
        for grade in grades:
            if grade is not GENUINE:
                self._grade = grade
                self._count_forged(grade)
                yield grade, self._verdict(grade)

    def _first(self) -> Verdict:
        if self._counter is None:
            return self._genuine()
        before = self._counter.now()
        verdict = self._genuine()
        if verdict.outcome is Outcome.PASS and not self._counter.learn(before, self._timeout):
            raise Mistake("a delivery was accepted, but the number of handled ones did not grow")
        return verdict

    def _genuine(self) -> Verdict:
        """Accepted as any sender writes it? Else, in the spelling of Python's own json?"""
        answer = self.send("compact JSON", self.sender.delivery())
        payload = self.sender.payload
        if 400 <= answer.status < 500 and payload.is_ours:
            payload.spaced = True
            spaced = self.send("spaced JSON", self.sender.delivery())
            if ACCEPTED.holds(spaced):
                return Verdict(Outcome.PASS, f"{told(spaced)}, to JSON as Python writes it alone")
            payload.spaced = False
        if ACCEPTED.holds(answer):
            return Verdict(Outcome.PASS, told(answer))
        return Verdict(Outcome.FAULT, f"{told(answer)}: {_hint(answer)}")

    def _count_forged(self, grade: Grade) -> None:
        """Note the number of handled deliveries before the first forged row and after the last."""
        if grade.group in _FORGED:
            if self._before_forged is None:
                self._before_forged = self.count()
        elif self._before_forged is not None and self.handled_by_forged is None:
            after = self.count()
            self.handled_by_forged = None if after is None else after - self._before_forged

    def _verdict(self, grade: Grade) -> Verdict:
        try:
            if grade.judge is not None:
                return grade.judge(self)
            return judged(self, grade.must, grade.cases(self.sender) if grade.cases else ())
        except LeftOut as reason:
            return Verdict(Outcome.LEFT_OUT, str(reason), Sure.NONE)
        except NotSeen as reason:
            return Verdict(Outcome.NOT_SEEN, str(reason), Sure.NONE)
        except ValueError:
            return Verdict(Outcome.LEFT_OUT, "the scheme cannot sign what this row sends", Sure.NONE)

    # What the rows ask for: see grade.Tried

    def send(self, label: str, request: SignedRequest, sending: Sending | None = None) -> Answer:
        """See :meth:`Tried.send`."""
        time.sleep(self._pause)
        try:
            answer = self._wire.exchange(sending or self.sender.post(request))
        except Unreachable:
            if not self.seen:
                raise
            answer = Answer(0, lack=REFUSES)
        self._keep(label, request, answer)
        return answer

    def send_together(self, label: str, request: SignedRequest, times: int) -> list[Answer]:
        """See :meth:`Tried.send_together`."""
        time.sleep(self._pause)
        answers = self._wire.together([self.sender.post(request)] * times)
        for answer in answers:
            self._keep(label, request, answer)
        return answers

    def _keep(self, label: str, request: SignedRequest, answer: Answer) -> None:
        self.seen.append(Seen(self._grade.name, self._grade.group, label, request, answer))

    def count(self) -> int | None:
        """See :meth:`Tried.count`."""
        return None if self._counter is None else self._counter.settled()


_HINTS: dict[int, str] = {
    404: "is its path right?",
    405: "does the path take POST?",
    415: "another content type? -H 'Content-Type: ...'",
    422: "give a payload that its handler takes: --body, --event",
    429: "too many requests: slow down with --pause",
}


def _hint(answer: Answer) -> str:
    if answer.status >= 500:
        return "does its handler take this payload? --body, --event"
    if 300 <= answer.status < 400:
        return "give the URL that it leads to"
    if answer.status == 0:
        return "is it the right address?"
    return _HINTS.get(answer.status, "are secret, scheme and its clock right? Does it take this payload?")
