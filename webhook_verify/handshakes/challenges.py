"""Unsigned challenges in the query: Meta, Dropbox and Microsoft Graph.

Any client gets the response, so a challenge proves nothing to the receiver, and the response contains nothing
but the challenge.
"""

from __future__ import annotations

import hmac

from webhook_verify.handshakes.base import Handshake
from webhook_verify.handshakes.responses import echo_unsigned, parameters
from webhook_verify.http import HandshakeResponse, WebhookResponse

__all__ = ["DropboxChallenge", "MetaChallenge", "ValidationToken"]


class MetaChallenge(Handshake):
    """The challenge of Meta and WhatsApp, which is returned.

    A GET with `hub.mode`, `hub.verify_token` and `hub.challenge`. Source: Meta's Graph API documentation,
    Webhooks, Verification Requests.

    Args:
        verify_token: The token that you chose in the App Dashboard. A request with another token gets 403.
            Tokens are compared in constant time.

    Raises:
        TypeError: If `verify_token` is not a str.
        ValueError: If `verify_token` is empty.
    """

    __slots__ = ("_verify_token",)

    methods: tuple[str, ...] = ("GET",)
    needs_request_target = True

    def __init__(self, verify_token: str) -> None:
        self._verify_token = _checked_token(verify_token)

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the challenge of a GET request.

        Args:
            method: The HTTP method.
            target: The path and query as sent.

        Returns:
            The response with the challenge, 403 for another verify token, or None if the request is not a
            challenge.
        """
        asked = parameters(target)
        if method != "GET" or asked.get("hub.mode") != "subscribe":
            return None
        token = asked.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(token, self._verify_token):
            return HandshakeResponse(
                "meta challenge", WebhookResponse.for_status(403), "the verify token does not match"
            )
        return echo_unsigned("meta challenge", asked.get("hub.challenge", ""))


class DropboxChallenge(Handshake):
    """The challenge of Dropbox, which is returned. Source: Dropbox's developer guide, Webhooks."""

    __slots__ = ()

    methods: tuple[str, ...] = ("GET",)
    needs_request_target = True

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the challenge of a GET request.

        Args:
            method: The HTTP method.
            target: The path and query as sent.

        Returns:
            The response, or None if the request is not this handshake.
        """
        challenge = parameters(target).get("challenge")
        return None if method != "GET" or challenge is None else echo_unsigned("dropbox challenge", challenge)


class ValidationToken(Handshake):
    """The unsigned validation token of Microsoft Graph, which is returned in decoded form.

    A POST with `validationToken` in the query. Source: Microsoft Graph, Receive change notifications through
    webhooks, notificationUrl validation.
    """

    __slots__ = ()

    needs_request_target = True

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the validation token of a POST request.

        Args:
            method: The HTTP method.
            target: The path and query as sent.

        Returns:
            The response, or None if the request is not this handshake.
        """
        token = parameters(target).get("validationToken")
        return None if method != "POST" or token is None else echo_unsigned("graph validationToken", token)


def _checked_token(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"verify_token must be a str, not {type(value).__name__!r}")
    if not value.strip():
        raise ValueError("verify_token is empty: pass the token that you chose in the App Dashboard")
    return value.encode("utf-8", "surrogatepass")
