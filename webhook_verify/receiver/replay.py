"""What a receiver makes of its replay protection: the answers, the log lines, and what the observer hears.

Nothing here is awaited: it is the same for blocking code and for asyncio, whose twin of
:class:`webhook_verify.replay.claim.Claim` the receiver calls itself.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from webhook_verify.delivery import Delivery
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.log_text import log_text
from webhook_verify.receiver.observer import Observer, notify
from webhook_verify.replay.claim import Claim
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.store import AsyncReplayStore, ClaimOutcome, ClaimState, ReplayStore
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["RETRY_AFTER", "ReplayProtection", "is_success"]

RETRY_AFTER = 30
"""Seconds after which a sender is asked to retry after a 503: a key is fetched again by then, too."""

_Guard = TypeVar("_Guard", bound=ReplayGuard[ReplayStore | AsyncReplayStore], covariant=True)
_Name = str | Callable[[RequestHead], str]

_logger = logging.getLogger("webhook_verify")


class ReplayProtection(Generic[_Guard]):
    """Replay protection as a receiver uses it.

    Args:
        guard: The guard.
        namespace: The namespace of the claims, or a function of the request that returns it.
        observer: The observer to notify, or None.
        rules: How the provider reads responses.

    Raises:
        TypeError: If `guard` or `namespace` is of another type.
    """

    def __init__(
        self, guard: _Guard, namespace: _Name, observer: Observer | None, rules: ResponseRules
    ) -> None:
        if not isinstance(cast("object", guard), ReplayGuard):
            kind = type(guard).__name__
            raise TypeError(f"replay is a ReplayGuard around a store, such as MemoryStore(); not {kind}")
        if not (isinstance(namespace, str) or callable(cast("object", namespace))):
            raise TypeError(
                f"namespace is a str, or a function of RequestHead, not {type(namespace).__name__}"
            )
        self.guard = guard
        self._claim_guard = cast("ReplayGuard[ReplayStore]", guard)
        self._namespace = namespace
        self._observer = observer
        self._rules = rules

    def new_claim(self, delivery: Delivery, head: RequestHead) -> Claim:
        """Return a claim of the delivery in the namespace of this request. Nothing is claimed yet.

        For an asynchronous store, wrap it in an :class:`AsyncClaim`.
        """
        namespace = self._namespace if isinstance(self._namespace, str) else self._namespace(head)
        return Claim(self._claim_guard, namespace, delivery)

    def response_to(
        self, outcome: ClaimOutcome, delivery: Delivery, head: RequestHead
    ) -> WebhookResponse | None:
        """What to answer instead of running the handler; None: run it. Tells the observer."""
        if outcome.state is ClaimState.CLAIMED:
            return None
        if outcome.state is ClaimState.TAKEN_OVER:
            extra = _extra(delivery, head)
            _logger.warning("an earlier worker's lease ran out: the delivery is handled again", extra=extra)
            notify(self._observer, "on_lease_expired", delivery, head)
            return None
        notify(self._observer, "on_duplicate", delivery, head, outcome.state)
        if outcome.state is ClaimState.COMPLETED:
            response = WebhookResponse.for_status(200)
        else:
            seconds = max(1, math.ceil(outcome.seconds_left))
            response = WebhookResponse.in_flight(self._rules.in_flight_status, seconds)
        return self._rules.applied_to(response)

    def unreachable(self, error: Exception, delivery: Delivery, head: RequestHead) -> WebhookResponse:
        """What to answer when nobody knows whether the delivery was handled: 503, so nothing is lost."""
        _log_failure("claimed: answered 503", error, delivery, head)
        return self._rules.applied_to(WebhookResponse.for_status(503, ("retry-after", str(RETRY_AFTER))))

    def settle(self, claim: Claim, head: RequestHead, status: int | None) -> None:
        """Complete the claim after a 2xx status, else release it, and note what goes wrong with that."""
        try:
            if not is_success(status):
                claim.release()
            elif not claim.complete():
                self.lost(claim.delivery, head)
        except Exception as error:
            self.not_settled(error, claim.delivery, head)

    def not_settled(self, error: Exception, delivery: Delivery, head: RequestHead) -> None:
        """Note that the store failed when the handler was done. The lease ends the claim by itself."""
        _log_failure("settled: its lease runs out by itself", error, delivery, head)

    def lost(self, delivery: Delivery, head: RequestHead) -> None:
        """Note that the handler is done, but took longer than its lease, and another worker took over."""
        _logger.warning(
            "the handler took longer than its lease, and the delivery was handled by another worker, too: "
            "raise lease, or call current_claim.extend()",
            extra=_extra(delivery, head),
        )


def is_success(status: int | None) -> bool:
    """Whether a response of that status, None for none at all, says that the delivery was handled."""
    return status is not None and 200 <= status < 300


def _extra(delivery: Delivery, head: RequestHead) -> dict[str, str]:
    return {
        "scheme": delivery.scheme,
        "message_id": log_text(delivery.id),
        "path": log_text(head.path),
    }


def _log_failure(what: str, error: Exception, delivery: Delivery, head: RequestHead) -> None:
    lines = str(error).splitlines()  # a driver may go on with its statement
    reason = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    notes: list[str] = getattr(error, "__notes__", [])  # a store's advice, such as to create its table
    reason = ". ".join([reason, *notes])
    _logger.error("the delivery could not be %s: %s", what, log_text(reason), extra=_extra(delivery, head))
