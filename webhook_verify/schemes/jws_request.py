"""The parts of a request that a detached signature covers besides the body: method, path and headers.

The payload is `POST /path`, a line for each signed header, and the body. The signature's own header lists the
lines, and no line may contain a line break, so that no byte can move from one part to another.
"""

from __future__ import annotations

import re

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.jws_compact import InvalidJws

__all__ = ["header_text", "signed_headers", "signed_request"]

_MAX_SIGNED_HEADERS = 16
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
_LINE_BREAK = re.compile(r"[\r\n]")


def header_text(values: dict[str, str | None], name: str) -> str:
    """Return the value of a required header, without spaces around it.

    Args:
        values: The headers.
        name: The name.

    Returns:
        The value.

    Raises:
        MalformedDelivery: If the header is missing or empty.
    """
    text = (values[name] or "").strip(" \t")
    if not text:
        raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {name}")
    return text


def signed_headers(member: object, required: str) -> tuple[str, ...]:
    """Return the names of the signed headers, as the signature lists them.

    Args:
        member: The member of the signature's header: names with commas between them.
        required: The lower-case name of a header that must be signed, or "".

    Returns:
        The names.

    Raises:
        InvalidJws: If `member` is not a list of at most 16 different names, or `required` is not one of them.
    """
    names = tuple(member.split(",")) if isinstance(member, str) and len(member) <= 2_000 else ("",)
    names = () if member == "" else names
    lower = [name.lower() for name in names]
    if len(names) > _MAX_SIGNED_HEADERS or len({*lower}) < len(names) or not all(map(_NAME.fullmatch, names)):
        raise InvalidJws(f"it must list at most {_MAX_SIGNED_HEADERS} different signed headers")
    if required and required not in lower:
        raise InvalidJws(f"it does not cover {required}")
    return names


def signed_request(
    headers: Headers, names: tuple[str, ...], url: str | None, method: str | None, scheme: str
) -> bytes:
    """Return the payload before the body.

    Args:
        headers: The request headers.
        names: The names of the signed headers, as the signature spells them.
        url: The URL that the sender called.
        method: The request method.
        scheme: The name of the scheme, for errors.

    Returns:
        The method and the path, and a line for each header.

    Raises:
        InvalidJws: If a part contains a line break.
        MalformedDelivery: If a header is missing.
        TypeError: If `url` or `method` is `None`.
    """
    if url is None or method is None:
        raise TypeError(
            f"{scheme} signs the method and the path of the request: set public_url= on the receiver, "
            "or call verify(body, headers, url=..., method=...)"
        )
    # Requests have few signed headers, and an attacker chooses their names, so the reader is not cached.
    values = dict(zip(names, HeaderReader(*(name.lower() for name in names)).read(headers), strict=True))
    lines = [f"{method} {_path_of(url)}", *(f"{name}: {header_text(values, name)}" for name in names)]
    if any(map(_LINE_BREAK.search, lines)):
        raise InvalidJws("a signed part of the request contains a line break")
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogatepass")


def _path_of(url: str) -> str:
    """Return the path of a URL as sent, without the query string."""
    _, _, rest = url.partition("://")
    _, slash, path = re.split(r"[?#]", rest or url, maxsplit=1)[0].partition("/")
    return f"/{path}" if slash else "/"
