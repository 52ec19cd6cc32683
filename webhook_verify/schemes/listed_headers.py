"""Signed headers that another header lists, as at Contentful: `x-signed-headers: x-topic,x-timestamp`."""

from __future__ import annotations

import re

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers

__all__ = ["MAX_LISTED_HEADERS", "read_listed"]

MAX_LISTED_HEADERS = 32
"""The maximum number of headers in a list."""

_MAX_LIST_CHARS = 4_096
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def read_listed(name: str, listed: str, headers: Headers, timestamp_header: str) -> bytes:
    """Return the listed headers as they are signed: `name:value;name:value`, sorted by name.

    The list must contain itself and the timestamp. Otherwise an attacker could shorten the list, or replace
    the timestamp.

    Args:
        name: The header with the list.
        listed: The value of that header.
        headers: The request headers.
        timestamp_header: The header with the timestamp, or "".

    Returns:
        The signed text, or b"" without a list.

    Raises:
        MalformedDelivery: If the list is invalid, or a listed header is missing or could be another one.
    """
    if not listed or listed.isspace():
        return b""
    if len(listed) > _MAX_LIST_CHARS or listed.count(",") >= MAX_LISTED_HEADERS:
        detail = f"{name} must list at most {MAX_LISTED_HEADERS} headers"
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
    names = [each.strip(" ").lower() for each in listed.split(",")]
    if len(set(names)) < len(names) or not all(_NAME.fullmatch(each) for each in names):
        detail = f"{name} must list the names of headers, separated by commas, without duplicates"
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
    for each in filter(None, (name, timestamp_header)):
        if each not in names:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"{name} does not list {each}")
    values = HeaderReader(*names).read(headers)
    texts: list[str] = []
    starts = [f";{each}:" for each in names]
    for each, value in sorted(zip(names, values, strict=True)):
        if value is None:
            detail = f"missing header: {each}, which {name} lists"
            raise MalformedDelivery(Reason.MISSING_HEADER, detail)
        if any(start in value for start in starts):
            # The signature would also be valid for another header with the rest of this value.
            detail = f"header {each} contains text that could belong to another header, which {name} lists"
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
        texts.append(f"{each}:{value.strip()}")
    return ";".join(texts).encode("utf-8", "surrogatepass")
