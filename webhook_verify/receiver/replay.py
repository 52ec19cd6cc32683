"""Replay protection in a receiver: the responses to duplicates, the log lines and the observer's calls.

This module does not await anything, so `Receiver` and `AsyncReceiver` share it. An `AsyncReceiver` calls the
`AsyncClaim` itself.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from webhook_verify.delivery import Delivery
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.log_text import log_text
from webhook_verify.receiver.log_fields import delivery_extra, delivery_text
from webhook_verify.receiver.observer import Observer, notify
from webhook_verify.replay.claim import Claim
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.identity import IdempotencyKey, own_key
from webhook_verify.replay.store import AsyncReplayStore, ClaimOutcome, ClaimState, ReplayStore
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = [
    "RETRY_AFTER",
    "ReplayProtection",
    "RequestNamespace",
    "is_success",
    "log_duplicate",
    "log_failure",
    "no_replay_protection",
]

RETRY_AFTER = 30
"""The ``Retry-After`` of a 503, in seconds. A key that could not be fetched is fetched again by then."""

_Guard = TypeVar("_Guard", bound=ReplayGuard[ReplayStore | AsyncReplayStore], covariant=True)
_Name = str | Callable[[RequestHead], str]

_logger = logging.getLogger("webhook_verify")


class RequestNamespace:
    """The namespace of each delivery of a receiver.

    Args:
        namespace: The namespace, or a function of the request that returns it.
        sender_in: Returns the text in a signed body that is added to the namespace, None for no text.
        separator: The text before it.

    Raises:
        TypeError: If `namespace` is of a wrong type.
    """

    def __init__(
        self, namespace: _Name, sender_in: Callable[[bytes], str] | None, separator: str = "\0"
    ) -> None:
        if not (isinstance(namespace, str) or callable(cast("object", namespace))):
            kind = type(namespace).__name__
            raise TypeError(f"namespace must be a str or a function of RequestHead, not {kind!r}")
        self._namespace = namespace
        self._sender_in = sender_in
        self._separator = separator

    def of(self, delivery: Delivery, head: RequestHead) -> str:
        """Return the namespace of a delivery.

        Args:
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The namespace.
        """
        namespace = self._namespace if isinstance(self._namespace, str) else self._namespace(head)
        if self._sender_in is None:
            return namespace
        return f"{namespace}{self._separator}{self._sender_in(delivery.body)}"


class ReplayProtection(Generic[_Guard]):
    """Replay protection as a receiver uses it.

    Args:
        guard: The replay guard, which holds the store.
        namespace: The namespace of the claims, or a function of the request that returns it.
        observer: The observer to notify, or None.
        rules: How the provider reads responses.
        sender_in: Returns the text in a signed body that is added to the namespace, None for no text.
        idempotency_key: Returns the application's key of a delivery, None for the default key.

    Raises:
        TypeError: If `guard` or `namespace` is of a wrong type.
    """

    def __init__(
        self,
        guard: _Guard,
        namespace: _Name,
        observer: Observer | None,
        rules: ResponseRules,
        sender_in: Callable[[bytes], str] | None = None,
        idempotency_key: IdempotencyKey | None = None,
    ) -> None:
        if not isinstance(cast("object", guard), ReplayGuard):
            kind = type(guard).__name__
            raise TypeError(
                f"replay must be a ReplayGuard with a store, such as ReplayGuard(MemoryStore()), not {kind!r}"
            )
        self.guard = guard
        self._claim_guard = cast("ReplayGuard[ReplayStore]", guard)
        self._namespace = RequestNamespace(namespace, sender_in)
        self._observer = observer
        self._rules = rules
        self.idempotency_key = idempotency_key

    def new_claim(self, delivery: Delivery, head: RequestHead) -> Claim:
        """Return a claim of the delivery in the namespace of this request, without calling the store.

        Args:
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The claim. For an asynchronous store, wrap it in an `AsyncClaim`.

        Raises:
            TypeError: If the application's key is not a str.
            ValueError: If the application's key is empty.
            Exception: Any exception of the application's functions.
        """
        namespace = self._namespace.of(delivery, head)
        if self.idempotency_key is None:
            return Claim(self._claim_guard, namespace, delivery)
        return Claim(self._claim_guard, namespace, delivery, own_key(self.idempotency_key, delivery))

    def claim(self, delivery: Delivery, head: RequestHead) -> Claim | WebhookResponse:
        """Claim a delivery at a synchronous store.

        Args:
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The claim, or the response to a duplicate or after a failed claim.
        """
        claim = self.new_claim(delivery, head)
        try:
            outcome = claim.claim()
        except Exception as error:
            return self.unreachable(error, delivery, head)
        if outcome.state is not ClaimState.CLAIMED:
            response = self.response_to(outcome, delivery, head)
            if response is not None:
                return response
        claim.attempt = outcome.attempt
        return claim

    def response_to(
        self, outcome: ClaimOutcome, delivery: Delivery, head: RequestHead
    ) -> WebhookResponse | None:
        """Return the response to a duplicate. Notify the observer of a duplicate and of an expired lease.

        Args:
            outcome: The result of the claim.
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The response, None if the handler must run.
        """
        if outcome.state is ClaimState.CLAIMED:
            return None
        if outcome.state is ClaimState.TAKEN_OVER:
            _logger.warning(
                "webhook lease expired: %s: an earlier worker did not finish; running the handler again",
                delivery_text(delivery, head),
                extra=delivery_extra(delivery, head),
            )
            notify(self._observer, "on_lease_expired", delivery, head)
            return None
        notify(self._observer, "on_duplicate", delivery, head, outcome.state)
        if outcome.state is ClaimState.COMPLETED:
            response = WebhookResponse.handled_before()
        else:
            seconds = max(1, math.ceil(outcome.seconds_left))
            response = WebhookResponse.in_flight(self._rules.in_flight_status, seconds)
        response = self._rules.applied_to(response)
        reason = (
            "handled before" if outcome.state is ClaimState.COMPLETED else "another worker is handling it"
        )
        log_duplicate(reason, response.status, delivery, head)
        return response

    def unreachable(self, error: Exception, delivery: Delivery, head: RequestHead) -> WebhookResponse:
        """Log a failed claim, and return the response that makes the sender retry.

        Args:
            error: The error of the store.
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            A 503: the store could not report whether the delivery was handled before.
        """
        response = self._rules.applied_to(WebhookResponse.for_status(503, ("retry-after", str(RETRY_AFTER))))
        log_failure(
            f"could not claim the delivery; responded with {response.status}, so the sender retries",
            error,
            delivery,
            head,
        )
        return response

    def settle(self, claim: Claim, head: RequestHead, status: int | None) -> None:
        """Complete the claim after a 2xx status, otherwise release it. Log an error of the store.

        Args:
            claim: The claim of the delivery.
            head: The head of its request.
            status: The status of the handler's response, None without a response.
        """
        try:
            if status is None or not 200 <= status < 300:
                claim.release()
            elif not claim.complete():
                self.lost(claim.delivery, head)
        except Exception as error:
            self.not_settled(error, claim.delivery, head, status)

    def not_settled(
        self, error: Exception, delivery: Delivery, head: RequestHead, status: int | None
    ) -> None:
        """Log that the store failed after the handler had finished. The lease then ends the claim.

        Args:
            error: The error of the store.
            delivery: The verified delivery.
            head: The head of its request.
            status: The status of the handler's response, None without a response.
        """
        action = (
            "record the delivery as handled" if is_success(status) else "release the delivery for a retry"
        )
        lease = f"its lease will expire in at most {self.guard.lease:g} s, or later if it was extended"
        log_failure(f"could not {action}; {lease}", error, delivery, head)

    def lost(self, delivery: Delivery, head: RequestHead) -> None:
        """Log that the handler finished after its lease had expired and another worker had taken over.

        Args:
            delivery: The verified delivery.
            head: The head of its request.
        """
        _logger.warning(
            "webhook lease too short: %s: the handler took longer than its lease of %g s, and another worker "
            "handled the delivery as well. Increase lease, or call current_claim.extend()",
            delivery_text(delivery, head),
            self.guard.lease,
            extra=delivery_extra(delivery, head),
        )


def no_replay_protection() -> RuntimeError:
    """Return the error of a claim by a receiver without replay protection.

    Returns:
        The error to raise.
    """
    return RuntimeError("this receiver has no replay protection: pass replay=ReplayGuard(...) to claim")


def is_success(status: int | None) -> bool:
    """Return whether a response with this status means that the delivery was handled.

    Args:
        status: The status, None without a response.

    Returns:
        True for a 2xx status.
    """
    return status is not None and 200 <= status < 300


def log_duplicate(reason: str, status: int, delivery: Delivery, head: RequestHead) -> None:
    """Log a duplicate, for which no handler runs.

    Args:
        reason: The reason.
        status: The status of the response.
        delivery: The verified delivery.
        head: The head of its request.
    """
    if not _logger.isEnabledFor(logging.INFO):
        return
    _logger.info(
        "webhook duplicate: %s: %s; responded with %d",
        delivery_text(delivery, head),
        reason,
        status,
        extra=delivery_extra(delivery, head),
    )


def log_failure(problem: str, error: Exception, delivery: Delivery, head: RequestHead) -> None:
    """Log an error of a store.

    Args:
        problem: The consequence of the error.
        error: The error.
        delivery: The verified delivery.
        head: The head of its request.
    """
    from webhook_verify.inbox.failures import text_without_body  # Imported only after a failure.

    # A driver appends its statement, which may contain data, and the application's lane function the body.
    lines = text_without_body(error, delivery.body).splitlines()
    reason = f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
    notes: list[str] = getattr(error, "__notes__", [])  # The store's advice, such as to create its table.
    reason = ". ".join([reason, *notes])
    _logger.error(
        "%s: %s: %s",
        problem,
        delivery_text(delivery, head),
        log_text(reason),
        extra=delivery_extra(delivery, head),
    )
