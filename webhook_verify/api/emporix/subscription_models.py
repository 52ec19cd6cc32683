"""Payloads of event subscriptions, their changes and the results of the changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from webhook_verify.api._model import UNSET, Model, OpenStrEnum, UnsetType
from webhook_verify.errors import APIStatusError

__all__ = [
    "EventSubscription",
    "MultiStatus",
    "SubscriptionAction",
    "SubscriptionChange",
    "SubscriptionMetadata",
    "SubscriptionResult",
    "SubscriptionStatus",
    "SubscriptionVersion",
    "WebhookEvent",
    "read_results",
]


class SubscriptionStatus(OpenStrEnum):
    """Status of a subscription; NONE: the event was never subscribed."""

    SUBSCRIBED = "SUBSCRIBED"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    NONE = "NONE"


class SubscriptionAction(OpenStrEnum):
    """Action of a change."""

    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"


class WebhookEvent(Model, frozen=True, kw_only=True):
    """An event that can be subscribed. Its texts are by language."""

    type: str | None = None
    """Event type, such as `order.created`."""
    name: dict[str, str] | None = None
    """Name of the event."""
    group: dict[str, str] | None = None
    """Group of the event."""
    description: dict[str, str] | None = None
    """Description of the event."""
    event_schema: dict[str, Any] | None = None
    """JSON Schema of the payload."""


class SubscriptionMetadata(Model, frozen=True, kw_only=True):
    """The times and the version of a subscription. Empty for an event that was never subscribed."""

    created_at: datetime | None = None
    """Time of creation."""
    modified_at: datetime | None = None
    """Time of the last change."""
    version: int | None = None
    """Version, which each write increases. A change names the version that it applies to."""


class EventSubscription(Model, frozen=True, kw_only=True):
    """An event and the status of its subscription."""

    event: WebhookEvent | None = None
    """Event."""
    metadata: SubscriptionMetadata | None = None
    """Times and version of the subscription."""
    subscription: SubscriptionStatus | None = None
    """Status of the subscription."""
    excluded_fields: list[str] | None = None
    """Fields that are omitted from the payload."""


class SubscriptionVersion(Model, frozen=True, kw_only=True):
    """The version of a subscription that a change applies to."""

    version: int | UnsetType = UNSET
    """Version as it was read. `UNSET` for an event that was never subscribed."""


class SubscriptionChange(Model, frozen=True, kw_only=True):
    """A change of the subscription of an event."""

    event_type: str
    """Event type."""
    action: SubscriptionAction | UnsetType = UNSET
    """Whether to subscribe or to unsubscribe."""
    fields_to_unsubscribe: list[str] | UnsetType = UNSET
    """Top-level fields to omit from the payload."""
    fields_to_subscribe: list[str] | UnsetType = UNSET
    """Fields to include in the payload again."""
    metadata: SubscriptionVersion | UnsetType = UNSET
    """Version that the change applies to. If the current version is newer, the change is a conflict."""

    def made_for(self, version: int | None) -> SubscriptionChange:
        """Return the change for another version.

        Args:
            version: Version of the subscription; None if the event was never subscribed.

        Returns:
            A copy of the change.
        """
        metadata = UNSET if version is None else SubscriptionVersion(version=version)
        return msgspec.structs.replace(self, metadata=metadata)


class SubscriptionResult(Model, frozen=True, kw_only=True):
    """The result of a change."""

    event_type: str | None = None
    """Event type."""
    code: int | None = None
    """HTTP status code; 409 is a conflict."""
    status: str | None = None
    """Name of the status."""
    message: str | None = None
    """Error message."""

    def __str__(self) -> str:
        return " ".join(str(each) for each in (self.code, self.status, self.message) if each is not None)


class MultiStatus(Model, frozen=True, kw_only=True):
    """The results of several changes, each of which may have failed."""

    results: Sequence[SubscriptionResult]
    """Result of each change."""

    @property
    def failed(self) -> Sequence[SubscriptionResult]:
        """Results without a 2xx code."""
        return [each for each in self.results if each.code is None or not 200 <= each.code < 300]

    def raise_for_failures(self) -> None:
        """Raise an error if a change failed.

        Raises:
            APIStatusError: If a change failed. Its status is 207, and `problems` lists the failed changes.
        """
        if not self.failed:
            return
        error = APIStatusError(207, b"")
        error.problems = tuple((each.event_type or "", str(each)) for each in self.failed)
        failures = "; ".join(": ".join(pair) for pair in error.problems)
        error.detail = f"{len(self.failed)} of {len(self.results)} changes failed: {failures}"
        raise error


_read_results = msgspec.json.Decoder(list[SubscriptionResult]).decode


def read_results(body: bytes) -> MultiStatus:
    """Read the results of changes.

    Args:
        body: Response body. An empty one, which arrives here as `{}`, means that all changes succeeded.

    Returns:
        The results.
    """
    return MultiStatus(results=[] if body == b"{}" else _read_results(body))
