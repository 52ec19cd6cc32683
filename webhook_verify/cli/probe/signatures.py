"""The location of signatures in a request, and their replacement in forgeries.

This works for every scheme: the signature that the scheme parses is searched in the headers, in base64, in
hex and as text.
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
    """A signature in a header. `encoding` is "base64", "hex" or "text"."""

    header: str
    token: str
    encoding: str


def locate_signatures(sender: Sender, request: SignedRequest) -> list[LocatedSignature]:
    """Return the signatures of a request with their locations. Raises NotApplicable if none was found."""
    try:
        signatures = sender.scheme.parse_headers(dict(request.headers), sender.url, "POST")[2]
    except RejectedDelivery:
        signatures = ()
    locations = [located for _, signature in signatures for located in _places(request, signature)]
    if not locations:
        raise NotApplicable(
            "the signature is in the body"
            if sender.scheme.has_signature_in_body
            else "the signature was not found in the headers"
        )
    return locations


def _places(request: SignedRequest, signature: str) -> Iterator[LocatedSignature]:
    for token, encoding in signature_encodings(signature):
        for name, value in request.headers:
            if token in value:
                yield LocatedSignature(name, token, encoding)
                return


def signature_encodings(signature: str) -> Iterator[tuple[str, str]]:
    """Yield the possible encodings of a base64 signature, each with its name."""
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
    """Return the names of the headers that contain signatures, without duplicates."""
    return list(dict.fromkeys(located.header for located in locate_signatures(sender, request)))


def with_signature(
    sender: Sender, request: SignedRequest, change: Callable[[LocatedSignature], str]
) -> SignedRequest:
    """Return the request with each signature replaced."""
    for located in locate_signatures(sender, request):
        value = dict(request.headers)[located.header]
        request = request.replaced(located.header, value.replace(located.token, change(located)))
    return request


def spliced(sender: Sender, claims: SignedRequest, signed: SignedRequest) -> SignedRequest:
    """Return the headers of `claims` with the signatures and the body of `signed`.

    Raises:
        NotApplicable: If the two requests differ only in their signatures.
    """
    replacements = iter(locate_signatures(sender, signed))
    forged = with_signature(sender, claims, lambda located: next(replacements, located).token).with_body(
        signed.body
    )
    if forged.headers == signed.headers:
        raise NotApplicable("the headers do not contain it")
    return forged
