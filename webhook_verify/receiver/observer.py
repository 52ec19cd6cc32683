"""The hooks of a receiver for metrics, and the call that no failing hook gets past."""

from __future__ import annotations

import logging

from webhook_verify.delivery import Delivery
from webhook_verify.errors import RejectedDelivery
from webhook_verify.http import RequestHead
from webhook_verify.replay.store import ClaimState

__all__ = ["Observer", "hears_handled", "notify"]

_logger = logging.getLogger("webhook_verify")


class Observer:
    """A base class with an empty hook for each event; override those to count or to measure.

    An exception in a hook is logged, and does not change the response.
    """

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        """A delivery was verified in `seconds`, without the time that its body took to arrive."""

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
        """A delivery was rejected, after `seconds` as in :meth:`on_verified`."""

    def on_handled(self, delivery: Delivery, head: RequestHead, status: int | None, seconds: float) -> None:
        """The handler responded with `status`, None if it raised or its response broke off, after `seconds`.

        With replay protection a status of 2xx has completed the delivery, and every other released it.
        """

    def on_duplicate(self, delivery: Delivery, head: RequestHead, state: ClaimState) -> None:
        """A delivery was not handled, because its message id is completed or in flight elsewhere."""

    def on_lease_expired(self, delivery: Delivery, head: RequestHead) -> None:
        """The lease of an earlier claim of this message id expired, so the delivery is handled again."""

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        """A handshake of this kind, such as ``slack url_verification``, was answered.

        `head` has no headers if the handshake is not signed.
        """


def hears_handled(observer: Observer | None) -> bool:
    """Return whether the observer has a hook of its own for a handled delivery."""
    return getattr(type(observer), "on_handled", Observer.on_handled) is not Observer.on_handled


def notify(observer: Observer | None, hook: str, *arguments: object) -> None:
    """Call a hook of the observer, if it has that hook, and log its exception.

    An observer that does not derive from :class:`Observer` may lack hooks.
    """
    if observer is None:
        return
    call = getattr(observer, hook, None)
    if call is not None:
        try:
            call(*arguments)
        except Exception:
            _logger.exception("the observer failed")
