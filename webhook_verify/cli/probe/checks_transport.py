"""The rows of how a body arrives: in what shape and size, how slowly, by what method."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from webhook_verify.cli.probe.check import (
    ACCEPTED,
    ANSWERED,
    ANSWERED_OR_CLOSED,
    NO_ENTRY,
    REFUSED_OR_CLOSED,
    Case,
    Grade,
    Group,
    Must,
    Severity,
    Tried,
    Verdict,
)
from webhook_verify.cli.probe.judging import judged
from webhook_verify.cli.probe.payload import padded
from webhook_verify.cli.probe.raw_http import Sending
from webhook_verify.cli.probe.sender import LeftOut, Sender

__all__ = ["DRIP_SECONDS", "GRADES", "SLOW_SECONDS"]

DRIP_SECONDS = 0.05
"""The pause between the pieces of a body, which keeps them apart on their way."""

SLOW_SECONDS = 10.0
"""How long the body of the slow row takes."""

_PIECE = 65_536
_METHODS = ("GET", "PUT", "PATCH", "DELETE")


def _pieces(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def _chunked(sender: Sender) -> Iterator[Case]:
    request = sender.delivery()
    yield Case("in chunks", request, sender.chunked(request, _pieces(request.body, 40)))


def _continue(sender: Sender) -> Iterator[Case]:
    request = sender.delivery()
    head = sender.framed(request, f"Content-Length: {len(request.body)}", "Expect: 100-continue")
    yield Case("with Expect: 100-continue", request, Sending(head, (request.body,), waits=True))


def _dripped(sender: Sender) -> Iterator[Case]:
    request = sender.delivery()
    pieces = _pieces(request.body, max(1, len(request.body) // 5))
    yield Case("in pieces", request, sender.post(request, pieces=pieces, pause=DRIP_SECONDS))


def _slow(sender: Sender) -> Iterator[Case]:
    request = sender.delivery()
    pieces = _pieces(request.body, max(1, len(request.body) // 10))
    yield Case("slowly", request, sender.post(request, pieces=pieces, pause=SLOW_SECONDS / 10))


def _cut(sender: Sender) -> Iterator[Case]:
    if sender.endpoint.tls:
        raise LeftOut("over TLS a client cannot close its side alone")
    request = sender.delivery()
    head = sender.framed(request, f"Content-Length: {len(request.body) + 9}")
    yield Case("shorter than its length says", request, Sending(head + request.body, ends=True))


def _empty(sender: Sender) -> Iterator[Case]:
    yield Case("signed, without a body", sender.delivery(body=b""))


def _no_utf8(sender: Sender) -> Iterator[Case]:
    yield Case("signed, in no UTF-8", sender.delivery(body=b'{"type":"probe.test","name":"\xff\xfe"}'))


def _wrong_method(sender: Sender) -> Iterator[Case]:
    handshake = sender.scheme.handshake
    for method in _METHODS:
        if handshake is None or method not in handshake.methods:
            request = sender.delivery()
            yield Case(method, request, sender.post(request, method=method))


def _oversize(tried: Tried) -> Verdict:
    sender = tried.sender
    request = sender.delivery(body=padded(sender.delivery().body, tried.oversize))
    size = f"{tried.oversize} bytes"
    pieces = _pieces(request.body, _PIECE)
    cases = [
        Case(f"{size} by their length", request, sender.post(request, pieces=pieces)),
        Case(f"{size} in chunks", request, sender.chunked(request, pieces)),
    ]
    return judged(tried, REFUSED_OR_CLOSED, cases)


def _grade(
    name: str,
    severity: Severity,
    sends: str,
    must: Must,
    why: str,
    cases: Callable[[Sender], Iterator[Case]],
    *,
    slow: bool = False,
) -> Grade:
    return Grade(name, Group.TRANSPORT, severity, sends, must, why, cases, slow=slow)


GRADES = (
    _grade(
        "chunked-body",
        Severity.MINOR,
        "a genuine body in chunks",
        ACCEPTED,
        "a proxy between may send it so, and a server that knows no chunks sees an empty body",
        _chunked,
    ),
    _grade(
        "expect-continue",
        Severity.MINOR,
        "Expect: 100-continue",
        ACCEPTED,
        "some HTTP clients ask before they send a body, and wait for the answer",
        _continue,
    ),
    _grade(
        "dripped-body",
        Severity.SERIOUS,
        "a genuine body in pieces",
        ACCEPTED,
        "a body comes in as many packets as the network likes: who reads once reads a part",
        _dripped,
    ),
    _grade(
        "slow-body",
        Severity.MINOR,
        "a genuine body within 10 s",
        ANSWERED_OR_CLOSED,
        "slow is no reason to fail; to take it or to cut it off are both good answers",
        _slow,
        slow=True,
    ),
    _grade(
        "cut-body",
        Severity.MINOR,
        "a body that ends too early",
        REFUSED_OR_CLOSED,
        "what did not arrive whole was not delivered",
        _cut,
    ),
    _grade(
        "empty-body",
        Severity.MINOR,
        "a genuine empty body",
        ANSWERED,
        "the sender retries what fails for days, though it will never succeed",
        _empty,
    ),
    _grade(
        "no-utf8",
        Severity.MINOR,
        "a genuine body in no UTF-8",
        ANSWERED,
        "to decode may fail: the signature is over bytes, and the answer to a bad payload is 4xx",
        _no_utf8,
    ),
    Grade(
        "oversize-body",
        Group.TRANSPORT,
        Severity.SERIOUS,
        "a body far too large",
        REFUSED_OR_CLOSED,
        "without a limit one request takes all the memory; best is 413 before it is read",
        judge=_oversize,
    ),
    _grade(
        "wrong-method",
        Severity.MINOR,
        "signed GET, PUT, PATCH, DELETE",
        NO_ENTRY,
        "deliveries are POSTs: an answer of 2xx to anything else hides a wrong configuration",
        _wrong_method,
    ),
)
