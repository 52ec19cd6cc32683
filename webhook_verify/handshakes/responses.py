"""What handshakes have in common: reading a small JSON body or a query, and echoing a word of it safely.

An echo says back what somebody else chose. So it is short, printable ASCII without angle brackets, and sent
as plain text that no browser takes for a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["echo", "is_echoable", "object_in", "parameters", "plain_text", "refused"]

_MAX_ECHO_CHARS = 1024
_MAX_TARGET_CHARS = 8192
_MAX_HANDSHAKE_BYTES = 16_384  # the longest that is known, of Amazon SNS, has less than 2 kB
_MAX_PARAMETERS = 32


def plain_text(text: str) -> WebhookResponse:
    """An answer with that text, which no browser may take for anything else."""
    headers = (("content-type", "text/plain"), ("x-content-type-options", "nosniff"))
    return WebhookResponse(200, text.encode(), headers)


def is_echoable(text: object) -> bool:
    """Whether it is text that may be said back: 1 to 1024 characters of printable ASCII without < and >."""
    if not isinstance(text, str) or not 0 < len(text) <= _MAX_ECHO_CHARS:
        return False
    return text.isascii() and text.isprintable() and not {"<", ">"} & set(text)


def echo(kind: str, text: object) -> HandshakeResponse:
    """The echo of a text in a signed body. Raises :class:`MalformedDelivery` for what may not be echoed."""
    if not is_echoable(text):
        raise refused(kind)
    return HandshakeResponse(kind, plain_text(cast("str", text)))


def refused(kind: str) -> MalformedDelivery:
    """The rejection of a signed handshake that asks for what is not answered."""
    return MalformedDelivery(Reason.UNREADABLE_BODY, f"the token of a {kind} is not what the provider sends")


def object_in(delivery: Delivery) -> Mapping[str, object]:
    """The JSON object that a signed body is; an empty one where it is none, or too large for a handshake."""
    if len(delivery.signed_body) > _MAX_HANDSHAKE_BYTES:
        return {}
    try:
        found: object = json.loads(delivery.signed_body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def parameters(target: str) -> dict[str, str]:
    """The query's parameters, decoded; "" for one that stands twice, and none of a query without bounds."""
    query = target.partition("?")[2]
    if not query or len(target) > _MAX_TARGET_CHARS:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_MAX_PARAMETERS)
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = "" if name in found else value
    return found
