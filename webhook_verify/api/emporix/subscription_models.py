"""Which events are delivered, what shall change of that, and what came of each change."""

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
    """Whether an event is delivered; NONE: it never was."""

    SUBSCRIBED = "SUBSCRIBED"
    UNSUBSCRIBED = "UNSUBSCRIBED"
    NONE = "NONE"


class SubscriptionAction(OpenStrEnum):
    """What to do."""

    SUBSCRIBE = "SUBSCRIBE"
    UNSUBSCRIBE = "UNSUBSCRIBE"


class WebhookEvent(Model, frozen=True, kw_only=True):
    """An event that can be delivered. Its texts are by language."""

    type: str | None = None
    """The event type, such as ``order.created``."""
    name: dict[str, str] | None = None
    """Its name."""
    group: dict[str, str] | None = None
    """What it belongs to."""
    description: dict[str, str] | None = None
    """What happened."""
    event_schema: dict[str, Any] | None = None
    """The JSON Schema of its payload."""


class SubscriptionMetadata(Model, frozen=True, kw_only=True):
    """When a subscription was made and changed. Empty for an event that was never subscribed."""

    created_at: datetime | None = None
    """When it was made."""
    modified_at: datetime | None = None
    """When it was changed last."""
    version: int | None = None
    """How often it was written: a change names the version that it was made for."""


class EventSubscription(Model, frozen=True, kw_only=True):
    """An event, and whether it is delivered."""

    event: WebhookEvent | None = None
    """The event."""
    metadata: SubscriptionMetadata | None = None
    """When, and how often written."""
    subscription: SubscriptionStatus | None = None
    """Whether it is delivered."""
    excluded_fields: list[str] | None = None
    """Fields that are left out of the payload."""


class SubscriptionVersion(Model, frozen=True, kw_only=True):
    """Which version of a subscription a change was made for."""

    version: int | UnsetType = UNSET
    """As it was read. Not given: for an event that was never subscribed."""


class SubscriptionChange(Model, frozen=True, kw_only=True):
    """What shall change of the subscription of one event."""

    event_type: str
    """The event type."""
    action: SubscriptionAction | UnsetType = UNSET
    """Whether to deliver it from now on."""
    fields_to_unsubscribe: list[str] | UnsetType = UNSET
    """Fields of the payload to leave out, only those at its root."""
    fields_to_subscribe: list[str] | UnsetType = UNSET
    """Fields of the payload to no longer leave out."""
    metadata: SubscriptionVersion | UnsetType = UNSET
    """The version that this was made for: if there is a newer one, the change is a conflict."""

    def made_for(self, version: int | None) -> SubscriptionChange:
        """The same change, made for that version."""
        metadata = UNSET if version is None else SubscriptionVersion(version=version)
        return msgspec.structs.replace(self, metadata=metadata)


class SubscriptionResult(Model, frozen=True, kw_only=True):
    """What came of one change."""

    event_type: str | None = None
    """The event type."""
    code: int | None = None
    """As an HTTP status: 409 is a conflict."""
    status: str | None = None
    """The same as a word."""
    message: str | None = None
    """What is wrong."""

    def __str__(self) -> str:
        return " ".join(str(each) for each in (self.code, self.status, self.message) if each is not None)


class MultiStatus(Model, frozen=True, kw_only=True):
    """What came of several changes, each of which may have failed alone."""

    results: Sequence[SubscriptionResult]
    """One for each change."""

    @property
    def failed(self) -> Sequence[SubscriptionResult]:
        """Those that are not known to have succeeded."""
        return [each for each in self.results if each.code is None or not 200 <= each.code < 300]

    def raise_for_failures(self) -> None:
        """Raises :class:`APIStatusError` with status 207 if a change failed; ``problems`` names each."""
        if not self.failed:
            return
        error = APIStatusError(207, b"")
        error.problems = tuple((each.event_type or "", str(each)) for each in self.failed)
        failures = "; ".join(": ".join(pair) for pair in error.problems)
        error.detail = f"{len(self.failed)} of {len(self.results)} changes failed: {failures}"
        raise error


_read_results = msgspec.json.Decoder(list[SubscriptionResult]).decode


def read_results(body: bytes) -> MultiStatus:
    """The results. A server that answers 200 without a body says that all is done."""
    return MultiStatus(results=[] if body == b"{}" else _read_results(body))
