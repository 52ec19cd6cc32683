"""Payloads of the Lithic Events API, which are in snake_case on the wire too."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from msgspec import field

from webhook_verify.api._model import UNSET, Model, OpenStrEnum, UnsetType

__all__ = [
    "CursorPage",
    "Event",
    "EventSubscription",
    "EventSubscriptionChanges",
    "EventSubscriptionIn",
    "EventSubscriptionSecret",
    "MessageAttempt",
    "MessageAttemptStatus",
    "read_secret",
]

_Item = TypeVar("_Item", bound="_Token")


class MessageAttemptStatus(OpenStrEnum):
    """Status of a delivery attempt."""

    FAILED = "FAILED"
    PENDING = "PENDING"
    SENDING = "SENDING"
    SUCCESS = "SUCCESS"


class _Lithic(Model, frozen=True, kw_only=True, rename="lower"):
    """A payload with the same names as on the wire."""


class _Token(_Lithic, frozen=True, kw_only=True):
    """A payload with an id."""

    token: str
    """Server-assigned id."""


class Event(_Token, frozen=True, kw_only=True):
    """An event. Its `token` is the message id of its deliveries."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"payload"})

    created: datetime
    """Time of the event."""
    event_type: str
    """Event type, such as `card.created`. Lithic adds new types almost every month."""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    """Payload that is delivered. Empty in a list without `with_content`."""


class EventSubscription(_Token, frozen=True, kw_only=True):
    """An endpoint and the event types that it receives."""

    url: str
    """URL to deliver to."""
    description: str = ""
    """Human-readable description."""
    disabled: bool = False
    """Whether deliveries are paused. Lithic also sets it, after 5 days of failures."""
    event_types: list[str] | None = None
    """Event types to deliver; None: all."""


class EventSubscriptionIn(_Lithic, frozen=True, kw_only=True):
    """An event subscription to create or to replace. Fields that are `UNSET` get their defaults."""

    url: str
    """URL to deliver to."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    disabled: bool | UnsetType = UNSET
    """Whether deliveries are paused. False by default."""
    event_types: list[str] | UnsetType = UNSET
    """Event types to deliver. All by default."""


class EventSubscriptionChanges(_Lithic, frozen=True, kw_only=True):
    """Changes of an event subscription. Fields that are `UNSET` keep their values."""

    url: str | UnsetType = UNSET
    """URL to deliver to."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    disabled: bool | UnsetType = UNSET
    """Whether deliveries are paused."""
    event_types: list[str] | UnsetType | None = UNSET
    """Event types to deliver; None: all."""

    def applied_to(self, now: EventSubscription) -> EventSubscriptionIn:
        """Apply the changes to a subscription.

        Args:
            now: The current subscription.

        Returns:
            All fields of the changed subscription.
        """
        event_types = now.event_types if self.event_types is UNSET else self.event_types
        return EventSubscriptionIn(
            url=now.url if self.url is UNSET else self.url,
            description=now.description if self.description is UNSET else self.description,
            disabled=now.disabled if self.disabled is UNSET else self.disabled,
            event_types=UNSET if event_types is None else event_types,
        )


class EventSubscriptionSecret(_Lithic, frozen=True, kw_only=True):
    """The signing secret of an event subscription."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"secret"})

    secret: str
    """Secret in base64, with or without `whsec_` and padding. "" if the server returned none."""


class MessageAttempt(_Token, frozen=True, kw_only=True):
    """An attempt to deliver an event."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"response"})

    created: datetime
    """Time of the attempt."""
    event_subscription_token: str
    """Token of the event subscription."""
    event_token: str
    """Token of the event."""
    response: str
    """Response body."""
    response_status_code: int
    """Status code of the response."""
    status: MessageAttemptStatus
    """Status of the attempt."""
    url: str
    """URL of the request."""


class CursorPage(_Lithic, Generic[_Item], frozen=True, kw_only=True):
    """A page of a list, newest first, even if the list is read backwards."""

    data: list[_Item]
    """Items of the page, at most `page_size`."""
    has_more: bool
    """Whether there are further items in the requested direction."""

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        """Return the query parameters that change for the next page.

        Args:
            query: Query parameters of this page.

        Returns:
            The changed parameters, or None if this is the last page.
        """
        if not self.has_more or not self.data:
            return None
        if query.get("ending_before"):
            return {"ending_before": self.data[0].token}
        return {"starting_after": self.data[-1].token}


class _AnySecret(_Lithic, frozen=True, kw_only=True):
    secret: str | None = None
    key: str | None = None


_read_any_secret = msgspec.json.Decoder(_AnySecret).decode


def read_secret(body: bytes) -> EventSubscriptionSecret:
    """Read a secret, whose key is `secret` in Lithic's specification and `key` in its documentation.

    Args:
        body: Response body.

    Returns:
        The secret.
    """
    read = _read_any_secret(body)
    return EventSubscriptionSecret(secret=read.secret or read.key or "")
