"""Unsigned requests with a body: the challenges of Monday and Lark, and test pings.

Each has exactly one form, so this never responds to a delivery. Any client can send such a request, and the
handler does not run for it.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import (
    check_types,
    header_of,
    is_echoable,
    json_object,
    json_text,
    object_in,
)
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.http import RequestHead

__all__ = ["LarkChallenge", "MondayChallenge", "UnsignedPing"]


class MondayChallenge(Handshake):
    """The challenge of monday.com, which is returned as JSON: a body with `challenge` and no other field.

    Source: monday.com's API reference, Webhooks, URL verification.
    """

    __slots__ = ()

    handles_deliveries = True
    handles_unsigned_bodies = True

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the challenge of an unsigned POST request.

        Args:
            head: The head of the request.
            body: The unverified body.
            sign_content: Not used.

        Returns:
            The response, or None if the request is not this handshake.
        """
        return _echoed("monday challenge", json_object(body), {"challenge"})

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the challenge of a verified request.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.
        """
        if b'"challenge"' not in delivery.body:
            return None
        return _echoed("monday challenge", object_in(delivery), {"challenge"})


class LarkChallenge(Handshake):
    """The challenge of Lark and Feishu, which is returned as JSON.

    A body with `type`, `token` and `challenge` and no other field, which Lark does not sign. Source: Lark's
    documentation, Configure the request URL, and `EventDispatcher` of its SDKs, which do not verify the
    signature of `url_verification`.

    Args:
        verification_token: The Verification Token of the app. A request with another token is not a
            challenge. Tokens are compared in constant time.
        decrypt: Returns the JSON of a body, if the app has an Encrypt Key. It may raise ValueError.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If `verification_token` is empty.
    """

    __slots__ = ("_decrypt", "_token")

    handles_deliveries = True
    handles_unsigned_bodies = True

    def __init__(self, verification_token: str, *, decrypt: Callable[[bytes], bytes] | None = None) -> None:
        check_types(str, verification_token=verification_token)
        if not verification_token.strip():
            raise ValueError("verification_token is empty: copy it from the app's Events & Callbacks")
        if decrypt is not None and not callable(decrypt):
            raise TypeError(f"decrypt must be a function of the body, not {type(decrypt).__name__!r}")
        self._token = verification_token.encode("utf-8", "surrogatepass")
        self._decrypt = decrypt

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the challenge of an unsigned POST request.

        Args:
            head: The head of the request.
            body: The unverified body.
            sign_content: Not used.

        Returns:
            The response, or None if the request is not this handshake.
        """
        if self._decrypt is not None:
            try:
                body = self._decrypt(body)
            except ValueError:
                return None
        return self._response(json_object(body))

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the challenge of a verified request.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.
        """
        return self._response(object_in(delivery))

    def _response(self, fields: Mapping[str, object]) -> HandshakeResponse | None:
        token = fields.get("token")
        if fields.get("type") != "url_verification" or not isinstance(token, str):
            return None
        if not hmac.compare_digest(token.encode("utf-8", "surrogatepass"), self._token):
            return None
        return _echoed("lark url_verification", fields, {"type", "token", "challenge"})


class UnsignedPing(Handshake):
    """The response 200 to a test request that the provider does not sign. The handler does not run.

    Bitbucket Data Center sends `diagnostics:ping` for Test connection, WooCommerce a form with `webhook_id`
    when a webhook is created.

    Args:
        kind: The name of the request, for the log.
        body: A regular expression of the whole body, of which one form must match.
        signature_header: The header that is absent, because the request is not signed.
        headers: The headers that the request must have, with their exact values.

    Raises:
        TypeError: If an argument has the wrong type.
        re.error: If `body` is not a regular expression.
    """

    __slots__ = ("_body", "_headers", "_kind", "_signature_header")

    handles_unsigned_bodies = True

    def __init__(
        self, kind: str, body: bytes, *, signature_header: str, headers: Mapping[str, str] | None = None
    ) -> None:
        check_types(str, kind=kind, signature_header=signature_header)
        check_types(bytes, body=body)
        check_types(Mapping, headers=headers or {})
        self._kind = kind
        self._body = re.compile(body)
        self._signature_header = signature_header
        self._headers = tuple((headers or {}).items())

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the response to a ping.

        Args:
            head: The head of the request.
            body: The unverified body.
            sign_content: Not used.

        Returns:
            The response, or None if the request is not this ping.
        """
        if header_of(head, self._signature_header, default="unreadable"):
            return None
        if any(header_of(head, name) != value for name, value in self._headers):
            return None
        return HandshakeResponse(self._kind, WebhookResponse(200)) if self._body.fullmatch(body) else None


def _echoed(kind: str, fields: Mapping[str, object], names: set[str]) -> HandshakeResponse | None:
    """Return the challenge, None unless the fields are exactly these and the challenge may be returned."""
    challenge = fields.get("challenge")
    if {*fields} != names or not isinstance(challenge, str) or not is_echoable(challenge):
        return None
    return HandshakeResponse(kind, json_text(challenge=challenge))
