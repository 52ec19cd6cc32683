"""Twitch EventSub: the challenge for a callback, and the notice that a subscription was revoked.

The header with the message type is not signed, so the signed body determines the type.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import echo, object_in
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery

__all__ = ["TwitchChallenge"]

_PENDING = "webhook_callback_verification_pending"
_STATUS = re.compile(r"[a-z_]{1,64}")


class TwitchChallenge(Handshake):
    """The `challenge` of `webhook_callback_verification`, and 204 with a warning to a `revocation`.

    Unlike notifications, both have neither `event` nor `events`. Source: Twitch's EventSub
    documentation, Getting events using webhook callbacks.
    """

    __slots__ = ()

    handles_deliveries = True

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to a challenge or a revocation.

        Args:
            delivery: The verified delivery.
            sign_content: Not used.

        Returns:
            The response, or None if the delivery is not this handshake.

        Raises:
            MalformedDelivery: If the challenge may not be returned.
        """
        body = delivery.body
        if b'"challenge"' not in body and b'"event' in body:
            return None
        told = object_in(delivery)
        subscription: object = told.get("subscription")
        if not isinstance(subscription, dict) or "event" in told or "events" in told:
            return None
        status = cast("dict[str, object]", subscription).get("status")
        if status == _PENDING:
            return echo("twitch webhook_callback_verification", told.get("challenge"))
        if not isinstance(status, str) or not _STATUS.fullmatch(status) or status == "enabled":
            return None
        return HandshakeResponse(
            "twitch revocation", WebhookResponse(204), f"a subscription was revoked: {status}"
        )
