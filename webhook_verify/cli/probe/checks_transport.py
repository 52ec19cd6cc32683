"""Checks of the HTTP transport: framing, size and speed of the body, and the method."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    ANSWERED,
    ANSWERED_OR_CLOSED,
    NO_ENTRY,
    REFUSED_OR_CLOSED,
    CheckCase,
    Expectation,
    Group,
    ProbeCheck,
    ProbeRun,
    Severity,
    Verdict,
)
from webhook_verify.cli.probe.judging import judge_responses
from webhook_verify.cli.probe.payload import pad_body
from webhook_verify.cli.probe.raw_http import RawRequest
from webhook_verify.cli.probe.sender import NotApplicable, Sender

__all__ = ["CHECKS", "DRIP_SECONDS", "SLOW_SECONDS"]

DRIP_SECONDS = 0.05
"""The pause between the pieces of a body, so that they arrive in separate packets."""

SLOW_SECONDS = 10.0
"""The time that the body of the slow check takes."""

_PIECE = 65_536
_METHODS = ("GET", "PUT", "PATCH", "DELETE")


def _split_into_chunks(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def _chunked(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    yield CheckCase("in chunks", request, sender.chunked(request, _split_into_chunks(request.body, 40)))


def _continue(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    head = sender.head_with_framing(request, f"Content-Length: {len(request.body)}", "Expect: 100-continue")
    yield CheckCase(
        "with Expect: 100-continue", request, RawRequest(head, (request.body,), expects_continue=True)
    )


def _dripped(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    chunks = _split_into_chunks(request.body, max(1, len(request.body) // 5))
    yield CheckCase("in pieces", request, sender.post(request, chunks=chunks, pause=DRIP_SECONDS))


def _slow(sender: Sender) -> Iterator[CheckCase]:
    request = sender.delivery()
    chunks = _split_into_chunks(request.body, max(1, len(request.body) // 10))
    yield CheckCase("slowly", request, sender.post(request, chunks=chunks, pause=SLOW_SECONDS / 10))


def _cut(sender: Sender) -> Iterator[CheckCase]:
    if sender.endpoint.tls:
        raise NotApplicable("a TLS client cannot close only its sending side")
    request = sender.delivery()
    head = sender.head_with_framing(request, f"Content-Length: {len(request.body) + 9}")
    yield CheckCase(
        "shorter than its Content-Length", request, RawRequest(head + request.body, half_closes=True)
    )


def _empty(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("signed, without a body", sender.delivery(body=b""))


def _no_utf8(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("signed invalid UTF-8", sender.delivery(body=b'{"type":"probe.test","name":"\xff\xfe"}'))


def _wrong_method(sender: Sender) -> Iterator[CheckCase]:
    handshake = sender.scheme.handshake
    for method in _METHODS:
        if method not in sender.scheme.methods and (handshake is None or method not in handshake.methods):
            request = sender.delivery()
            yield CheckCase(method, request, sender.post(request, method=method))


def _oversize(run: ProbeRun) -> Verdict:
    sender = run.sender
    request = sender.delivery(body=pad_body(sender.delivery().body, run.oversize))
    size = f"{run.oversize} bytes"
    chunks = _split_into_chunks(request.body, _PIECE)
    cases = [
        CheckCase(f"{size} with Content-Length", request, sender.post(request, chunks=chunks)),
        CheckCase(f"{size} in chunks", request, sender.chunked(request, chunks)),
    ]
    return judge_responses(run, REFUSED_OR_CLOSED, cases)


def _check(
    name: str,
    severity: Severity,
    sends: str,
    expected: Expectation,
    why: str,
    cases: Callable[[Sender], Iterator[CheckCase]],
    *,
    slow: bool = False,
) -> ProbeCheck:
    return ProbeCheck(name, Group.TRANSPORT, severity, sends, expected, why, cases, slow=slow)


CHECKS = (
    _check(
        "chunked-body",
        Severity.MINOR,
        "a valid body with chunked encoding",
        ACCEPTED,
        "a proxy may use chunked encoding, and a server without support for it sees an empty body",
        _chunked,
    ),
    _check(
        "expect-continue",
        Severity.MINOR,
        "Expect: 100-continue",
        ACCEPTED,
        "some HTTP clients wait for a 100 Continue response before they send the body",
        _continue,
    ),
    _check(
        "dripped-body",
        Severity.SERIOUS,
        "a valid body in several packets",
        ACCEPTED,
        "a body may arrive in several packets: a single read returns only a part of it",
        _dripped,
    ),
    _check(
        "slow-body",
        Severity.MINOR,
        "a valid body over 10 s",
        ANSWERED_OR_CLOSED,
        "a slow body must not make the receiver fail; it may accept it or close the connection",
        _slow,
        slow=True,
    ),
    _check(
        "cut-body",
        Severity.MINOR,
        "a truncated body",
        REFUSED_OR_CLOSED,
        "an incomplete body must not be accepted as a delivery",
        _cut,
    ),
    _check(
        "empty-body",
        Severity.MINOR,
        "a correctly signed empty body",
        ANSWERED,
        "on a 5xx response the sender retries for days, though a retry never succeeds",
        _empty,
    ),
    _check(
        "no-utf8",
        Severity.MINOR,
        "a correctly signed body with invalid UTF-8",
        ANSWERED,
        "the signature covers bytes, and decoding may fail: respond to an invalid payload with 4xx",
        _no_utf8,
    ),
    ProbeCheck(
        "oversize-body",
        Group.TRANSPORT,
        Severity.SERIOUS,
        "an oversize body",
        REFUSED_OR_CLOSED,
        "without a limit, one request can exhaust the memory; the best response is 413 before reading it",
        judge=_oversize,
    ),
    _check(
        "wrong-method",
        Severity.MINOR,
        "signed GET, PUT, PATCH, DELETE",
        NO_ENTRY,
        "deliveries are POST requests: a 2xx response to another method hides a misconfiguration",
        _wrong_method,
    ),
)
