"""Where the signature stands in a request, and what a forger puts in its place.

How a scheme writes its signatures is not asked of the scheme but found: what it reads of the headers is
looked for in their text, in base64, in hex or as it is.
"""

from __future__ import annotations

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator
from typing import NamedTuple

from webhook_verify.cli.probe.sender import NotApplicable, Sender
from webhook_verify.errors import RejectedDelivery
from webhook_verify.testing.requests import SignedRequest

__all__ = [
    "LocatedSignature",
    "locate_signatures",
    "signature_encodings",
    "signature_headers",
    "spliced",
    "with_signature",
]


class LocatedSignature(NamedTuple):
    """A signature as it stands in a header: ``encoding`` is "base64", "hex" or "text"."""

    header: str
    token: str
    encoding: str


def locate_signatures(sender: Sender, request: SignedRequest) -> list[LocatedSignature]:
    """Each signature of the request where it stands. Raises NotApplicable if it cannot be found."""
    try:
        signatures = sender.scheme.parse_headers(dict(request.headers), sender.url, "POST")[2]
    except RejectedDelivery:
        signatures = ()
    locations = [located for _, signature in signatures for located in _places(request, signature)]
    if not locations:
        where = "lies in the body" if sender.scheme.has_signature_in_body else "is not found in the headers"
        raise NotApplicable(f"the signature {where}")
    return locations


def _places(request: SignedRequest, signature: str) -> Iterator[LocatedSignature]:
    for token, encoding in signature_encodings(signature):
        for name, value in request.headers:
            if token in value:
                yield LocatedSignature(name, token, encoding)
                return


def signature_encodings(signature: str) -> Iterator[tuple[str, str]]:
    """The texts that a signature in base64 may stand as, each with the name of its spelling."""
    urlsafe = signature.replace("+", "-").replace("/", "_")
    for token in (signature, signature.rstrip("="), urlsafe, urlsafe.rstrip("=")):
        yield token, "base64"
    try:
        raw = b64decode(signature, validate=True)
    except (NotBase64, ValueError):
        return
    yield raw.hex(), "hex"
    yield raw.hex().upper(), "hex"
    if raw.isascii():
        yield raw.decode(), "text"


def signature_headers(sender: Sender, request: SignedRequest) -> list[str]:
    """The names of the headers in which signatures stand, each once."""
    return list(dict.fromkeys(located.header for located in locate_signatures(sender, request)))


def with_signature(
    sender: Sender, request: SignedRequest, change: Callable[[LocatedSignature], str]
) -> SignedRequest:
    """The request with another text in the place of each signature."""
    for located in locate_signatures(sender, request):
        value = dict(request.headers)[located.header]
        request = request.replaced(located.header, value.replace(located.token, change(located)))
    return request


def spliced(sender: Sender, claims: SignedRequest, signed: SignedRequest) -> SignedRequest:
    """The headers of ``claims`` under the signatures of ``signed``, with the body of ``signed``.

    Raises NotApplicable if that is ``signed`` itself, because the two differ in nothing else.
    """
    replacements = iter(locate_signatures(sender, signed))
    forged = with_signature(sender, claims, lambda located: next(replacements, located).token).with_body(
        signed.body
    )
    if forged.headers == signed.headers:
        raise NotApplicable("the headers do not show it")
    return forged
