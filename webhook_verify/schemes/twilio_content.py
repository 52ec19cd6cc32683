"""The signed content of Twilio requests, derived from URL and body.

All input is unverified, so the work is bounded: a maximum number of parameters, and two forms of the URL.
"""

from __future__ import annotations

import re
from hashlib import sha256
from urllib.parse import unquote_to_bytes

from webhook_verify.schemes.parameters import form_pairs

__all__ = ["body_hashes", "hash_of", "sorted_parameters", "with_and_without_port"]


def hash_of(body: bytes) -> bytes:
    """Return the SHA-256 of a body as in `bodySHA256`.

    Args:
        body: The request body.

    Returns:
        The hash in lower-case hex.
    """
    return sha256(body).hexdigest().encode()


def body_hashes(url: bytes) -> list[bytes]:
    """Return each `bodySHA256` in the query of a URL.

    Args:
        url: The URL of the request.

    Returns:
        The decoded values.
    """
    query = url.partition(b"#")[0].partition(b"?")[2]
    fields = (field.partition(b"=") for field in query.split(b"&"))
    return [unquote_to_bytes(value) for name, _, value in fields if unquote_to_bytes(name) == b"bodySHA256"]


def sorted_parameters(body: bytes) -> bytes:
    """Return the parameters of a form as they are signed: sorted by name and value, each pair once.

    Args:
        body: The form.

    Returns:
        The names and values, concatenated.

    Raises:
        MalformedDelivery: If the body is not a form in UTF-8, or has more than `MAX_PARAMETERS` parameters.
    """
    pairs = {*form_pairs(body, _NEITHER_FORM_NOR_HASH)}
    return b"".join(part for pair in sorted(pairs) for part in pair)


_NEITHER_FORM_NOR_HASH = "the body is not a form, and the URL has no bodySHA256"

_ADDRESS = re.compile(rb"([A-Za-z][A-Za-z0-9+.-]*://)([^/?#]*)(.*)", re.DOTALL)


def with_and_without_port(url: bytes) -> tuple[bytes, ...]:
    """Return the URL without a port, and with its port or the standard port.

    The rest is unchanged, as in twilio-node.

    Args:
        url: The URL of the request.

    Returns:
        The forms that Twilio may have signed.
    """
    match = _ADDRESS.fullmatch(url)
    if match is None:
        return (url,)
    scheme, authority, rest = match.groups()
    host = authority[authority.rfind(b"@") + 1 :]
    colon = host.find(b":", host.rfind(b"]") + 1)  # a colon after the brackets of an IPv6 address
    port = host[colon:] if colon >= 0 else b""
    bare = scheme + authority[: len(authority) - len(port)]
    standard = b":443" if scheme.lower() == b"https://" else b":80"
    return bare + rest, bare + (port or standard) + rest
