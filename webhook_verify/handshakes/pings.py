"""Signed deliveries that only ask whether somebody is there: of Discord and LINE."""

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
    """A PING of interactions (``type`` 1): ``{"type":1}``. One of Webhook Events (``type`` 0): 204.

    A Webhook Event has ``type`` 1 as well, but an ``event``. Source: Discord's documentation, Interactions
    overview and Webhook Events, Acknowledging PING requests, which wants a Content-Type in both answers.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_delivery`."""
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
    """No ``events``, as the Verify button of the LINE Developers Console sends: 200.

    Source: LINE's documentation, Verify webhook URL.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_delivery`."""
        if not _NO_EVENTS.search(delivery.body) or object_in(delivery).get("events") != []:
            return None
        return HandshakeResponse("line check", WebhookResponse(200))
