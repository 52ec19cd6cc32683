"""The base class of handshakes, and the simplest handshake, which checks that an endpoint exists."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.http import HandshakeResponse

__all__ = ["EndpointCheck", "Handshake", "SignContent"]

SignContent = Callable[[bytes], bytes]
"""A function that returns the base64 HMAC of its argument, by the secret that verified the delivery."""


class Handshake:
    """The base class of handshakes, which handles no request. A handshake has no state, like a scheme."""

    __slots__ = ()

    methods: tuple[str, ...] = ()
    """The HTTP methods in addition to POST that the handshake handles."""

    needs_request_target: bool = False
    """Whether `respond_to_request` reads the query of POST requests and of requests with these methods."""

    handles_deliveries: bool = False
    """Whether the handshake implements `respond_to_delivery`."""

    may_block: bool = False
    """Whether `respond_to_delivery` may wait for the network."""

    @property
    def name(self) -> str:
        """The name of the handshake."""
        return type(self).__name__

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the response to an unsigned request. It must not raise.

        Args:
            method: The HTTP method.
            target: The path and query as sent, if `needs_request_target`.

        Returns:
            The response, or None if the request is not this handshake.
        """
        return None

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """Return the response to a verified delivery that is a handshake.

        Args:
            delivery: The verified delivery.
            sign_content: Signs bytes with the secret that verified the delivery.

        Returns:
            The response, or None if the delivery is for the handler.

        Raises:
            RejectedDelivery: If the handshake is invalid.
        """
        return None


class EndpointCheck(Handshake):
    """The empty response to requests that check that an endpoint exists.

    Args:
        methods: The HTTP methods of the check.
        status: The status of the response, for a provider that does not accept 204.
    """

    __slots__ = ("_status", "methods")

    def __init__(self, *methods: str, status: int = 204) -> None:
        self.methods: tuple[str, ...] = methods
        self._status = status

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """Return the response to a check.

        Args:
            method: The HTTP method.
            target: The path and query as sent.

        Returns:
            The response, or None for another method.
        """
        from webhook_verify.http import HandshakeResponse, WebhookResponse  # here, because it imports typing

        if method not in self.methods:
            return None
        allow = "allow", ", ".join(("POST", *self.methods))
        return HandshakeResponse("endpoint check", WebhookResponse(self._status, headers=(allow,)))
