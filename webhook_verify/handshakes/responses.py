"""Common functions of handshakes: parsing a small JSON body or a query, and returning a token of it safely.

The client chooses the returned token. It must therefore be short printable ASCII without angle brackets. It
is sent as plain text that browsers do not interpret as a page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.handshakes.base import MAX_HANDSHAKE_BYTES
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.http import RequestHead

__all__ = [
    "check_types",
    "echo",
    "echo_unsigned",
    "header_of",
    "is_echoable",
    "json_object",
    "json_text",
    "object_in",
    "parameters",
    "plain_text",
    "refused",
    "reject_signed_token",
]

_MAX_ECHO_CHARS = 1024
_MAX_TARGET_CHARS = 8192
_MAX_PARAMETERS = 32


def check_types(form: type, **values: object) -> None:
    """Check the types of a handshake's arguments.

    Args:
        form: The type.
        values: The arguments, by name.

    Raises:
        TypeError: If an argument has another type. The error does not contain its value.
    """
    for name, value in values.items():
        if not isinstance(value, form) or (isinstance(value, bool) and form is int):
            article = "an" if form is int else "a"
            raise TypeError(f"{name} must be {article} {form.__name__}, not {type(value).__name__!r}")


def plain_text(text: str) -> WebhookResponse:
    """Return a response with a text that browsers do not interpret.

    Args:
        text: The text, in ASCII.

    Returns:
        The response.
    """
    headers = (("content-type", "text/plain"), ("x-content-type-options", "nosniff"))
    return WebhookResponse(200, text.encode(), headers)


def json_text(**fields: str) -> WebhookResponse:
    """Return a response with a JSON object that browsers do not interpret.

    Args:
        fields: The fields of the object.

    Returns:
        The response.
    """
    headers = (("content-type", "application/json"), ("x-content-type-options", "nosniff"))
    return WebhookResponse(200, json.dumps(fields).encode(), headers)


def header_of(head: RequestHead, name: str, default: str = "") -> str:
    """Return the value of a header. Never raises.

    Args:
        head: The head of the request.
        name: The name of the header, in any letter case.
        default: The value for a header that appears with different values, or is not text.

    Returns:
        The value, or "" if the header is absent.
    """
    try:
        return head.header(name)
    except MalformedDelivery:
        return default


def is_echoable(text: object) -> bool:
    """Return whether a value may be returned: 1 to 1024 characters of printable ASCII without < and >.

    Args:
        text: A value of the request.

    Returns:
        True if it may be returned.
    """
    if not isinstance(text, str) or not 0 < len(text) <= _MAX_ECHO_CHARS:
        return False
    return text.isascii() and text.isprintable() and not {"<", ">"} & set(text)


def echo(kind: str, text: object) -> HandshakeResponse:
    """Return the response with a text of a signed body.

    Args:
        kind: The name of the handshake.
        text: The value in the body.

    Returns:
        The response.

    Raises:
        MalformedDelivery: If the text may not be returned.
    """
    if not is_echoable(text):
        error = refused(kind)
        raise error
    return HandshakeResponse(kind, plain_text(cast("str", text)))


def echo_unsigned(kind: str, text: str) -> HandshakeResponse:
    """Return the response with a text of an unsigned request.

    Args:
        kind: The name of the handshake.
        text: The value in the request.

    Returns:
        The response, 400 if the text may not be returned.
    """
    return HandshakeResponse(kind, plain_text(text) if is_echoable(text) else WebhookResponse.for_status(400))


def refused(kind: str) -> MalformedDelivery:
    """Return the rejection of an invalid signed handshake.

    Args:
        kind: The name of the handshake.

    Returns:
        The rejection.
    """
    return MalformedDelivery(
        Reason.UNREADABLE_BODY, f"the token of a {kind} does not have the form that the provider documents"
    )


def reject_signed_token(kind: str, delivery: Delivery, token: re.Pattern[str]) -> None:
    """Reject a delivery whose signature the handshake could have made for an unsigned request.

    Args:
        kind: The name of the handshake.
        delivery: The verified delivery.
        token: The form of the tokens that the handshake signs.

    Raises:
        MalformedDelivery: If the signed body is such a token.
    """
    body = delivery.signed_body
    if len(body) <= MAX_HANDSHAKE_BYTES and token.fullmatch(body.decode("latin-1")):
        detail = f"the body is a token of the handshake {kind}, which is signed for any client"
        raise MalformedDelivery(Reason.UNREADABLE_BODY, detail)


def object_in(delivery: Delivery) -> Mapping[str, object]:
    """Return the JSON object of a signed body.

    Args:
        delivery: The verified delivery.

    Returns:
        The object, or an empty one if the body is not an object or is too large for a handshake.
    """
    return json_object(delivery.signed_body)


def json_object(body: bytes) -> Mapping[str, object]:
    """Return the JSON object of a body. Never raises.

    Args:
        body: The body.

    Returns:
        The object, or an empty one if the body is not an object or is too large for a handshake.
    """
    if len(body) > MAX_HANDSHAKE_BYTES:
        return {}
    try:
        found: object = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", found) if isinstance(found, dict) else {}


def parameters(target: str) -> dict[str, str]:
    """Return the decoded parameters of a query.

    Args:
        target: The path and query.

    Returns:
        The parameters. A duplicate parameter is "". A query that is too long has no parameters.
    """
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
