"""Slack: the challenge to a request URL, and the check of its certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import echo, object_in
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["SlackChallenge"]


class SlackChallenge(Handshake):
    """``url_verification``: its ``challenge`` is echoed. A form with ``ssl_check=1``: 200. Both signed.

    Source: Slack's Events API, url_verification; and Slash commands, for ssl_check. One that Slack does not
    sign is answered 401, which it ignores.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_delivery`."""
        body = delivery.body
        if b'"url_verification"' in body:
            asked = object_in(delivery)
            if asked.get("type") == "url_verification":
                return echo("slack url_verification", asked.get("challenge"))
        # What users write is in JSON, or percent-encoded in a form: they cannot write a field of one.
        elif b"ssl_check=1" in body and body[:1].isalpha() and b"ssl_check=1" in body.split(b"&"):
            return HandshakeResponse("slack ssl_check", WebhookResponse(200))
        return None
