"""Unsigned challenges in a header: Okta, and the validation request of CloudEvents."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from webhook_verify.handshakes.base import Handshake, SignContent
from webhook_verify.handshakes.responses import check_types, header_of, is_echoable, json_text
from webhook_verify.http import HandshakeResponse, WebhookResponse

if TYPE_CHECKING:
    from webhook_verify.http import RequestHead

__all__ = ["CloudEventsValidation", "OktaChallenge"]

# A DNS name, as section 4.1.1 of the specification requires.
_ORIGIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")


class OktaChallenge(Handshake):
    """The one-time challenge of an Okta event hook, which is returned as JSON.

    A GET with the header `X-Okta-Verification-Challenge`. Source: Okta's documentation, Event hooks, One-time
    verification request.
    """

    __slots__ = ()

    methods: tuple[str, ...] = ("GET",)

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the challenge of a GET request.

        Args:
            head: The head of the request.
            body: Not used.
            sign_content: Not used.

        Returns:
            The response, 400 for a challenge that may not be returned, or None if the request is not this
            handshake.
        """
        challenge = header_of(head, "x-okta-verification-challenge")
        if head.method != "GET" or not challenge:
            return None
        answer = json_text(verification=challenge) if is_echoable(challenge) else None
        return HandshakeResponse("okta challenge", answer or WebhookResponse.for_status(400))


class CloudEventsValidation(Handshake):
    """The response to the validation request of CloudEvents, by OPTIONS, such as of Azure Event Grid.

    An origin that you do not allow gets 405. A callback in `WebHook-Request-Callback` is not called. Source:
    CloudEvents, HTTP 1.1 Web Hooks for Event Delivery, Abuse Protection.

    Args:
        origins: The allowed values of `WebHook-Request-Origin`, such as `eventgrid.azure.net`.
        rate: The allowed number of requests in a minute, None for no limit.

    Raises:
        TypeError: If an origin is not a str, or `rate` is not an int.
        ValueError: If no origin is passed, an origin is not a DNS name, or `rate` is not positive.
    """

    __slots__ = ("_origins", "_rate")

    methods: tuple[str, ...] = ("OPTIONS",)

    def __init__(self, *origins: str, rate: int | None = None) -> None:
        for origin in origins:
            check_types(str, origin=origin)
        if not origins or not all(_ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError("origins must be one or more DNS names, such as 'eventgrid.azure.net'")
        if rate is not None:
            check_types(int, rate=rate)
            if rate < 1:
                raise ValueError(f"rate must be at least 1 request in a minute, not {rate}")
        self._origins = {origin.lower(): origin for origin in origins}
        self._rate = "*" if rate is None else str(rate)

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the response to a validation request.

        Args:
            head: The head of the request.
            body: Not used.
            sign_content: Not used.

        Returns:
            The response, or None for an origin that is not allowed and for any other request.
        """
        origin = self._origins.get(header_of(head, "webhook-request-origin").lower())
        if head.method != "OPTIONS" or origin is None:
            return None
        headers = (
            ("allow", "POST, OPTIONS"),
            ("webhook-allowed-origin", origin),
            ("webhook-allowed-rate", self._rate),
        )
        return HandshakeResponse("cloudevents validation", WebhookResponse(200, headers=headers))
