"""Checks with duplicate deliveries. A status code alone does not show whether the handler ran twice.

With a counter of handled deliveries, the verdict is certain. Without one, a duplicate whose response has the
header `Idempotent-Replayed: true` is known to be suppressed. Without the header, a response that differs from
that to a new delivery makes it likely that the receiver detected the duplicate. An equal response proves
nothing.
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
    is_marked_duplicate,
)
from webhook_verify.cli.probe.judging import raise_if_rate_limited
from webhook_verify.cli.probe.raw_http import RawResponse
from webhook_verify.cli.probe.sender import NotApplicable
from webhook_verify.testing.requests import SignedRequest

__all__ = ["CHECKS"]

CONCURRENT_REQUESTS = 5
"""The number of concurrent duplicates."""

_IN_FLIGHT = (409, 423, 425, 429)
_DUPLICATE_WORDS = re.compile(rb"duplicate|already|seen before|idempoten", re.IGNORECASE)
_MARKER = "Idempotent-Replayed: true"
_NEEDS_COUNT = "the responses do not show it: count handled deliveries with --count-url or --handled"
# Bodies on which a handler that expects an event is likely to fail.
_NO_EVENTS = (b"null", b"[]", b"{}", b"", b'"\xff"')


def _duplicate(run: ProbeRun) -> Verdict:
    return _send_duplicate(run, "the same bytes again", lambda first: first)


def _retry(run: ProbeRun) -> Verdict:
    scheme = run.sender.scheme
    if scheme.has_id_in_body and not scheme.message_id_from_body(run.sender.delivery().body):
        raise NotApplicable(
            "the body has no id where the scheme expects it: pass a --body with {{id}} in this place"
        )
    if not (scheme.signs_id or scheme.has_id_in_body):
        raise NotApplicable("the scheme does not sign a message id that identifies a retry")
    return _send_duplicate(run, "the same message, re-signed", run.sender.retry)


def _send_duplicate(
    run: ProbeRun, label: str, make_retry: Callable[[SignedRequest], SignedRequest]
) -> Verdict:
    before = run.count()
    request = run.sender.delivery(age=2)  # so that a retry that is signed now has another signature
    first = _accepted(run.send("first", request))
    other = _accepted(run.send("another message", run.sender.delivery()))
    again = run.send(label, make_retry(request))
    raise_if_rate_limited(again)
    if not ACCEPTED.is_met_by(again):
        return Verdict(Outcome.FAULT, f"{label}: {describe(again)}, so the sender keeps retrying for days")
    after = run.count()
    if before is None or after is None:
        return _by_answers(first, other, again)
    return _by_count(after - before - 1, describe(again))


def _accepted(response: RawResponse) -> RawResponse:
    raise_if_rate_limited(response)
    if not ACCEPTED.is_met_by(response):
        raise Inconclusive(f"a valid delivery was not accepted: {describe(response)}")
    return response


def _by_count(handled: int, description: str) -> Verdict:
    if handled < 1:
        raise Inconclusive("the number of handled deliveries did not grow after an accepted delivery")
    if handled > 1:
        return Verdict(Outcome.FAULT, f"handled {handled} times")
    return Verdict(Outcome.PASS, f"{description}, handled once")


def _by_answers(first: RawResponse, other: RawResponse, again: RawResponse) -> Verdict:
    if is_marked_duplicate(first) or is_marked_duplicate(other):
        raise Inconclusive(f"the response to a new delivery has {_MARKER}: {_NEEDS_COUNT}")
    if is_marked_duplicate(again):
        return Verdict(Outcome.PASS, f"responded {again.status} with {_MARKER}")
    if first.status == other.status != again.status:
        evidence = f"new: {first.status}, duplicate: {again.status}"
    elif first.body == other.body != again.body:
        evidence = f"responded {again.status}, with a different body than to new deliveries"
    elif _names(first) == _names(other) != _names(again):
        evidence = f"responded {again.status}, with different headers than to new deliveries"
    elif _DUPLICATE_WORDS.search(again.body) and not _DUPLICATE_WORDS.search(first.body + other.body):
        evidence = f"responded {again.status}, with a body that mentions a duplicate"
    else:
        raise Inconclusive(_NEEDS_COUNT)
    return Verdict(Outcome.PASS, evidence, Certainty.LIKELY)


def _names(response: RawResponse) -> set[str]:
    return {name.lower() for name, _ in response.headers}


def _in_flight(run: ProbeRun) -> Verdict:
    before = run.count()
    request = run.sender.delivery()
    responses = run.send_together(f"{CONCURRENT_REQUESTS} concurrent", request, CONCURRENT_REQUESTS)
    busy = [response for response in responses if _is_in_flight(response)]
    bad = [response for response in responses if response not in busy and not ACCEPTED.is_met_by(response)]
    if bad:
        return Verdict(Outcome.FAULT, f"one of {CONCURRENT_REQUESTS} concurrent: {describe(bad[0])}")
    if len(busy) == len(responses):
        return Verdict(Outcome.FAULT, f"all {CONCURRENT_REQUESTS} concurrent: {describe(busy[0])}")
    later = run.send("again, later", request)
    if not ACCEPTED.is_met_by(later):
        return Verdict(Outcome.FAULT, f"again, later: {describe(later)}")
    after = run.count()
    if before is not None and after is not None:
        return _by_count(after - before, f"responded {_statuses(responses)}")
    unmarked = [response for response in responses if not (response in busy or is_marked_duplicate(response))]
    if not unmarked:
        raise Inconclusive(f"every response is in flight or has {_MARKER}: {_NEEDS_COUNT}")
    if len(unmarked) == 1 and is_marked_duplicate(later):
        return Verdict(Outcome.PASS, f"responded {_statuses(responses)}, all but one in flight or {_MARKER}")
    if not busy:
        raise Inconclusive(_NEEDS_COUNT)
    return Verdict(Outcome.PASS, f"responded {_statuses(responses)}", Certainty.LIKELY)


def _is_in_flight(response: RawResponse) -> bool:
    is_error = 400 <= response.status < 600  # the statuses that a receiver's in_flight_status may have
    return response.status in _IN_FLIGHT or (is_error and bool(response.header("retry-after")))


def _statuses(responses: list[RawResponse]) -> str:
    return ", ".join(sorted({str(response.status) for response in responses}))


def _after_failure(run: ProbeRun) -> Verdict:
    failed, request = _failing(run)
    before = run.count()
    again = run.send("the retry", request)
    raise_if_rate_limited(again)
    if not ACCEPTED.is_met_by(again):
        if _is_in_flight(again) and not (again.status == failed.status and again.body == failed.body):
            raise Inconclusive(f"{describe(failed)}, then {again.status}, as if it were still in flight")
        return Verdict(Outcome.PASS, f"{describe(failed)}, and processed it again")
    after = run.count()
    if before is None or after is None:
        certainty = Certainty.CERTAIN if is_marked_duplicate(again) else Certainty.LIKELY
        return Verdict(Outcome.FAULT, _lost(failed, again), certainty)
    if after > before:
        return Verdict(Outcome.PASS, f"{describe(failed)}, and handled the retry")
    return Verdict(Outcome.FAULT, _lost(failed, again))


def _lost(failed: RawResponse, again: RawResponse) -> str:
    return f"{describe(failed)}, then {again.status} to the retry: the delivery is lost"


def _failing(run: ProbeRun) -> tuple[RawResponse, SignedRequest]:
    for request in _candidates(run):
        response = run.send("a body on which the handler fails", request)
        raise_if_rate_limited(response)
        if response.status >= 500 or (run.failing_body is not None and not ACCEPTED.is_met_by(response)):
            return response, request
    raise Inconclusive("the handler did not fail: pass a body on which it fails with --failing-body")


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
        "senders retry when a response is lost, and an attacker may replay a delivery",
        _duplicate,
    ),
    _check(
        "retry",
        "the same message, re-signed",
        "2xx, handled once",
        "a retry has a new timestamp and signature, but the same message id",
        _retry,
    ),
    _check(
        "in-flight",
        f"the same delivery {CONCURRENT_REQUESTS} times concurrently",
        "2xx, 409, or an error with Retry-After, handled once",
        "after a timeout, a sender retries while the first attempt is still being handled",
        _in_flight,
    ),
    _check(
        "after-failure",
        "the retry of a delivery on which the handler failed",
        "not 2xx unless handled",
        "a receiver that records a message before handling it loses it when the handler fails",
        _after_failure,
    ),
)
