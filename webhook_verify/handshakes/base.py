"""The base class of handshakes, and the simplest handshake, which checks that an endpoint exists."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.handshakes.secret_store import AsyncSecretStore, SecretStore
    from webhook_verify.http import HandshakeResponse, RequestHead

__all__ = ["MAX_HANDSHAKE_BYTES", "EndpointCheck", "Handshake", "SignContent"]

MAX_HANDSHAKE_BYTES = 16_384
"""The largest body of a handshake. The longest known one, of Amazon SNS, has less than 2 kB."""

SignContent = Callable[[bytes], bytes]
"""A function that returns the base64 HMAC of its argument.

The key is the secret that verified the delivery, or for an unsigned request the first valid secret.
"""


class Handshake:
    """The base class of handshakes, which handles no request. A handshake has no state, like a scheme."""

    __slots__ = ()

    methods: tuple[str, ...] = ()
    """The HTTP methods in addition to POST that the handshake handles."""

    needs_request_target: bool = False
    """Whether `respond_to_request` reads the query of POST requests and of requests with these methods."""

    handles_deliveries: bool = False
    """Whether the handshake implements `respond_to_delivery`."""

    handles_unsigned_bodies: bool = False
    """Whether `respond_to_unsigned` handles rejected requests, whose body is therefore read."""

    may_block: bool = False
    """Whether `respond_to_delivery` may wait for the network, or `secret_store` for a file or a database."""

    secret_store: SecretStore | AsyncSecretStore | None = None
    """Where the receiver stores a secret that `respond_to_unsigned` returns in a `HandedOverSecret`."""

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

    def respond_to_unsigned(
        self, head: RequestHead, body: bytes, sign_content: SignContent | None
    ) -> HandshakeResponse | None:
        """Return the response to an unsigned request, by its headers and its body. It must not raise.

        It is called for requests with one of `methods`, without a body, and if `handles_unsigned_bodies` is
        set for rejected deliveries with a body of at most `MAX_HANDSHAKE_BYTES`. By default, it calls
        `respond_to_request` for the former.

        Args:
            head: The head of the request.
            body: The unverified body.
            sign_content: Signs bytes with the first valid secret, None if a lookup determines the secret.
                Only pass content that cannot be a delivery, because any client can send the request.

        Returns:
            The response, or None if the request is not this handshake.
        """
        return None if body else self.respond_to_request(head.method, head.target)

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
