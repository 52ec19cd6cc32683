"""What Twilio signs of an address and a body.

All of it is bytes of which nobody knows yet whether they are genuine, and the work is bounded: so many
parameters, two forms of an address.
"""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from webhook_verify.errors import MalformedDelivery, Reason

__all__ = ["MAX_PARAMETERS", "body_hashes", "hash_of", "sorted_parameters", "with_and_without_port"]

MAX_PARAMETERS = 1_000
"""How many parameters a form may have."""


def hash_of(body: bytes) -> bytes:
    """The SHA-256 of a body as ``bodySHA256`` holds it, in lower-case hex."""
    return sha256(body).hexdigest().encode()


def body_hashes(url: bytes) -> list[bytes]:
    """Each ``bodySHA256`` in the query of an address."""
    query = url.partition(b"#")[0].partition(b"?")[2]
    fields = (field.partition(b"=") for field in query.split(b"&"))
    return [unquote_to_bytes(value) for name, _, value in fields if unquote_to_bytes(name) == b"bodySHA256"]


def sorted_parameters(body: bytes) -> bytes:
    """The parameters of a form as they are signed: by name and value, each pair once.

    Raises :class:`MalformedDelivery` for what is no form, or is not in UTF-8.
    """
    if body.count(b"&") >= MAX_PARAMETERS:
        raise _unreadable(f"the form has more than {MAX_PARAMETERS} parameters")
    pairs: set[tuple[bytes, bytes]] = set()
    for field in body.split(b"&") if body else ():
        name, equals, value = field.partition(b"=")
        if not equals:
            raise _unreadable("the body is no form, and the address has no bodySHA256")
        pairs.add((_decoded(name), _decoded(value)))
    return b"".join(part for pair in sorted(pairs) for part in pair)


def _decoded(text: bytes) -> bytes:
    """The UTF-8 of a name or value. What is none is refused: a reader would put other characters there."""
    octets = unquote_to_bytes(text.replace(b"+", b" "))
    if not octets.isascii():
        try:
            octets.decode("utf-8")
        except UnicodeDecodeError:
            octets = b""
        if not octets:
            raise _unreadable("the form is not in UTF-8")
    return octets


def _unreadable(detail: str) -> MalformedDelivery:
    return MalformedDelivery(Reason.UNREADABLE_BODY, detail)


_ADDRESS = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)", re.DOTALL)


def with_and_without_port(url: bytes) -> tuple[bytes, ...]:
    """Without its port, and with it or the standard one; nothing else is changed, as in twilio-node."""
    match = _ADDRESS.fullmatch(url)
    if match is None:
        return (url,)
    scheme, authority, rest = match.groups()
    host = authority[authority.rfind(b"@") + 1 :]
    colon = host.find(b":", host.rfind(b"]") + 1)  # after the brackets of an IPv6 address
    port = host[colon:] if colon >= 0 else b""
    bare = scheme + authority[: len(authority) - len(port)]
    standard = b":443" if scheme.lower() == b"https://" else b":80"
    return bare + rest, bare + (port or standard) + rest
