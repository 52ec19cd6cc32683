"""The rows of how a body arrives: in what shape and size, how slowly, by what method."""

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
"""The pause between the pieces of a body, which keeps them apart on their way."""

SLOW_SECONDS = 10.0
"""How long the body of the slow row takes."""

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
        raise NotApplicable("over TLS a client cannot close its side alone")
    request = sender.delivery()
    head = sender.head_with_framing(request, f"Content-Length: {len(request.body) + 9}")
    yield CheckCase(
        "shorter than its length says", request, RawRequest(head + request.body, half_closes=True)
    )


def _empty(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("signed, without a body", sender.delivery(body=b""))


def _no_utf8(sender: Sender) -> Iterator[CheckCase]:
    yield CheckCase("signed, in no UTF-8", sender.delivery(body=b'{"type":"probe.test","name":"\xff\xfe"}'))


def _wrong_method(sender: Sender) -> Iterator[CheckCase]:
    handshake = sender.scheme.handshake
    for method in _METHODS:
        if handshake is None or method not in handshake.methods:
            request = sender.delivery()
            yield CheckCase(method, request, sender.post(request, method=method))


def _oversize(run: ProbeRun) -> Verdict:
    sender = run.sender
    request = sender.delivery(body=pad_body(sender.delivery().body, run.oversize))
    size = f"{run.oversize} bytes"
    chunks = _split_into_chunks(request.body, _PIECE)
    cases = [
        CheckCase(f"{size} by their length", request, sender.post(request, chunks=chunks)),
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
        "a genuine body in chunks",
        ACCEPTED,
        "a proxy between may send it so, and a server that knows no chunks sees an empty body",
        _chunked,
    ),
    _check(
        "expect-continue",
        Severity.MINOR,
        "Expect: 100-continue",
        ACCEPTED,
        "some HTTP clients ask before they send a body, and wait for the answer",
        _continue,
    ),
    _check(
        "dripped-body",
        Severity.SERIOUS,
        "a genuine body in pieces",
        ACCEPTED,
        "a body comes in as many packets as the network likes: who reads once reads a part",
        _dripped,
    ),
    _check(
        "slow-body",
        Severity.MINOR,
        "a genuine body within 10 s",
        ANSWERED_OR_CLOSED,
        "slow is no reason to fail; to take it or to cut it off are both good answers",
        _slow,
        slow=True,
    ),
    _check(
        "cut-body",
        Severity.MINOR,
        "a body that ends too early",
        REFUSED_OR_CLOSED,
        "what did not arrive whole was not delivered",
        _cut,
    ),
    _check(
        "empty-body",
        Severity.MINOR,
        "a genuine empty body",
        ANSWERED,
        "the sender retries what fails for days, though it will never succeed",
        _empty,
    ),
    _check(
        "no-utf8",
        Severity.MINOR,
        "a genuine body in no UTF-8",
        ANSWERED,
        "to decode may fail: the signature is over bytes, and the answer to a bad payload is 4xx",
        _no_utf8,
    ),
    ProbeCheck(
        "oversize-body",
        Group.TRANSPORT,
        Severity.SERIOUS,
        "a body far too large",
        REFUSED_OR_CLOSED,
        "without a limit one request takes all the memory; best is 413 before it is read",
        judge=_oversize,
    ),
    _check(
        "wrong-method",
        Severity.MINOR,
        "signed GET, PUT, PATCH, DELETE",
        NO_ENTRY,
        "deliveries are POSTs: an answer of 2xx to anything else hides a wrong configuration",
        _wrong_method,
    ),
)
