"""Checks of all responses together: leaks, side effects, and whether the receiver still works."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    REFUSED,
    CheckCase,
    Exchange,
    Expectation,
    Group,
    Inconclusive,
    Outcome,
    ProbeCheck,
    ProbeRun,
    Severity,
    Verdict,
)
from webhook_verify.cli.probe.judging import judge_responses
from webhook_verify.cli.probe.sender import Sender
from webhook_verify.cli.probe.signatures import signature_encodings
from webhook_verify.errors import RejectedDelivery
from webhook_verify.schemes import Scheme

__all__ = ["CHECKS"]

_TRACES = {
    "a Python traceback": rb"Traceback \(most recent call last\)|/site-packages/",
    "a debugger": rb"Werkzeug Debugger|DJANGO_SETTINGS_MODULE|__debugger__|Whoops|better-errors",
    "a JavaScript stack": rb"\n\s+at .{1,200}:\d+:\d+|<br>\s*(?:&nbsp;\s*)+at |/node_modules/",
    "a Java stack": rb"\bat [\w.$]{3,200}\([\w]+\.(?:java|kt|scala):\d+\)",
    "a .NET stack": rb"\n\s+at [\w.`]{3,200}\(.{0,200}\) in |System\.[\w.]{3,80}Exception",
    "a Ruby stack": rb"\.rb:\d+:in [`']",
    "a PHP error": rb"<b>(?:Fatal error|Warning|Notice)</b>:|Stack trace:\n#0 ",
    "a Go stack": rb"goroutine \d+ \[|\.go:\d+ \+0x",
}
_TRACE_PATTERNS = {name: re.compile(pattern) for name, pattern in _TRACES.items()}
_ALIKE = (
    "tampered-body",
    "changed-id",
    "changed-timestamp",
    "stale",
    "future",
    "wrong-secret",
    "zero-signature",
)
_MIN_SECRET_CHARS = 8  # a shorter text may be in any response by chance


def _still_alive(run: ProbeRun) -> Verdict:
    return judge_responses(run, ACCEPTED, [CheckCase("a valid delivery", run.sender.delivery())])


def _not_handled(run: ProbeRun) -> Verdict:
    if run.handled_by_forged is None:
        raise Inconclusive(
            "the status does not show it: count handled deliveries with --count-url or --handled"
        )
    accepted = sum(
        ACCEPTED.is_met_by(exchange.response) for exchange in run.exchanges if exchange.group in _FORGED
    )
    too_many = run.handled_by_forged - accepted
    if too_many > 0:
        return Verdict(Outcome.FAULT, f"{too_many} refused deliveries were handled")
    return Verdict(Outcome.PASS, "no refused delivery was handled")


_FORGED = (Group.FORGED, Group.MALFORMED)


def _no_trace(run: ProbeRun) -> Verdict:
    faults = {
        f"{exchange.check}, {exchange.label}: {name}": None
        for exchange in run.exchanges
        for name, trace in _TRACE_PATTERNS.items()
        if trace.search(exchange.response.body)
    }
    return _verdict(list(faults), "no response contains a stack trace")


def _no_oracle(run: ProbeRun) -> Verdict:
    faults = [
        f"{exchange.check}, {exchange.label}: the response contains the {leak}"
        for exchange in run.exchanges
        for leak in _leaks(run.sender, exchange)
    ]
    return _verdict(faults, "no response helps to forge a signature")


def _verdict(faults: list[str], pass_evidence: str) -> Verdict:
    if not faults:
        return Verdict(Outcome.PASS, pass_evidence)
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Verdict(Outcome.FAULT, faults[0] + more, faults=tuple(faults))


def _leaks(sender: Sender, exchange: Exchange) -> Iterator[str]:
    """Yield what the response leaks and the request did not contain: the secret, the valid signature."""
    body = exchange.response.body
    if len(body) < _MIN_SECRET_CHARS:
        return
    sent = exchange.request.body + "\n".join(value for _, value in exchange.request.headers).encode(
        "utf-8", "replace"
    )
    if any(text.encode() in body for text in _secret_texts(sender) if text.encode() not in sent):
        yield "secret"
    if any(
        text.encode() in body for text in _expected_signatures(sender, exchange) if text.encode() not in sent
    ):
        yield "valid signature"


def _secret_texts(sender: Sender) -> Iterator[str]:
    for secret in sender.secrets:
        for text in (secret, secret.partition("_")[2]):
            if len(text) >= _MIN_SECRET_CHARS:
                yield text
                yield from (other for other, _ in signature_encodings(text))


def _expected_signatures(sender: Sender, exchange: Exchange) -> Iterator[str]:
    """Yield the valid signatures for the request, in all encodings."""
    before_and_after = _content_around_body(sender.scheme, exchange, sender.url)
    if before_and_after is None or not sender.scheme.signs_body:
        return
    before, after = before_and_after
    for key in chain(sender.keys, sender.old_keys):
        for text, _ in signature_encodings(key.sign(before + exchange.request.body + after)):
            yield text


def _content_around_body(scheme: Scheme, exchange: Exchange, url: str) -> tuple[bytes, bytes] | None:
    try:
        parsed = scheme.parse_headers(dict(exchange.request.headers), url, "POST")
    except RejectedDelivery:
        return None
    return parsed[3], parsed[4]


def _one_refusal(run: ProbeRun) -> Verdict:
    key = run.sender.unknown_key()
    twice = [run.send("another secret", run.sender.delivery([key])).body for _ in range(2)]
    if twice[0] != twice[1]:
        raise Inconclusive("every response has a different body, so they cannot be compared")
    bodies = dict[int, dict[bytes, str]]()
    for exchange in run.exchanges:
        if exchange.check in _ALIKE and REFUSED.is_met_by(exchange.response):
            bodies.setdefault(exchange.response.status, {}).setdefault(exchange.response.body, exchange.label)
    for status, labels in bodies.items():
        if len(labels) > 1:
            apart = " and ".join(list(labels.values())[:2])
            return Verdict(Outcome.FAULT, f"{status} responses differ for: {apart}")
    return Verdict(Outcome.PASS, "all responses with the same status are equal")


def _check(
    name: str,
    severity: Severity,
    sends: str,
    expected: Expectation,
    why: str,
    judge: Callable[[ProbeRun], Verdict],
) -> ProbeCheck:
    return ProbeCheck(name, Group.ANSWERS, severity, sends, expected, why, judge=judge)


CHECKS = (
    _check(
        "not-handled",
        Severity.CRITICAL,
        "(all forged and malformed requests)",
        Expectation("not handled"),
        "a handler that runs before verification executes forged requests, even if the response is 4xx",
        _not_handled,
    ),
    _check(
        "no-oracle",
        Severity.CRITICAL,
        "(all responses)",
        Expectation("no secret, no valid signature"),
        "a response with the expected signature lets an attacker sign any request",
        _no_oracle,
    ),
    _check(
        "no-trace",
        Severity.SERIOUS,
        "(all responses)",
        Expectation("no stack trace"),
        "a stack trace leaks code, paths and sometimes secrets, and shows that debug mode is on",
        _no_trace,
    ),
    _check(
        "one-refusal",
        Severity.MINOR,
        "(all responses to forged requests)",
        Expectation("the same body for the same status"),
        "a response that contains the reason helps an attacker refine a forgery",
        _one_refusal,
    ),
    _check(
        "still-alive",
        Severity.SERIOUS,
        "a valid delivery, after all other checks",
        ACCEPTED,
        "no request may stop the service or lock out its sender",
        _still_alive,
    ),
)
