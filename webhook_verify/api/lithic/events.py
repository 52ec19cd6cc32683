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
    """Operations on events, which Lithic retains for 90 days."""

    @paged
    def list(
        self,
        *,
        event_types: Collection[str] | None = None,
        with_content: bool | None = None,
        **call: Unpack[TimeCall],
    ) -> Operation[CursorPage[Event]]:
        """List the events.

        Args:
            event_types: Only events of these types, at most 10.
            with_content: Whether to include the payloads.
            **call: Filters (`begin`, `end`), paging (`page_size`, `starting_after`, `ending_before`),
                `timeout` in seconds.

        Returns:
            The events; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
        """
        query = {"event_types": comma_joined(event_types), "with_content": with_content, **call}
        return request("GET", "/v1/events", query=query, returns=CursorPage[Event])

    @operation
    def retrieve(self, event_token: str, **call: Unpack[Call]) -> Operation[Event]:
        """Return an event.

        Args:
            event_token: Token of the event.
            **call: `timeout` in seconds.

        Returns:
            The event.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If `event_token` is empty, `.` or `..`.
        """
        return request("GET", _ONE, event_token, returns=Event)

    @paged
    def list_attempts(
        self, event_token: str, **call: Unpack[AttemptListCall]
    ) -> Operation[CursorPage[MessageAttempt]]:
        """List the attempts to deliver an event.

        Args:
            event_token: Token of the event.
            **call: Filters (`begin`, `end`, `status`), paging (`page_size`, `starting_after`,
                `ending_before`), `timeout` in seconds.

        Returns:
            The attempts; iterate to read all pages.

        Raises:
            APIError: On iteration, if a request fails after its retries.
            ValueError: If `event_token` is empty, `.` or `..`.
        """
        return request("GET", _ONE + "/attempts", event_token, query=call, returns=CursorPage[MessageAttempt])

    @operation
    def resend(
        self, event_token: str, event_subscription_token: str, **call: Unpack[Call]
    ) -> Operation[None]:
        """Resend an event to an event subscription, with the same message id.

        Args:
            event_token: Token of the event.
            event_subscription_token: Token of the event subscription.
            **call: `timeout` in seconds.

        Returns:
            None once the server has accepted the request.

        Raises:
            APIError: If the request fails after its retries.
            ValueError: If an id is empty, `.` or `..`.
        """
        path = _ONE + "/event_subscriptions/{}/resend"
        return request("POST", path, event_token, event_subscription_token)
