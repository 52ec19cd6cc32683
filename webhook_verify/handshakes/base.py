"""What a handshake is, and the plainest one, which asks whether an endpoint is there."""

from __future__ import annotations

from collections.abc import Callable

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.delivery import Delivery
    from webhook_verify.http import Greeted

__all__ = ["EndpointCheck", "Handshake", "Mac"]

Mac = Callable[[bytes], bytes]
"""Gives the base64 of the HMAC, by the secret that verified the delivery, over what it is given."""


class Handshake:
    """Nothing is asked: a base for those that are. Stateless, as a scheme is."""

    __slots__ = ()

    methods: tuple[str, ...] = ()
    """The methods other than POST that are answered."""

    reads_target: bool = False
    """Whether :meth:`answer_to_check` reads the query, of requests with any of the methods or POST."""

    reads_deliveries: bool = False
    """Whether :meth:`answer_to_delivery` has to be asked."""

    waits: bool = False
    """Whether :meth:`answer_to_delivery` may wait for the network."""

    @property
    def name(self) -> str:
        """What it is called."""
        return type(self).__name__

    def answer_to_check(self, method: str, target: str) -> Greeted | None:
        """The answer to a request that nobody signed; None: it is none of ours. Raises nothing.

        ``target``: path and query as they were sent, where ``reads_target``.
        """
        return None

    def answer_to_delivery(self, delivery: Delivery, mac: Mac) -> Greeted | None:
        """The answer to a verified delivery that is a handshake; None: it is for the handler.

        Raises :class:`RejectedDelivery` for one that must not be answered.
        """
        return None


class EndpointCheck(Handshake):
    """The provider asks by these methods whether an endpoint is there, and is answered 204."""

    __slots__ = ("methods",)

    def __init__(self, *methods: str) -> None:
        self.methods = methods

    def answer_to_check(self, method: str, target: str) -> Greeted | None:
        """See :meth:`Handshake.answer_to_check`."""
        from webhook_verify.http import Answer, Greeted  # here, because it imports typing

        if method not in self.methods:
            return None
        allow = "allow", ", ".join(("POST", *self.methods))
        return Greeted("endpoint check", Answer(204, headers=(allow,)))
