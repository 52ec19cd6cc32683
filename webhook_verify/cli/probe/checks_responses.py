"""The rows of what all the answers together give away, and of the receiver after all that was sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import chain

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    REFUSED,
    Case,
    Grade,
    Group,
    Must,
    NotSeen,
    Outcome,
    Seen,
    Severity,
    Tried,
    Verdict,
)
from webhook_verify.cli.probe.judging import judged
from webhook_verify.cli.probe.sender import Sender
from webhook_verify.cli.probe.signatures import spellings
from webhook_verify.errors import RejectedDelivery
from webhook_verify.schemes import Scheme

__all__ = ["GRADES"]

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
_TRACE = {name: re.compile(pattern) for name, pattern in _TRACES.items()}
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


def _still_alive(tried: Tried) -> Verdict:
    return judged(tried, ACCEPTED, [Case("a genuine delivery", tried.sender.delivery())])


def _not_handled(tried: Tried) -> Verdict:
    if tried.handled_by_forged is None:
        raise NotSeen("the status does not tell: count what is handled, with --count-url or --handled")
    accepted = sum(ACCEPTED.holds(seen.answer) for seen in tried.seen if seen.group in _FORGED)
    too_many = tried.handled_by_forged - accepted
    if too_many > 0:
        return Verdict(Outcome.FAULT, f"refused, but handled: {too_many}")
    return Verdict(Outcome.PASS, "no refused one was handled")


_FORGED = (Group.FORGED, Group.MALFORMED)


def _no_trace(tried: Tried) -> Verdict:
    found = {
        f"{seen.grade}, {seen.label}: {name}": None
        for seen in tried.seen
        for name, trace in _TRACE.items()
        if trace.search(seen.answer.body)
    }
    return _of_found(list(found), "no answer shows its code")


def _no_oracle(tried: Tried) -> Verdict:
    found = [
        f"{seen.grade}, {seen.label}: the answer holds the {what}"
        for seen in tried.seen
        for what in _told_by(tried.sender, seen)
    ]
    return _of_found(found, "no answer helps to forge")


def _of_found(faults: list[str], otherwise: str) -> Verdict:
    if not faults:
        return Verdict(Outcome.PASS, otherwise)
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    return Verdict(Outcome.FAULT, faults[0] + more, faults=tuple(faults))


def _told_by(sender: Sender, seen: Seen) -> Iterator[str]:
    """What of the secrets the answer tells beyond what was sent."""
    body = seen.answer.body
    if len(body) < _MIN_SECRET_CHARS:
        return
    sent = seen.request.body + "\n".join(value for _, value in seen.request.headers).encode(
        "utf-8", "replace"
    )
    if any(text.encode() in body for text in _secret_texts(sender) if text.encode() not in sent):
        yield "secret"
    if any(text.encode() in body for text in _right(sender, seen) if text.encode() not in sent):
        yield "right signature"


def _secret_texts(sender: Sender) -> Iterator[str]:
    for secret in sender.secrets:
        for text in (secret, secret.partition("_")[2]):
            if len(text) >= _MIN_SECRET_CHARS:
                yield text
                yield from (other for other, _ in spellings(text))


def _right(sender: Sender, seen: Seen) -> Iterator[str]:
    """The signatures that would have been right for what was sent, in all spellings."""
    before_and_after = _around(sender.scheme, seen, sender.url)
    if before_and_after is None or not sender.scheme.signs_body:
        return
    before, after = before_and_after
    for key in chain(sender.keys, sender.old_keys):
        for text, _ in spellings(key.sign(before + seen.request.body + after)):
            yield text


def _around(scheme: Scheme, seen: Seen, url: str) -> tuple[bytes, bytes] | None:
    try:
        reading = scheme.parse_headers(dict(seen.request.headers), url, "POST")
    except RejectedDelivery:
        return None
    return reading[3], reading[4]


def _one_refusal(tried: Tried) -> Verdict:
    key = tried.sender.stranger()
    twice = [tried.send("another secret", tried.sender.delivery([key])).body for _ in range(2)]
    if twice[0] != twice[1]:
        raise NotSeen("each answer holds something new, so that they cannot be compared")
    bodies = dict[int, dict[bytes, str]]()
    for seen in tried.seen:
        if seen.grade in _ALIKE and REFUSED.holds(seen.answer):
            bodies.setdefault(seen.answer.status, {}).setdefault(seen.answer.body, seen.label)
    for status, labels in bodies.items():
        if len(labels) > 1:
            apart = " and ".join(list(labels.values())[:2])
            return Verdict(Outcome.FAULT, f"{status} tells apart: {apart}")
    return Verdict(Outcome.PASS, "all of one status are the same")


def _grade(
    name: str, severity: Severity, sends: str, must: Must, why: str, judge: Callable[[Tried], Verdict]
) -> Grade:
    return Grade(name, Group.ANSWERS, severity, sends, must, why, judge=judge)


GRADES = (
    _grade(
        "not-handled",
        Severity.CRITICAL,
        "(all forged and malformed)",
        Must("not handled"),
        "a handler that runs before the check has done what the forger wanted, whatever is answered",
        _not_handled,
    ),
    _grade(
        "no-oracle",
        Severity.CRITICAL,
        "(all answers)",
        Must("no secret, no right signature"),
        "an answer that tells which signature was expected signs for everybody",
        _no_oracle,
    ),
    _grade(
        "no-trace",
        Severity.SERIOUS,
        "(all answers)",
        Must("no stack trace"),
        "a stack trace shows code, paths and sometimes secrets, and that a debug mode is on",
        _no_trace,
    ),
    _grade(
        "one-refusal",
        Severity.MINOR,
        "(the answers to forgeries)",
        Must("one body for each status"),
        "an answer that tells the reason tells a forger how near he came",
        _one_refusal,
    ),
    _grade(
        "still-alive",
        Severity.SERIOUS,
        "a genuine delivery, after all that",
        ACCEPTED,
        "nothing that anybody sends may end the service, or have its sender locked out",
        _still_alive,
    ),
)
