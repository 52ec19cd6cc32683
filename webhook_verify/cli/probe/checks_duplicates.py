"""The rows of deliveries that come twice. A status alone does not tell whether the handler ran twice.

Where the handler's runs are counted the verdict is certain. Where they are not, an answer that is another
than that to a new delivery makes it likely that the receiver knows the message; the same proves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    Certainty,
    Expectation,
    Group,
    Inconclusive,
    Outcome,
    ProbeCheck,
    ProbeRun,
    Severity,
    Verdict,
    describe,
)
from webhook_verify.cli.probe.judging import raise_if_rate_limited
from webhook_verify.cli.probe.raw_http import RawResponse
from webhook_verify.cli.probe.sender import NotApplicable
from webhook_verify.testing.requests import SignedRequest

__all__ = ["CHECKS"]

CONCURRENT_REQUESTS = 5
"""How many are sent at once."""

_IN_FLIGHT = (409, 423, 425, 429)
_DUPLICATE_WORDS = re.compile(rb"duplicate|already|seen before|idempoten", re.IGNORECASE)
_NEEDS_COUNT = "its answers do not tell: count what is handled, with --count-url or --handled"
# On which a handler that expects an event is likely to fail.
_NO_EVENTS = (b"null", b"[]", b"{}", b"", b'"\xff"')


def _duplicate(run: ProbeRun) -> Verdict:
    return _send_duplicate(run, "the same bytes again", lambda first: first)


def _retry(run: ProbeRun) -> Verdict:
    scheme = run.sender.scheme
    if scheme.has_id_in_body and not scheme.message_id_from_body(run.sender.delivery().body):
        raise NotApplicable(
            "the body holds no id where the scheme looks for it: give one with --body, as {{id}}"
        )
    if not (scheme.signs_id or scheme.has_id_in_body):
        raise NotApplicable("the scheme signs no message id by which a retry is known")
    return _send_duplicate(run, "the same message signed anew", run.sender.retry)


def _send_duplicate(
    run: ProbeRun, label: str, make_retry: Callable[[SignedRequest], SignedRequest]
) -> Verdict:
    before = run.count()
    request = run.sender.delivery(age=2)  # so that a retry that is signed now is another
    first = _accepted(run.send("first", request))
    other = _accepted(run.send("another message", run.sender.delivery()))
    again = run.send(label, make_retry(request))
    raise_if_rate_limited(again)
    if not ACCEPTED.is_met_by(again):
        return Verdict(Outcome.FAULT, f"{label}: {describe(again)}, so the sender tries on for days")
    after = run.count()
    if before is None or after is None:
        return _by_answers(first, other, again)
    return _by_count(after - before - 1, describe(again))


def _accepted(response: RawResponse) -> RawResponse:
    raise_if_rate_limited(response)
    if not ACCEPTED.is_met_by(response):
        raise Inconclusive(f"a genuine delivery was not accepted: {describe(response)}")
    return response


def _by_count(handled: int, answered: str) -> Verdict:
    if handled < 1:
        raise Inconclusive("the number of handled deliveries did not grow by what was accepted")
    if handled > 1:
        return Verdict(Outcome.FAULT, f"handled {handled} times")
    return Verdict(Outcome.PASS, f"{answered}, handled once")


def _by_answers(first: RawResponse, other: RawResponse, again: RawResponse) -> Verdict:
    if first.status == other.status != again.status:
        evidence = f"new: {first.status}, known: {again.status}"
    elif first.body == other.body != again.body:
        evidence = f"answered {again.status}, with another body than to new ones"
    elif _names(first) == _names(other) != _names(again):
        evidence = f"answered {again.status}, with other headers than to new ones"
    elif _DUPLICATE_WORDS.search(again.body) and not _DUPLICATE_WORDS.search(first.body + other.body):
        evidence = f"answered {again.status}, and says that it knows it"
    else:
        raise Inconclusive(_NEEDS_COUNT)
    return Verdict(Outcome.PASS, evidence, Certainty.LIKELY)


def _names(response: RawResponse) -> set[str]:
    return {name.lower() for name, _ in response.headers}


def _in_flight(run: ProbeRun) -> Verdict:
    before = run.count()
    request = run.sender.delivery()
    responses = run.send_together(f"{CONCURRENT_REQUESTS} at once", request, CONCURRENT_REQUESTS)
    busy = [response for response in responses if _is_in_flight(response)]
    bad = [response for response in responses if response not in busy and not ACCEPTED.is_met_by(response)]
    if bad:
        return Verdict(Outcome.FAULT, f"one of {CONCURRENT_REQUESTS} at once: {describe(bad[0])}")
    if len(busy) == len(responses):
        return Verdict(Outcome.FAULT, f"all {CONCURRENT_REQUESTS} at once: {describe(busy[0])}")
    later = run.send("once more, later", request)
    if not ACCEPTED.is_met_by(later):
        return Verdict(Outcome.FAULT, f"once more, later: {describe(later)}")
    after = run.count()
    if before is not None and after is not None:
        return _by_count(after - before, f"answered {_statuses(responses)}")
    if not busy:
        raise Inconclusive(_NEEDS_COUNT)
    return Verdict(Outcome.PASS, f"answered {_statuses(responses)}", Certainty.LIKELY)


def _is_in_flight(response: RawResponse) -> bool:
    return response.status in _IN_FLIGHT or (response.status == 503 and bool(response.header("retry-after")))


def _statuses(responses: list[RawResponse]) -> str:
    return ", ".join(sorted({str(response.status) for response in responses}))


def _after_failure(run: ProbeRun) -> Verdict:
    failed, request = _failing(run)
    before = run.count()
    again = run.send("its retry", request)
    raise_if_rate_limited(again)
    if not ACCEPTED.is_met_by(again):
        if _is_in_flight(again) and not (again.status == failed.status and again.body == failed.body):
            raise Inconclusive(f"{describe(failed)}, then {again.status}, as if it were in flight still")
        return Verdict(Outcome.PASS, f"{describe(failed)}, and tried it again")
    after = run.count()
    if before is None or after is None:
        return Verdict(Outcome.FAULT, _lost(failed, again), Certainty.LIKELY)
    if after > before:
        return Verdict(Outcome.PASS, f"{describe(failed)}, and handled its retry")
    return Verdict(Outcome.FAULT, _lost(failed, again))


def _lost(failed: RawResponse, again: RawResponse) -> str:
    return f"{describe(failed)}, then {again.status} to its retry: that delivery is lost"


def _failing(run: ProbeRun) -> tuple[RawResponse, SignedRequest]:
    for request in _candidates(run):
        response = run.send("one on which the handler fails", request)
        raise_if_rate_limited(response)
        if response.status >= 500 or (run.failing_body is not None and not ACCEPTED.is_met_by(response)):
            return response, request
    raise Inconclusive("its handler did not fail: give a body on which it does, with --failing-body")


def _candidates(run: ProbeRun) -> Iterator[SignedRequest]:
    for body in _NO_EVENTS if run.failing_body is None else (run.failing_body,):
        yield run.sender.delivery(body=body)


def _check(
    name: str, sends: str, expected: str, why: str, judge: Callable[[ProbeRun], Verdict]
) -> ProbeCheck:
    return ProbeCheck(name, Group.REPEATED, Severity.SERIOUS, sends, Expectation(expected), why, judge=judge)


CHECKS = (
    _check(
        "duplicate",
        "the same delivery again",
        "2xx, handled once",
        "senders send again what they are not sure of, and an attacker may replay it",
        _duplicate,
    ),
    _check(
        "retry",
        "the same message, signed anew",
        "2xx, handled once",
        "a retry has a new timestamp and signature, but the id of the message",
        _retry,
    ),
    _check(
        "in-flight",
        f"the same delivery {CONCURRENT_REQUESTS} times at once",
        "2xx, 409 or 503, handled once",
        "a sender that waits too long sends again while the first is being handled",
        _in_flight,
    ),
    _check(
        "after-failure",
        "again what the handler failed on",
        "not 2xx unless handled",
        "who remembers a message before it is handled loses it when the handler fails",
        _after_failure,
    ),
)
