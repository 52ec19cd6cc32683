"""Slack: the challenge for a request URL, and the check of its certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import echo, object_in
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["SlackChallenge"]


class SlackChallenge(Handshake):
    """The responses to the signed handshakes of Slack.

    The `challenge` to `url_verification`, and 200 to a form with `ssl_check=1`. An unsigned `ssl_check` gets
    401, which Slack ignores. Source: Slack's Events API, url_verification, and Slash commands, ssl_check.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to `url_verification` or `ssl_check`.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.

        Raises:
            MalformedDelivery: If the challenge may not be returned.
        """
        body = delivery.body
        if b'"url_verification"' in body:
            asked = object_in(delivery)
            if asked.get("type") == "url_verification":
                return echo("slack url_verification", asked.get("challenge"))
        # The text of users is JSON, or percent-encoded in a form, so users cannot add a field to a form.
        elif b"ssl_check=1" in body and body[:1].isalpha() and b"ssl_check=1" in body.split(b"&"):
            return HandshakeResponse("slack ssl_check", WebhookResponse(200))
        return None
