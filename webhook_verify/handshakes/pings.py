"""Signed deliveries that only check that the endpoint responds: Discord and LINE."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import object_in
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["DiscordPing", "LineCheck"]

_ZERO_OR_ONE = re.compile(rb'"type"\s*:\s*[01]\s*[,}]')
_NO_EVENTS = re.compile(rb'"events"\s*:\s*\[\s*\]')
_JSON = (("content-type", "application/json"),)


class DiscordPing(Handshake):
    """The response to a PING of Discord.

    `{"type":1}` to a PING of interactions (`type` 1), and 204 to a PING of Webhook Events (`type` 0). A
    Webhook Event also has `type` 1, but has an `event`. Source: Discord's documentation, Interactions
    overview and Webhook Events, Acknowledging PING requests, which requires a Content-Type in both responses.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to a PING.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.
        """
        if not _ZERO_OR_ONE.search(delivery.body):
            return None
        told = object_in(delivery)
        if "event" in told or "data" in told or type(told.get("type")) is not int:  # true is 1, too
            return None
        if told["type"] == 0:
            return HandshakeResponse("discord ping", WebhookResponse(204, b"", _JSON))
        return (
            HandshakeResponse("discord ping", WebhookResponse(200, b'{"type":1}', _JSON))
            if told["type"] == 1
            else None
        )


class LineCheck(Handshake):
    """The response 200 to a delivery without `events`, which the Verify button of the LINE console sends.

    Source: LINE's documentation, Verify webhook URL.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to a delivery without events.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.
        """
        if not _NO_EVENTS.search(delivery.body) or object_in(delivery).get("events") != []:
            return None
        return HandshakeResponse("line check", WebhookResponse(200))
