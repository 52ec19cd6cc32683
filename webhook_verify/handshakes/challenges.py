"""Challenges that nobody signs, in the query: of Meta, Dropbox and Microsoft Graph.

Whoever calls is answered, so an answer proves nothing to the receiver and says nothing but what was asked.
"""

from __future__ import annotations

import hmac

from webhook_verify.handshakes.base import Handshake
from webhook_verify.handshakes.responses import is_echoable, parameters, plain_text
from webhook_verify.http import HandshakeResponse, WebhookResponse

__all__ = ["DropboxChallenge", "MetaChallenge", "ValidationToken"]


class MetaChallenge(Handshake):
    """Meta and WhatsApp: GET with ``hub.mode``, ``hub.verify_token`` and ``hub.challenge``, which is echoed.

    ``verify_token``: the one that you chose in the App Dashboard; who has another gets 403. Compared in
    constant time. Raises TypeError or ValueError for a token that is none. Source: Meta's Graph API
    documentation, Webhooks, Verification Requests.
    """

    __slots__ = ("_verify_token",)

    methods = ("GET",)
    needs_request_target = True

    def __init__(self, verify_token: str) -> None:
        self._verify_token = _checked_token(verify_token)

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_request`."""
        asked = parameters(target)
        if method != "GET" or asked.get("hub.mode") != "subscribe":
            return None
        token = asked.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(token, self._verify_token):
            return HandshakeResponse(
                "meta challenge", WebhookResponse.for_status(403), "the verify token is not ours"
            )
        return _echo("meta challenge", asked.get("hub.challenge", ""))


class DropboxChallenge(Handshake):
    """Dropbox: GET with ``challenge``, which is echoed. Source: Dropbox's developer guide, Webhooks."""

    __slots__ = ()

    methods = ("GET",)
    needs_request_target = True

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_request`."""
        challenge = parameters(target).get("challenge")
        return None if method != "GET" or challenge is None else _echo("dropbox challenge", challenge)


class ValidationToken(Handshake):
    """Microsoft Graph: POST with ``validationToken`` in the query, which is echoed, decoded, unsigned.

    Source: Microsoft Graph, Receive change notifications through webhooks, notificationUrl validation.
    """

    __slots__ = ()

    needs_request_target = True

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_request`."""
        token = parameters(target).get("validationToken")
        return None if method != "POST" or token is None else _echo("graph validationToken", token)


def _checked_token(value: object) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"verify_token is a str, not {type(value).__name__}")
    if not value.strip():
        raise ValueError("verify_token is blank: then anybody has it")
    return value.encode("utf-8", "surrogatepass")


def _echo(kind: str, text: str) -> HandshakeResponse:
    return HandshakeResponse(kind, plain_text(text) if is_echoable(text) else WebhookResponse.for_status(400))
