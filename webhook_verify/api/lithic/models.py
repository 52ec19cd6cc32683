"""What Lithic's Events API takes and answers. Its wire is in snake_case as Python is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Generic, TypeVar

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
    """What became of an attempt to deliver."""

    FAILED = "FAILED"
    PENDING = "PENDING"
    SENDING = "SENDING"
    SUCCESS = "SUCCESS"


class _Lithic(Model, frozen=True, kw_only=True, rename="lower"):
    """One payload: the names are those of the wire."""


class _Token(_Lithic, frozen=True, kw_only=True):
    """What has an id."""

    token: str
    """The id."""


class Event(_Token, frozen=True, kw_only=True):
    """Something that happened. ``token`` is the message id of its deliveries."""

    redacted_fields = frozenset({"payload"})

    created: datetime
    """When it happened."""
    event_type: str
    """Such as ``card.created``; new ones are added almost every month."""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])
    """What is delivered; empty in a list that was asked for without content."""


class EventSubscription(_Token, frozen=True, kw_only=True):
    """An endpoint, and the event types that are delivered to it."""

    url: str
    """Where to deliver."""
    description: str = ""
    """A text for people."""
    disabled: bool = False
    """Whether nothing is delivered; set by Lithic too, after 5 days of failures."""
    event_types: list[str] | None = None
    """The event types that are delivered; None: all."""


class EventSubscriptionIn(_Lithic, frozen=True, kw_only=True):
    """What a subscription shall be from now on. What is not given becomes its default."""

    url: str
    """Where to deliver."""
    description: str | UnsetType = UNSET
    """A text for people."""
    disabled: bool | UnsetType = UNSET
    """Whether nothing is delivered. False by default."""
    event_types: list[str] | UnsetType = UNSET
    """The event types that are delivered. All by default."""


class EventSubscriptionChanges(_Lithic, frozen=True, kw_only=True):
    """What shall change of a subscription. What is not given stays."""

    url: str | UnsetType = UNSET
    """Where to deliver."""
    description: str | UnsetType = UNSET
    """A text for people."""
    disabled: bool | UnsetType = UNSET
    """Whether nothing is delivered."""
    event_types: list[str] | UnsetType | None = UNSET
    """The event types that are delivered; None: all."""

    def applied_to(self, now: EventSubscription) -> EventSubscriptionIn:
        """What the subscription shall be, all of it."""
        event_types = now.event_types if self.event_types is UNSET else self.event_types
        return EventSubscriptionIn(
            url=now.url if self.url is UNSET else self.url,
            description=now.description if self.description is UNSET else self.description,
            disabled=now.disabled if self.disabled is UNSET else self.disabled,
            event_types=UNSET if event_types is None else event_types,
        )


class EventSubscriptionSecret(_Lithic, frozen=True, kw_only=True):
    """The secret that deliveries to a subscription are signed with."""

    redacted_fields = frozenset({"secret"})

    secret: str
    """``whsec_`` and base64, or base64 alone, padded or not. "" if the server told none."""


class MessageAttempt(_Token, frozen=True, kw_only=True):
    """One attempt to deliver an event."""

    redacted_fields = frozenset({"response"})

    created: datetime
    """When it was made."""
    event_subscription_token: str
    """The subscription it was made for."""
    event_token: str
    """The event that it was to deliver."""
    response: str
    """What the endpoint answered."""
    response_status_code: int
    """The status of that."""
    status: MessageAttemptStatus
    """What became of it."""
    url: str
    """Where it went."""


class CursorPage(_Lithic, Generic[_Item], frozen=True, kw_only=True):
    """One page of a list: newest first, backwards too."""

    data: list[_Item]
    """The items, at most as many as ``page_size`` asked for."""
    has_more: bool
    """Whether there are more, in the direction that was asked for."""

    def next_query(self, query: Mapping[str, object]) -> Mapping[str, object] | None:
        """What of the query changes for the next page; None if this is the last."""
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
    """A secret, under the name of Lithic's specification or that of its documentation."""
    read = _read_any_secret(body)
    return EventSubscriptionSecret(secret=read.secret or read.key or "")
