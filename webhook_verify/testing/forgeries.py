"""The invalid requests of `ReceiverContract`, derived from a valid one.

The headers that the signature covers depend on the scheme. A header counts as covered if changing it changes
the result of the scheme's parser.
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
    """A request that cannot be derived, because the scheme does not sign the part that it changes."""


@safe_repr
@dataclass(frozen=True)
class Genuine:
    """A valid request, with everything that is necessary to derive others from it.

    Attributes:
        request: The valid request.
        signer: The signer of the request.
        stranger: Returns a signer with a secret that the receiver does not have.
        tolerance: The receiver's timestamp tolerance in seconds.
        url: The URL to sign.
    """

    request: SignedRequest
    signer: Signer
    stranger: Callable[[], Signer]
    tolerance: float
    url: str

    @property
    def another(self) -> SignedRequest:
        """A valid request with another id, body and timestamp."""
        body = b'{"other":true}' if _is_json(self.request.body) else b"other=true"
        return signed(body, self.signer, timestamp=self.signer.now() + 1, url=self.url)

    @property
    def covered(self) -> list[str]:
        """The headers that the signature covers, and the signature header."""
        if not self.request.headers:
            return []  # The body contains the signature.
        expected, names = self._signed_fields(self.request), list[str]()
        for name, other in self.another.headers:
            changes = self.request.replaced(name, other), self.request.without(name)
            if any(self._signed_fields(changed) != expected for changed in changes):
                names.append(name)
        return names

    def _signed_fields(self, request: SignedRequest) -> tuple[object, ...] | None:
        scheme = self.signer.scheme
        try:
            parsed = scheme.parse_headers(dict(request.headers), self.url, "POST")
        except RejectedDelivery:
            return None
        return parsed[0 if scheme.signs_id else 1 : 5]


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
            raise NotApplicable("the scheme does not sign a timestamp")
        if future and scheme.accept_future_timestamps:
            raise NotApplicable("the scheme accepts timestamps in the future")
        seconds = genuine.tolerance if future else max(genuine.tolerance, retry_window(scheme))
        changed = change(genuine.request, seconds + 60)
        if scheme.has_timestamp_in_body and changed.body == genuine.request.body:
            raise NotApplicable("the timestamp is part of the payload, which cannot be changed")
        yield changed

    return make


def _each_header(change: Callable[[SignedRequest, str], SignedRequest]) -> Make:
    """Change each covered header in turn."""

    def make(genuine: Genuine) -> Iterator[SignedRequest]:
        covered = genuine.covered
        if not covered:
            raise NotApplicable("the signature covers no header")
        for name in covered:
            yield change(genuine.request, name)

    return make


def _each_from_another(change: Callable[[SignedRequest, str, str], SignedRequest]) -> Make:
    """Change each covered header in turn, using its value in another delivery."""

    def make(genuine: Genuine) -> Iterator[SignedRequest]:
        covered = genuine.covered
        own, other = dict(genuine.request.headers), dict(genuine.another.headers if covered else ())
        differing = [name for name in covered if own[name] != other[name]]
        if not differing:
            raise NotApplicable("the covered headers are the same in every delivery")
        if change is SignedRequest.replaced and len(covered) == 1 and not genuine.signer.scheme.signs_body:
            raise NotApplicable("the only covered header is all of a delivery")
        for name in differing:
            yield change(genuine.request, name, other[name])

    return make


def _of_another(genuine: Genuine) -> Iterator[SignedRequest]:
    if not genuine.signer.scheme.signs_body:
        raise NotApplicable("the scheme does not sign the body")
    if genuine.signer.scheme.has_signature_in_body:
        raise NotApplicable("the signature is in the body")
    yield genuine.request.with_headers(genuine.another.headers)


def _by_stranger(genuine: Genuine) -> Iterator[SignedRequest]:
    yield signed(genuine.request.body, genuine.stranger(), url=genuine.url)


def _unsigned(genuine: Genuine) -> Iterator[SignedRequest]:
    yield genuine.request.unsigned()


FORGERIES: dict[str, Make] = {
    "unsigned": _unsigned,
    "signed with another secret": _by_stranger,
    "body changed": _body(SignedRequest.tampered),
    "body with extra bytes": _body(lambda request: request.with_body(request.body + b"x")),
    "body empty": _body(lambda request: request.with_body(b"")),
    "headers of another delivery": _of_another,
    "stale": _time(SignedRequest.stale, future=False),
    "from the future": _time(SignedRequest.future, future=True),
    "a header is missing": _each_header(SignedRequest.without),
    "a header is whitespace": _each_header(lambda request, name: request.replaced(name, " ")),
    "a header from another delivery": _each_from_another(SignedRequest.replaced),
    "a duplicate header with another value": _each_from_another(SignedRequest.doubled),
}
"""Invalid requests, by the id of the test. Each must be rejected with a 4xx and must not run the handler."""

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
    "not a number": "NaN",
    "a number of 30 digits": "9" * 30,
    "Latin-1": "v1,\xe9\xff",
    "10 kB": "A" * 10_000,
    "1000 signatures": "v1,AAAA " * 1000,
}
"""Malformed header values. A covered header must not be accepted with them, and none may cause a 5xx."""
