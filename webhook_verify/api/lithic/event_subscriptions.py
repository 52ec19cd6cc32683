"""Operations on event subscriptions, and simulated deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, OperationSteps, perform, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.lithic._lists import AttemptListCall, PageCall
from webhook_verify.api.lithic.models import (
    CursorPage,
    EventSubscription,
    EventSubscriptionChanges,
    EventSubscriptionIn,
    EventSubscriptionSecret,
    MessageAttempt,
    read_secret,
)

__all__ = ["EventSubscriptions", "Simulate"]

_ALL = "/v1/event_subscriptions"
_ONE = _ALL + "/{}"


def _written(token: str, subscription: EventSubscriptionIn) -> Operation[EventSubscription]:
    return request("PATCH", _ONE, token, body=subscription, returns=EventSubscription)


class EventSubscriptions(Resource[AnySender]):
    """Operations on event subscriptions: endpoints and the event types that they receive."""

    @paged
    def list(self, **call: Unpack[PageCall]) -> Operation[CursorPage[EventSubscription]]:
        """List the event subscriptions.

        Args:
            **call: Paging (`page_size`, `starting_after`, `ending_before`), `timeout` in seconds.

        Returns:
            The subscriptions; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
        """
        return request("GET", _ALL, query=call, returns=CursorPage[EventSubscription])

    @operation
    def create(self, subscription: EventSubscriptionIn, **call: Unpack[Call]) -> Operation[EventSubscription]:
        """Create an event subscription. It receives events immediately.

        This operation is not idempotent: a second call creates a second subscription.

        Args:
            subscription: The subscription to create.
            **call: `timeout` in seconds.

        Returns:
            The subscription.

        Raises:
            APIError: If the request fails after its retries.
        """
        return request("POST", _ALL, body=subscription, returns=EventSubscription)

    @operation
    def retrieve(self, event_subscription_token: str, **call: Unpack[Call]) -> Operation[EventSubscription]:
        """Return an event subscription.

        Args:
            event_subscription_token: Token of the event subscription.
            **call: `timeout` in seconds.

        Returns:
            The subscription.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        return request("GET", _ONE, event_subscription_token, returns=EventSubscription)

    @operation
    def update(
        self, event_subscription_token: str, subscription: EventSubscriptionIn, **call: Unpack[Call]
    ) -> Operation[EventSubscription]:
        """Replace an event subscription.

        To change individual fields, use `modify`.

        Args:
            event_subscription_token: Token of the event subscription.
            subscription: All fields of the subscription. Without `event_types` it receives all event types.
            **call: `timeout` in seconds.

        Returns:
            The changed subscription.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        return _written(event_subscription_token, subscription)

    @operation
    def modify(
        self, event_subscription_token: str, changes: EventSubscriptionChanges, **call: Unpack[Call]
    ) -> OperationSteps[EventSubscription]:
        """Change individual fields of an event subscription.

        Reads the subscription, then writes it back in full. A concurrent change between the two requests is
        lost, because Lithic has no versions or conditional writes.

        Args:
            event_subscription_token: Token of the event subscription.
            changes: The fields to change. Fields that are `UNSET` keep their values.
            **call: `timeout` in seconds.

        Returns:
            The changed subscription.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        now = yield from perform(request("GET", _ONE, event_subscription_token, returns=EventSubscription))
        return (yield from perform(_written(event_subscription_token, changes.applied_to(now))))

    @operation
    def delete(self, event_subscription_token: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete an event subscription.

        Args:
            event_subscription_token: Token of the event subscription.
            **call: `timeout` in seconds.

        Returns:
            None once it is deleted.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        return request("DELETE", _ONE, event_subscription_token)

    @paged
    def list_attempts(
        self, event_subscription_token: str, **call: Unpack[AttemptListCall]
    ) -> Operation[CursorPage[MessageAttempt]]:
        """List the attempts to deliver to an event subscription.

        Args:
            event_subscription_token: Token of the event subscription.
            **call: Filters (`begin`, `end`, `status`), paging (`page_size`, `starting_after`,
                `ending_before`), `timeout` in seconds.

        Returns:
            The attempts; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        path, page = _ONE + "/attempts", CursorPage[MessageAttempt]
        return request("GET", path, event_subscription_token, query=call, returns=page)

    @operation
    def recover(
        self,
        event_subscription_token: str,
        *,
        begin: datetime | None = None,
        end: datetime | None = None,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Resend failed messages of a period, in the background.

        Args:
            event_subscription_token: Token of the event subscription.
            begin: Start of the period. Without a timezone it is UTC.
            end: End of the period. Without a timezone it is UTC.
            **call: `timeout` in seconds.

        Returns:
            None once the server has accepted the request.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        query = {"begin": begin, "end": end}
        return request("POST", _ONE + "/recover", event_subscription_token, query=query)

    @operation
    def replay_missing(
        self,
        event_subscription_token: str,
        *,
        begin: datetime | None = None,
        end: datetime | None = None,
        **call: Unpack[Call],
    ) -> Operation[None]:
        """Send messages of a period that were never attempted, in the background.

        Args:
            event_subscription_token: Token of the event subscription.
            begin: Start of the period. Without a timezone it is UTC.
            end: End of the period. Without a timezone it is UTC.
            **call: `timeout` in seconds.

        Returns:
            None once the server has accepted the request.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        query = {"begin": begin, "end": end}
        return request("POST", _ONE + "/replay_missing", event_subscription_token, query=query)

    @operation
    def retrieve_secret(
        self, event_subscription_token: str, **call: Unpack[Call]
    ) -> Operation[EventSubscriptionSecret]:
        """Return the signing secret of an event subscription.

        Args:
            event_subscription_token: Token of the event subscription.
            **call: `timeout` in seconds.

        Returns:
            The secret.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/secret", event_subscription_token, decode=read_secret)

    @operation
    def rotate_secret(self, event_subscription_token: str, **call: Unpack[Call]) -> Operation[None]:
        """Replace the signing secret of an event subscription.

        For a day, events are signed with both secrets.

        Args:
            event_subscription_token: Token of the event subscription.
            **call: `timeout` in seconds.

        Returns:
            None once the new secret is in use. Read it with `retrieve_secret`.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        return request("POST", _ONE + "/secret/rotate", event_subscription_token)


class Simulate(Resource[AnySender]):
    """Simulated deliveries, to test an endpoint."""

    @operation
    def send_example(
        self, event_subscription_token: str, *, event_type: str | None = None, **call: Unpack[Call]
    ) -> Operation[None]:
        """Send an example event to an event subscription.

        Args:
            event_subscription_token: Token of the event subscription.
            event_type: Event type of the example. By default Lithic chooses it.
            **call: `timeout` in seconds.

        Returns:
            None once the server has accepted the request.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_subscription_token` is empty, `.` or `..`.
        """
        path = "/v1/simulate/event_subscriptions/{}/send_example"
        example = None if event_type is None else {"event_type": event_type}
        return request("POST", path, event_subscription_token, body=example)
