"""The rows of what all the answers together give away, and of the receiver after all that was sent."""

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
_MIN_SECRET_CHARS = 8  # a shorter text may stand in any answer


def _still_alive(run: ProbeRun) -> Verdict:
    return judge_responses(run, ACCEPTED, [CheckCase("a genuine delivery", run.sender.delivery())])


def _not_handled(run: ProbeRun) -> Verdict:
    if run.handled_by_forged is None:
        raise Inconclusive("the status does not tell: count what is handled, with --count-url or --handled")
    accepted = sum(
        ACCEPTED.is_met_by(exchange.response) for exchange in run.exchanges if exchange.group in _FORGED
    )
    too_many = run.handled_by_forged - accepted
    if too_many > 0:
        return Verdict(Outcome.FAULT, f"refused, but handled: {too_many}")
    return Verdict(Outcome.PASS, "no refused one was handled")


_FORGED = (Group.FORGED, Group.MALFORMED)


def _no_trace(run: ProbeRun) -> Verdict:
    faults = {
        f"{exchange.check}, {exchange.label}: {name}": None
        for exchange in run.exchanges
        for name, trace in _TRACE_PATTERNS.items()
        if trace.search(exchange.response.body)
    }
    return _verdict(list(faults), "no answer shows its code")


def _no_oracle(run: ProbeRun) -> Verdict:
    faults = [
        f"{exchange.check}, {exchange.label}: the answer holds the {what}"
        for exchange in run.exchanges
        for what in _leaks(run.sender, exchange)
    ]
    return _verdict(faults, "no answer helps to forge")


def _verdict(faults: list[str], otherwise: str) -> Verdict:
    if not faults:
        return Verdict(Outcome.PASS, otherwise)
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Verdict(Outcome.FAULT, faults[0] + more, faults=tuple(faults))


def _leaks(sender: Sender, exchange: Exchange) -> Iterator[str]:
    """What of the secrets the answer tells beyond what was sent."""
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
        yield "right signature"


def _secret_texts(sender: Sender) -> Iterator[str]:
    for secret in sender.secrets:
        for text in (secret, secret.partition("_")[2]):
            if len(text) >= _MIN_SECRET_CHARS:
                yield text
                yield from (other for other, _ in signature_encodings(text))


def _expected_signatures(sender: Sender, exchange: Exchange) -> Iterator[str]:
    """The signatures that would have been right for what was sent, in all spellings."""
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
        raise Inconclusive("each answer holds something new, so that they cannot be compared")
    bodies = dict[int, dict[bytes, str]]()
    for exchange in run.exchanges:
        if exchange.check in _ALIKE and REFUSED.is_met_by(exchange.response):
            bodies.setdefault(exchange.response.status, {}).setdefault(exchange.response.body, exchange.label)
    for status, labels in bodies.items():
        if len(labels) > 1:
            apart = " and ".join(list(labels.values())[:2])
            return Verdict(Outcome.FAULT, f"{status} tells apart: {apart}")
    return Verdict(Outcome.PASS, "all of one status are the same")


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
        "(all forged and malformed)",
        Expectation("not handled"),
        "a handler that runs before the check has done what the forger wanted, whatever is answered",
        _not_handled,
    ),
    _check(
        "no-oracle",
        Severity.CRITICAL,
        "(all answers)",
        Expectation("no secret, no right signature"),
        "an answer that tells which signature was expected signs for everybody",
        _no_oracle,
    ),
    _check(
        "no-trace",
        Severity.SERIOUS,
        "(all answers)",
        Expectation("no stack trace"),
        "a stack trace shows code, paths and sometimes secrets, and that a debug mode is on",
        _no_trace,
    ),
    _check(
        "one-refusal",
        Severity.MINOR,
        "(the answers to forgeries)",
        Expectation("one body for each status"),
        "an answer that tells the reason tells a forger how near he came",
        _one_refusal,
    ),
    _check(
        "still-alive",
        Severity.SERIOUS,
        "a genuine delivery, after all that",
        ACCEPTED,
        "nothing that anybody sends may end the service, or have its sender locked out",
        _still_alive,
    ),
)
