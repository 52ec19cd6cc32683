"""An inbox in a receiver: a delivery is stored, and the receiver responds without running a handler."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from inspect import iscoroutinefunction, signature
from time import perf_counter
from typing import Any, Protocol, cast

from webhook_verify.delivery import Delivery
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.inbox.entries import PutOutcome
from webhook_verify.receiver.log_fields import delivery_extra, delivery_text
from webhook_verify.receiver.observer import Observer, notify
from webhook_verify.receiver.replay import RETRY_AFTER, RequestNamespace, log_duplicate, log_failure
from webhook_verify.replay.identity import IdempotencyKey, own_key
from webhook_verify.replay.store import ClaimState
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["DeliveryInbox", "ReceiverInbox", "has_deduplication", "receiver_inbox"]

_SEPARATOR = "\x1f"  # PostgreSQL's text cannot contain NUL.

_logger = logging.getLogger("webhook_verify")


class DeliveryInbox(Protocol):
    """Stores verified deliveries durably.

    An inbox whose attribute `needs_guard` is True does not recognize duplicates, so its receiver may have a
    replay guard. Any other inbox takes the place of the guard. `accept` is asynchronous if it is a coroutine
    function, or if the attribute `is_async` is True. A receiver with `idempotency_key` calls it with that key
    as a fourth argument.
    """

    def accept(
        self, delivery: Delivery, head: RequestHead, namespace: str, /
    ) -> PutOutcome | Awaitable[PutOutcome]:
        """Store a delivery durably, unless it is stored already.

        Args:
            delivery: The verified delivery.
            head: The head of its request.
            namespace: The namespace of the receiver.

        Returns:
            Whether the delivery is new. A coroutine function may do the same for an `AsyncReceiver`.

        Raises:
            Exception: If the delivery could not be stored. The sender then gets a 503, and retries.
        """
        ...


class ReceiverInbox:
    """An inbox as a receiver uses it.

    Args:
        inbox: The inbox.
        namespace: The namespace of the deliveries, or a function of the request that returns it.
        observer: The observer to notify, or None.
        rules: How the provider reads responses.
        sender_in: Returns the text in a signed body that is added to the namespace, None for no text.
        idempotency_key: Returns the application's key of a delivery, None for the default key.

    Attributes:
        inbox: The inbox.
        is_async: Whether `accept` returns an awaitable.
        needs_guard: Whether the inbox does not recognize duplicates.

    Raises:
        TypeError: If `inbox` has no method `accept`, or `namespace` is of a wrong type.
    """

    def __init__(
        self,
        inbox: DeliveryInbox,
        namespace: str | Callable[[RequestHead], str],
        observer: Observer | None,
        rules: ResponseRules,
        sender_in: Callable[[bytes], str] | None = None,
        idempotency_key: IdempotencyKey | None = None,
    ) -> None:
        accept: object = getattr(inbox, "accept", None)
        if isinstance(inbox, type) or not callable(accept):
            kind = f"the class {inbox.__name__!r}" if isinstance(inbox, type) else repr(type(inbox).__name__)
            raise TypeError(f"inbox must be an object with a method accept, such as an Inbox, not {kind}")
        self.inbox = inbox
        self.is_async: bool = iscoroutinefunction(accept) or getattr(inbox, "is_async", False) is True
        self.needs_guard: bool = getattr(inbox, "needs_guard", False) is True
        self._namespace = RequestNamespace(namespace, sender_in, _SEPARATOR)
        self._observer = observer
        self._rules = rules
        self.idempotency_key = idempotency_key
        if idempotency_key is not None:
            _check_takes_key(accept)

    def store(self, delivery: Delivery, head: RequestHead) -> WebhookResponse:
        """Store a delivery in a synchronous inbox.

        Args:
            delivery: The verified delivery.
            head: The head of its request.

        Returns:
            The response: 202 for a new delivery, 200 for a duplicate, 503 if it could not be stored.
        """
        started = perf_counter()
        try:
            outcome = _checked(self.inbox.accept(*self._arguments(delivery, head)))
        except Exception as error:
            return self._not_stored(error, delivery, head)
        return self._response_to(outcome, delivery, head, perf_counter() - started)

    async def store_async(
        self, delivery: Delivery, head: RequestHead, in_thread: Callable[..., Awaitable[Any]]
    ) -> WebhookResponse:
        """Store a delivery on an event loop.

        Args:
            delivery: The verified delivery.
            head: The head of its request.
            in_thread: Runs a call of a synchronous inbox in a thread.

        Returns:
            The response: 202 for a new delivery, 200 for a duplicate, 503 if it could not be stored.
        """
        started = perf_counter()
        try:
            arguments = self._arguments(delivery, head)
            if self.is_async:
                accepted = cast("Awaitable[object]", self.inbox.accept(*arguments))
                outcome = _checked(await accepted)
            else:
                outcome = _checked(await in_thread(self.inbox.accept, *arguments))
        except Exception as error:
            return self._not_stored(error, delivery, head)
        return self._response_to(outcome, delivery, head, perf_counter() - started)

    def _arguments(self, delivery: Delivery, head: RequestHead) -> tuple[Any, ...]:
        arguments = delivery, head, self._namespace.of(delivery, head)
        if self.idempotency_key is None:
            return arguments
        return (*arguments, own_key(self.idempotency_key, delivery))

    def _response_to(
        self, outcome: PutOutcome, delivery: Delivery, head: RequestHead, seconds: float
    ) -> WebhookResponse:
        if not outcome.is_new:
            notify(self._observer, "on_duplicate", delivery, head, ClaimState.COMPLETED)
            response = self._rules.applied_to(WebhookResponse.handled_before())
            log_duplicate("stored before", response.status, delivery, head)
            return response
        notify(self._observer, "on_stored", delivery, head, seconds)
        response = self._rules.applied_to(WebhookResponse.stored())
        if _logger.isEnabledFor(logging.INFO):
            _logger.info(
                "webhook stored: %s; responded with %d",
                delivery_text(delivery, head),
                response.status,
                extra=delivery_extra(delivery, head),
            )
        return response

    def _not_stored(self, error: Exception, delivery: Delivery, head: RequestHead) -> WebhookResponse:
        response = self._rules.applied_to(WebhookResponse.for_status(503, ("retry-after", str(RETRY_AFTER))))
        problem = f"could not store the delivery; responded with {response.status}, so the sender retries"
        log_failure(problem, error, delivery, head)
        return response


def receiver_inbox(
    inbox: DeliveryInbox | None,
    replay: object,
    namespace: str | Callable[[RequestHead], str],
    observer: Observer | None,
    rules: ResponseRules,
    sender_in: Callable[[bytes], str] | None,
    idempotency_key: IdempotencyKey | None,
    *,
    may_await: bool,
) -> ReceiverInbox | None:
    """Return the inbox of a receiver, None without one.

    Args:
        inbox: The inbox, or None.
        replay: The replay guard, or None.
        namespace: The namespace of the deliveries, or a function of the request that returns it.
        observer: The observer to notify, or None.
        rules: How the provider reads responses.
        sender_in: Returns the text in a signed body that is added to the namespace, None for no text.
        idempotency_key: Returns the application's key of a delivery, None for the default key.
        may_await: Whether the inbox may be asynchronous.

    Returns:
        The inbox as the receiver uses it.

    Raises:
        TypeError: If `inbox` has no method `accept`, or is asynchronous although the receiver is not.
        ValueError: If there is a guard as well, and the inbox recognizes duplicates itself.
    """
    if inbox is None:
        return None
    checked = ReceiverInbox(inbox, namespace, observer, rules, sender_in, idempotency_key)
    if checked.is_async and not may_await:
        raise TypeError(
            "inbox must have a synchronous accept, because Receiver is synchronous. Use AsyncReceiver with "
            "this inbox"
        )
    if replay is not None and not checked.needs_guard:
        raise ValueError(
            f"replay must not be set together with this inbox, because {type(inbox).__name__} recognizes "
            "duplicates itself: its row takes the place of the claim. Remove replay, or use a Handoff"
        )
    return checked


def has_deduplication(replay: object, inbox: object) -> bool:
    """Return whether a receiver recognizes duplicates, by its guard or its inbox.

    Args:
        replay: The replay guard, or None.
        inbox: The inbox, or None.

    Returns:
        Whether a delivery that was accepted before is recognized.
    """
    return replay is not None or (inbox is not None and getattr(inbox, "needs_guard", False) is not True)


def _check_takes_key(accept: Callable[..., object]) -> None:
    try:
        signature(accept).bind(None, None, "", "")
    except TypeError:
        raise TypeError(
            "idempotency_key needs an inbox whose accept takes the key as its fourth argument, such as an "
            "Inbox or a Handoff"
        ) from None


def _checked(outcome: object) -> PutOutcome:
    """Return the outcome. Raises TypeError for any other value, so that no delivery counts as stored."""
    if not isinstance(outcome, PutOutcome):
        raise TypeError(f"accept of the inbox must return a PutOutcome, not {type(outcome).__name__!r}")
    return outcome
