"""What a handshake is, and the plainest one, which asks whether an endpoint is there."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.http import HandshakeResponse

__all__ = ["EndpointCheck", "Handshake", "SignContent"]

SignContent = Callable[[bytes], bytes]
"""Gives the base64 of the HMAC, by the secret that verified the delivery, over what it is given."""


class Handshake:
    """Nothing is asked: a base for those that are. Stateless, as a scheme is."""

    __slots__ = ()

    methods: tuple[str, ...] = ()
    """The methods other than POST that are answered."""

    needs_request_target: bool = False
    """Whether :meth:`respond_to_request` reads the query, of requests with any of the methods or POST."""

    handles_deliveries: bool = False
    """Whether :meth:`respond_to_delivery` has to be asked."""

    may_block: bool = False
    """Whether :meth:`respond_to_delivery` may wait for the network."""

    @property
    def name(self) -> str:
        """What it is called."""
        return type(self).__name__

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """The answer to a request that nobody signed; None: it is none of ours. Raises nothing.

        ``target``: path and query as they were sent, where ``needs_request_target``.
        """
        return None

    def respond_to_delivery(self, delivery: Delivery, sign_content: SignContent) -> HandshakeResponse | None:
        """The answer to a verified delivery that is a handshake; None: it is for the handler.

        Raises :class:`RejectedDelivery` for one that must not be answered.
        """
        return None


class EndpointCheck(Handshake):
    """The provider asks by these methods whether an endpoint is there, and is answered 204."""

    __slots__ = ("methods",)

    def __init__(self, *methods: str) -> None:
        self.methods = methods

    def respond_to_request(self, method: str, target: str) -> HandshakeResponse | None:
        """See :meth:`Handshake.respond_to_request`."""
        from webhook_verify.http import HandshakeResponse, WebhookResponse  # here, because it imports typing

        if method not in self.methods:
            return None
        allow = "allow", ", ".join(("POST", *self.methods))
        return HandshakeResponse("endpoint check", WebhookResponse(204, headers=(allow,)))
