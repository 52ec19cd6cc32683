"""Where the signature stands in a request, and what a forger puts in its place.

How a scheme writes its signatures is not asked of the scheme but found: what it reads of the headers is
looked for in their text, in base64, in hex or as it is.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from typing import NamedTuple

from webhook_verify.cli.probe.sender import LeftOut, Sender
from webhook_verify.errors import RejectedDelivery
from webhook_verify.testing.requests import SignedRequest

__all__ = ["Written", "signature_headers", "spellings", "spliced", "with_signature", "written"]


class Written(NamedTuple):
    """A signature as it stands in a header: ``spelling`` is "base64", "hex" or "text"."""

    header: str
    token: str
    spelling: str


def written(sender: Sender, request: SignedRequest) -> list[Written]:
    """Each signature of the request where it stands. Raises LeftOut if it cannot be found."""
    try:
        signatures = sender.scheme.parse_headers(dict(request.headers), sender.url, "POST")[2]
    except RejectedDelivery:
        signatures = ()
    found = [one for _, signature in signatures for one in _places(request, signature)]
    if not found:
        where = "lies in the body" if sender.scheme.has_signature_in_body else "is not found in the headers"
        raise LeftOut(f"the signature {where}")
    return found


def _places(request: SignedRequest, signature: str) -> Iterator[Written]:
    for token, spelling in spellings(signature):
        for name, value in request.headers:
            if token in value:
                yield Written(name, token, spelling)
                return


def spellings(signature: str) -> Iterator[tuple[str, str]]:
    """The texts that a signature in base64 may stand as, each with the name of its spelling."""
    urlsafe = signature.replace("+", "-").replace("/", "_")
    for token in (signature, signature.rstrip("="), urlsafe, urlsafe.rstrip("=")):
        yield token, "base64"
    try:
        octets = b64decode(signature, validate=True)
    except (NotBase64, ValueError):
        return
    yield octets.hex(), "hex"
    yield octets.hex().upper(), "hex"
    if octets.isascii():
        yield octets.decode(), "text"


def signature_headers(sender: Sender, request: SignedRequest) -> list[str]:
    """The names of the headers in which signatures stand, each once."""
    return list(dict.fromkeys(one.header for one in written(sender, request)))


def with_signature(sender: Sender, request: SignedRequest, change: Callable[[Written], str]) -> SignedRequest:
    """The request with another text in the place of each signature."""
    for one in written(sender, request):
        value = dict(request.headers)[one.header]
        request = request.replaced(one.header, value.replace(one.token, change(one)))
    return request


def spliced(sender: Sender, claims: SignedRequest, signed: SignedRequest) -> SignedRequest:
    """The headers of ``claims`` under the signatures of ``signed``, with the body of ``signed``.

    Raises LeftOut if that is ``signed`` itself, because the two differ in nothing else.
    """
    theirs = iter(written(sender, signed))
    forged = with_signature(sender, claims, lambda one: next(theirs, one).token).with_body(signed.body)
    if forged.headers == signed.headers:
        raise LeftOut("the headers do not show it")
    return forged
