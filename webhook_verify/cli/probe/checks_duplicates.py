"""The rows of deliveries that come twice. A status alone does not tell whether the handler ran twice.

Where the handler's runs are counted the verdict is certain. Where they are not, an answer that is another
than that to a new delivery makes it likely that the receiver knows the message; the same proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    Grade,
    Group,
    Must,
    NotSeen,
    Outcome,
    Severity,
    Sure,
    Tried,
    Verdict,
    told,
)
from webhook_verify.cli.probe.judging import check_not_limited
from webhook_verify.cli.probe.raw_http import Answer
from webhook_verify.cli.probe.sender import LeftOut
from webhook_verify.testing.requests import SignedRequest

__all__ = ["GRADES"]

AT_ONCE = 5
"""How many are sent at once."""

_IN_FLIGHT = (409, 423, 425, 429)
_SAYS_SO = re.compile(rb"duplicate|already|seen before|idempoten", re.IGNORECASE)
_ASKS = "its answers do not tell: count what is handled, with --count-url or --handled"
# On which a handler that expects an event is likely to fail.
_NO_EVENTS = (b"null", b"[]", b"{}", b"", b'"\xff"')


def _duplicate(tried: Tried) -> Verdict:
    return _twice(tried, "the same bytes again", lambda first: first)


def _retry(tried: Tried) -> Verdict:
    scheme = tried.sender.scheme
    if scheme.has_id_in_body and not scheme.message_id_from_body(tried.sender.delivery().body):
        raise LeftOut("the body holds no id where the scheme looks for it: give one with --body, as {{id}}")
    if not (scheme.signs_id or scheme.has_id_in_body):
        raise LeftOut("the scheme signs no message id by which a retry is known")
    return _twice(tried, "the same message signed anew", tried.sender.retry)


def _twice(tried: Tried, label: str, again_of: Callable[[SignedRequest], SignedRequest]) -> Verdict:
    before = tried.count()
    request = tried.sender.delivery(age=2)  # so that a retry that is signed now is another
    first = _accepted(tried.send("first", request))
    other = _accepted(tried.send("another message", tried.sender.delivery()))
    again = tried.send(label, again_of(request))
    check_not_limited(again)
    if not ACCEPTED.holds(again):
        return Verdict(Outcome.FAULT, f"{label}: {told(again)}, so the sender tries on for days")
    after = tried.count()
    if before is None or after is None:
        return _by_answers(first, other, again)
    return _by_count(after - before - 1, told(again))


def _accepted(answer: Answer) -> Answer:
    check_not_limited(answer)
    if not ACCEPTED.holds(answer):
        raise NotSeen(f"a genuine delivery was not accepted: {told(answer)}")
    return answer


def _by_count(handled: int, answered: str) -> Verdict:
    if handled < 1:
        raise NotSeen("the number of handled deliveries did not grow by what was accepted")
    if handled > 1:
        return Verdict(Outcome.FAULT, f"handled {handled} times")
    return Verdict(Outcome.PASS, f"{answered}, handled once")


def _by_answers(first: Answer, other: Answer, again: Answer) -> Verdict:
    if first.status == other.status != again.status:
        evidence = f"new: {first.status}, known: {again.status}"
    elif first.body == other.body != again.body:
        evidence = f"answered {again.status}, with another body than to new ones"
    elif _names(first) == _names(other) != _names(again):
        evidence = f"answered {again.status}, with other headers than to new ones"
    elif _SAYS_SO.search(again.body) and not _SAYS_SO.search(first.body + other.body):
        evidence = f"answered {again.status}, and says that it knows it"
    else:
        raise NotSeen(_ASKS)
    return Verdict(Outcome.PASS, evidence, Sure.LIKELY)


def _names(answer: Answer) -> set[str]:
    return {name.lower() for name, _ in answer.headers}


def _in_flight(tried: Tried) -> Verdict:
    before = tried.count()
    request = tried.sender.delivery()
    answers = tried.send_together(f"{AT_ONCE} at once", request, AT_ONCE)
    busy = [answer for answer in answers if _is_in_flight(answer)]
    bad = [answer for answer in answers if answer not in busy and not ACCEPTED.holds(answer)]
    if bad:
        return Verdict(Outcome.FAULT, f"one of {AT_ONCE} at once: {told(bad[0])}")
    if len(busy) == len(answers):
        return Verdict(Outcome.FAULT, f"all {AT_ONCE} at once: {told(busy[0])}")
    later = tried.send("once more, later", request)
    if not ACCEPTED.holds(later):
        return Verdict(Outcome.FAULT, f"once more, later: {told(later)}")
    after = tried.count()
    if before is not None and after is not None:
        return _by_count(after - before, f"answered {_statuses(answers)}")
    if not busy:
        raise NotSeen(_ASKS)
    return Verdict(Outcome.PASS, f"answered {_statuses(answers)}", Sure.LIKELY)


def _is_in_flight(answer: Answer) -> bool:
    return answer.status in _IN_FLIGHT or (answer.status == 503 and bool(answer.header("retry-after")))


def _statuses(answers: list[Answer]) -> str:
    return ", ".join(sorted({str(answer.status) for answer in answers}))


def _after_failure(tried: Tried) -> Verdict:
    failed, request = _failing(tried)
    before = tried.count()
    again = tried.send("its retry", request)
    check_not_limited(again)
    if not ACCEPTED.holds(again):
        if again.status in _IN_FLIGHT:
            raise NotSeen(f"{told(failed)}, then {again.status}, as if it were in flight still")
        return Verdict(Outcome.PASS, f"{told(failed)}, and tried it again")
    after = tried.count()
    if before is None or after is None:
        return Verdict(Outcome.FAULT, _lost(failed, again), Sure.LIKELY)
    if after > before:
        return Verdict(Outcome.PASS, f"{told(failed)}, and handled its retry")
    return Verdict(Outcome.FAULT, _lost(failed, again))


def _lost(failed: Answer, again: Answer) -> str:
    return f"{told(failed)}, then {again.status} to its retry: that delivery is lost"


def _failing(tried: Tried) -> tuple[Answer, SignedRequest]:
    for request in _candidates(tried):
        answer = tried.send("one on which the handler fails", request)
        check_not_limited(answer)
        if answer.status >= 500 or (tried.failing_body is not None and not ACCEPTED.holds(answer)):
            return answer, request
    raise NotSeen("its handler did not fail: give a body on which it does, with --failing-body")


def _candidates(tried: Tried) -> Iterator[SignedRequest]:
    for body in _NO_EVENTS if tried.failing_body is None else (tried.failing_body,):
        yield tried.sender.delivery(body=body)


def _grade(name: str, sends: str, must: str, why: str, judge: Callable[[Tried], Verdict]) -> Grade:
    return Grade(name, Group.REPEATED, Severity.SERIOUS, sends, Must(must), why, judge=judge)


GRADES = (
    _grade(
        "duplicate",
        "the same delivery again",
        "2xx, handled once",
        "senders send again what they are not sure of, and an attacker may replay it",
        _duplicate,
    ),
    _grade(
        "retry",
        "the same message, signed anew",
        "2xx, handled once",
        "a retry has a new timestamp and signature, but the id of the message",
        _retry,
    ),
    _grade(
        "in-flight",
        f"the same delivery {AT_ONCE} times at once",
        "2xx or 409, handled once",
        "a sender that waits too long sends again while the first is being handled",
        _in_flight,
    ),
    _grade(
        "after-failure",
        "again what the handler failed on",
        "not 2xx unless handled",
        "who remembers a message before it is handled loses it when the handler fails",
        _after_failure,
    ),
)
