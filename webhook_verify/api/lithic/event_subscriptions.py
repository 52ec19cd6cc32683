"""Operations on event subscriptions, and the simulation of deliveries to them."""

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
    """Event subscriptions: endpoints, and the event types that are delivered to them."""

    @paged
    def list(self, **call: Unpack[PageCall]) -> Operation[CursorPage[EventSubscription]]:
        """All subscriptions."""
        return request("GET", _ALL, query=call, returns=CursorPage[EventSubscription])

    @operation
    def create(self, subscription: EventSubscriptionIn, **call: Unpack[Call]) -> Operation[EventSubscription]:
        """Create a subscription. Deliveries start at once. Doing it twice makes two."""
        return request("POST", _ALL, body=subscription, returns=EventSubscription)

    @operation
    def retrieve(self, event_subscription_token: str, **call: Unpack[Call]) -> Operation[EventSubscription]:
        """One subscription."""
        return request("GET", _ONE, event_subscription_token, returns=EventSubscription)

    @operation
    def update(
        self, event_subscription_token: str, subscription: EventSubscriptionIn, **call: Unpack[Call]
    ) -> Operation[EventSubscription]:
        """Replace a subscription. Without ``event_types`` it gets all of them: see :meth:`modify`."""
        return _written(event_subscription_token, subscription)

    @operation
    def modify(
        self, event_subscription_token: str, changes: EventSubscriptionChanges, **call: Unpack[Call]
    ) -> OperationSteps[EventSubscription]:
        """Change parts of a subscription: it is read, changed and written whole.

        What somebody else writes between the two is lost: Lithic offers nothing against that.
        """
        now = yield from perform(request("GET", _ONE, event_subscription_token, returns=EventSubscription))
        return (yield from perform(_written(event_subscription_token, changes.applied_to(now))))

    @operation
    def delete(self, event_subscription_token: str, **call: Unpack[Call]) -> Operation[None]:
        """Delete a subscription."""
        return request("DELETE", _ONE, event_subscription_token)

    @paged
    def list_attempts(
        self, event_subscription_token: str, **call: Unpack[AttemptListCall]
    ) -> Operation[CursorPage[MessageAttempt]]:
        """All attempts to deliver to a subscription."""
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
        """Deliver again what failed between these times, in the background."""
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
        """Deliver what was never tried between these times, in the background."""
        query = {"begin": begin, "end": end}
        return request("POST", _ONE + "/replay_missing", event_subscription_token, query=query)

    @operation
    def retrieve_secret(
        self, event_subscription_token: str, **call: Unpack[Call]
    ) -> Operation[EventSubscriptionSecret]:
        """The secret that deliveries to a subscription are signed with."""
        return request("GET", _ONE + "/secret", event_subscription_token, decode=read_secret)

    @operation
    def rotate_secret(self, event_subscription_token: str, **call: Unpack[Call]) -> Operation[None]:
        """Make another secret valid: see :meth:`retrieve_secret`. The old one signs as well for a day."""
        return request("POST", _ONE + "/secret/rotate", event_subscription_token)


class Simulate(Resource[AnySender]):
    """Deliveries to try an endpoint with."""

    @operation
    def send_example(
        self, event_subscription_token: str, *, event_type: str | None = None, **call: Unpack[Call]
    ) -> Operation[None]:
        """Deliver the example of an event type, of any if none is named."""
        path = "/v1/simulate/event_subscriptions/{}/send_example"
        example = None if event_type is None else {"event_type": event_type}
        return request("POST", path, event_subscription_token, body=example)
