"""What a receiver must refuse: the rows of :class:`ReceiverContract`, made of a genuine request.

Which headers the signature covers differs by scheme, so it is found out from the scheme itself: a header
counts as covered if what the scheme reads changes with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from webhook_verify.errors import RejectedDelivery
from webhook_verify.schemes import retry_window
from webhook_verify.signer import Signer
from webhook_verify.testing.requests import SignedRequest, signed
from webhook_verify.tracebacks import safe_repr

__all__ = ["DEFECTS", "FORGERIES", "Genuine", "NotApplicable"]


class NotApplicable(Exception):
    """The scheme does not sign what the row is about. Its message says so."""


@safe_repr
@dataclass(frozen=True)
class Genuine:
    """A genuine request, and all that is needed to make others like it. ``tolerance`` is in seconds."""

    request: SignedRequest
    signer: Signer
    stranger: Callable[[], Signer]
    tolerance: float
    url: str

    @property
    def another(self) -> SignedRequest:
        """A genuine request with another id, body and timestamp."""
        body = b'{"other":true}' if _is_json(self.request.body) else b"other=true"
        return signed(body, self.signer, timestamp=self.signer.now() + 1, url=self.url)

    @property
    def covered(self) -> list[str]:
        """The headers that the signature covers, and its own."""
        if not self.request.headers:
            return []  # all is in the body
        genuine, found = self._reading(self.request), list[str]()
        for name, other in self.another.headers:
            changes = self.request.replaced(name, other), self.request.without(name)
            if any(self._reading(changed) != genuine for changed in changes):
                found.append(name)
        return found

    def _reading(self, request: SignedRequest) -> tuple[object, ...] | None:
        scheme = self.signer.scheme
        try:
            reading = scheme.parse_headers(dict(request.headers), self.url, "POST")
        except RejectedDelivery:
            return None
        return reading[0 if scheme.signs_id else 1 : 5]


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


Make = Callable[[Genuine], Iterator[SignedRequest]]


def _body(change: Callable[[SignedRequest], SignedRequest]) -> Make:
    def make(genuine: Genuine) -> Iterator[SignedRequest]:
        if not genuine.signer.scheme.signs_body:
            raise NotApplicable("the scheme does not sign the body")
        yield change(genuine.request)

    return make


def _time(change: Callable[[SignedRequest, float], SignedRequest], *, future: bool) -> Make:
    def make(genuine: Genuine) -> Iterator[SignedRequest]:
        scheme = genuine.signer.scheme
        if not scheme.signs_timestamp:
            raise NotApplicable("the scheme signs no timestamp")
        if future and scheme.accept_future_timestamps:
            raise NotApplicable("the scheme does not refuse timestamps from the future")
        seconds = genuine.tolerance if future else max(genuine.tolerance, retry_window(scheme))
        changed = change(genuine.request, seconds + 60)
        if scheme.has_timestamp_in_body and changed.body == genuine.request.body:
            raise NotApplicable("the timestamp is in the payload, and is the payload's own")
        yield changed

    return make


def _each_header(change: Callable[[SignedRequest, str], SignedRequest]) -> Make:
    """A change of each covered header in turn."""

    def make(genuine: Genuine) -> Iterator[SignedRequest]:
        covered = genuine.covered
        if not covered:
            raise NotApplicable("nothing is signed in a header")
        for name in covered:
            yield change(genuine.request, name)

    return make


def _each_from_another(change: Callable[[SignedRequest, str, str], SignedRequest]) -> Make:
    """As :func:`_each_header`, with the header's value in another delivery."""

    def make(genuine: Genuine) -> Iterator[SignedRequest]:
        covered = genuine.covered
        own, other = dict(genuine.request.headers), dict(genuine.another.headers if covered else ())
        differing = [name for name in covered if own[name] != other[name]]
        if not differing:
            raise NotApplicable("the headers are the same in every delivery")
        for name in differing:
            yield change(genuine.request, name, other[name])

    return make


def _of_another(genuine: Genuine) -> Iterator[SignedRequest]:
    if not genuine.signer.scheme.signs_body:
        raise NotApplicable("the scheme does not sign the body")
    yield genuine.request.with_headers(genuine.another.headers)


def _by_stranger(genuine: Genuine) -> Iterator[SignedRequest]:
    yield signed(genuine.request.body, genuine.stranger(), url=genuine.url)


def _unsigned(genuine: Genuine) -> Iterator[SignedRequest]:
    yield genuine.request.unsigned()


FORGERIES: dict[str, Make] = {
    "unsigned": _unsigned,
    "signed with another secret": _by_stranger,
    "body changed": _body(SignedRequest.tampered),
    "body with something behind it": _body(lambda request: request.with_body(request.body + b"x")),
    "body empty": _body(lambda request: request.with_body(b"")),
    "headers of another delivery": _of_another,
    "stale": _time(SignedRequest.stale, future=False),
    "from the future": _time(SignedRequest.future, future=True),
    "a header is missing": _each_header(SignedRequest.without),
    "a header is blank": _each_header(lambda request, name: request.replaced(name, " ")),
    "a header is another delivery's": _each_from_another(SignedRequest.replaced),
    "a header stands twice, differently": _each_from_another(SignedRequest.doubled),
}
"""Each must be refused with a 4xx, and must not reach the handler."""

DEFECTS: dict[str, str] = {
    "empty": "",
    "a comma": ",",
    "a version alone": "v1,",
    "a field without a value": "t=,v1=",
    "padding alone": "v1,====",
    "a word": "null",
    "zero": "0",
    "a negative number": "-1",
    "a number with an exponent": "1e9",
    "no number": "NaN",
    "a number of 30 digits": "9" * 30,
    "Latin-1": "v1,\xe9\xff",
    "10 kB": "A" * 10_000,
    "1000 signatures": "v1,AAAA " * 1000,
}
"""Values that a header may be given; no covered one may be accepted, and none may fail the receiver."""
