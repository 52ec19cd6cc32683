"""Operations on events."""

from __future__ import annotations

from collections.abc import Collection
from typing import Unpack

from webhook_verify.api._operation import Call, Operation, request
from webhook_verify.api._resource import AnySender, Resource, operation, paged
from webhook_verify.api.lithic._lists import AttemptListCall, TimeCall, comma_joined
from webhook_verify.api.lithic.models import CursorPage, Event, MessageAttempt

__all__ = ["Events"]

_ONE = "/v1/events/{}"


class Events(Resource[AnySender]):
    """Events. Lithic keeps them for 90 days."""

    @paged
    def list(
        self,
        *,
        event_types: Collection[str] | None = None,
        with_content: bool | None = None,
        **call: Unpack[TimeCall],
    ) -> Operation[CursorPage[Event]]:
        """All events, of at most 10 event types if some are named; ``with_content``: with payloads."""
        query = {"event_types": comma_joined(event_types), "with_content": with_content, **call}
        return request("GET", "/v1/events", query=query, returns=CursorPage[Event])

    @operation
    def retrieve(self, event_token: str, **call: Unpack[Call]) -> Operation[Event]:
        """One event."""
        return request("GET", _ONE, event_token, returns=Event)

    @paged
    def list_attempts(
        self, event_token: str, **call: Unpack[AttemptListCall]
    ) -> Operation[CursorPage[MessageAttempt]]:
        """All attempts to deliver an event."""
        return request("GET", _ONE + "/attempts", event_token, query=call, returns=CursorPage[MessageAttempt])

    @operation
    def resend(
        self, event_token: str, event_subscription_token: str, **call: Unpack[Call]
    ) -> Operation[None]:
        """Deliver an event to a subscription again, with the same message id."""
        path = _ONE + "/event_subscriptions/{}/resend"
        return request("POST", path, event_token, event_subscription_token)
