"""The hooks of a receiver for metrics. The exception of a hook does not affect a delivery."""

from __future__ import annotations

import logging

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.replay.store import ClaimState

__all__ = ["Observer", "hears_handled", "notify"]

_logger = logging.getLogger("webhook_verify")


class Observer:
    """A base class with an empty hook for each event. Override the hooks that you need.

    An exception in a hook is logged, and does not change the response.
    """

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """Handle the event of a verified delivery.

        Args:
            delivery: The delivery.
            head: The head of its request.
            seconds: The duration of the verification in seconds, without the time to receive the body.
        """

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        """Handle the event of a rejected delivery.

        Args:
            error: The rejection, with its reason.
            head: The head of the request.
            seconds: The duration of the verification in seconds, without the time to receive the body.
        """

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        """Handle the event of a finished handler.

        With replay protection a 2xx status has completed the delivery, and any other status has released it.

        Args:
            delivery: The delivery.
            head: The head of its request.
            status: The status of the response, None if the handler raised or its response was cut off.
            seconds: The duration of the handler in seconds.
        """

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        """Handle the event of a duplicate, for which the handler does not run.

        Args:
            delivery: The delivery.
            head: The head of its request.
            state: Whether the message id is completed or stored, or another worker is handling it.
        """

    def on_stored(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """Handle the event of a delivery that the inbox has stored.

        Args:
            delivery: The delivery.
            head: The head of its request.
            seconds: The duration of storing it in seconds.
        """

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        """Handle the event of an expired lease: the handler runs again for this message id.

        Args:
            delivery: The delivery.
            head: The head of its request.
        """

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        """Handle the event of a response to a handshake.

        Args:
            kind: The kind of the handshake, such as ``slack url_verification``.
            head: The head of the request. It has no headers if the handshake is not signed.
        """


def hears_handled(observer: Observer | None) -> bool:
    """Return whether the observer overrides `on_handled`.

    Args:
        observer: The observer, None without one.

    Returns:
        False if handlers need not be timed.
    """
    return getattr(type(observer), "on_handled", Observer.on_handled) is not Observer.on_handled


def notify(observer: Observer | None, hook: str, *arguments: object) -> None:
    """Call a hook of the observer, and log its exception.

    A hook that is missing is skipped, because an observer need not derive from `Observer`.

    Args:
        observer: The observer, None without one.
        hook: The name of the hook.
        arguments: The arguments of the hook.
    """
    if observer is None:
        return
    call = getattr(observer, hook, None)
    if call is not None:
        try:
            call(*arguments)
        except Exception:
            _logger.exception("observer hook %s raised an exception; the response is not affected", hook)
