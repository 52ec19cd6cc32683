"""Svix operational webhooks: events about endpoints, messages and background tasks.

The payloads are envelopes with ``type`` and ``data``; the id and time of a delivery are in its headers. The
classes accept the format of API 1.4 and the current one: a missing field has its documented default or None,
and a time without a time zone is UTC. Ids are not validated, because the documented examples do not match
their documented patterns. Enumerations are plain strings.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal, TypeAlias, get_args

import msgspec
from msgspec.structs import force_setattr

from webhook_verify.body import as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.events.decoding import FAILURES
from webhook_verify.events.event_types import EventTypes
from webhook_verify.events.structs import Event, LenientStruct, attach_raw, omitted, with_defaults
from webhook_verify.events.unknown import UnknownEvent, body_of

__all__ = [
    "EVENTS",
    "BackgroundTaskFinishedEvent",
    "BackgroundTaskFinishedEventData",
    "EndpointCreatedEvent",
    "EndpointCreatedEventData",
    "EndpointDeletedEvent",
    "EndpointDeletedEventData",
    "EndpointDisabledEvent",
    "EndpointDisabledEventData",
    "EndpointEnabledEvent",
    "EndpointEnabledEventData",
    "EndpointUpdatedEvent",
    "EndpointUpdatedEventData",
    "HttpAttemptTimes",
    "IngestEndpointDisabledEvent",
    "IngestEndpointDisabledEventData",
    "IngestMessageAttemptExhaustedEvent",
    "IngestMessageAttemptExhaustedEventData",
    "IngestMessageAttemptFailingEvent",
    "IngestMessageAttemptFailingEventData",
    "IngestMessageAttemptRecoveredEvent",
    "IngestMessageAttemptRecoveredEventData",
    "MessageAttemptExhaustedEvent",
    "MessageAttemptExhaustedEventData",
    "MessageAttemptFailedData",
    "MessageAttemptFailingEvent",
    "MessageAttemptFailingEventData",
    "MessageAttemptLog",
    "MessageAttemptLogEvent",
    "MessageAttemptRecoveredEvent",
    "MessageAttemptRecoveredEventData",
    "OperationalEvent",
    "UnknownEvent",
    "parse",
    "parse_unverified",
]


@with_defaults()
class _EndpointData(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The data of all events of endpoints."""

    app_id: str
    app_uid: str | None = omitted()
    endpoint_id: str
    endpoint_uid: str | None = omitted()


class EndpointCreatedEventData(_EndpointData, frozen=True):
    """The endpoint and its application."""


class EndpointUpdatedEventData(_EndpointData, frozen=True):
    """The endpoint and its application."""


class EndpointDeletedEventData(_EndpointData, frozen=True):
    """The endpoint and its application."""


class EndpointEnabledEventData(_EndpointData, frozen=True):
    """The endpoint and its application."""


@with_defaults(trigger="automatic")
class EndpointDisabledEventData(_EndpointData, frozen=True, kw_only=True):
    """The endpoint, and the start of its failures. `trigger` is `automatic`, or `manual` without failures."""

    fail_since: datetime | None = omitted()
    trigger: str = omitted()


@with_defaults()
class MessageAttemptFailedData(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The last attempt. `response_status_code` is 0 if the server did not send an HTTP response."""

    id: str
    response_status_code: int
    timestamp: datetime


@with_defaults()
class _AttemptData(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The data of all events of attempts."""

    app_id: str
    app_uid: str | None = omitted()
    endpoint_id: str
    msg_id: str
    msg_event_id: str | None = omitted()
    last_attempt: MessageAttemptFailedData


class MessageAttemptExhaustedEventData(_AttemptData, frozen=True):
    """The message, its endpoint and the last attempt."""


class MessageAttemptFailingEventData(_AttemptData, frozen=True):
    """The message, its endpoint and the last attempt."""


class MessageAttemptRecoveredEventData(_AttemptData, frozen=True):
    """The message, its endpoint and the last attempt, which succeeded."""


class BackgroundTaskFinishedEventData(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The name of the `task`, its final `status`, and its result as plain JSON values in `data`.

    `data` is not typed: in Svix's own API description its fields are camelCase in one place and snake_case in
    another.
    """

    task_id: str
    task: str
    status: str
    data: dict[str, Any]


@with_defaults(trigger="automatic")
class IngestEndpointDisabledEventData(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The endpoint, its Ingest source and the start of its failures. `trigger` is `automatic` or `manual`."""

    source_id: str
    endpoint_id: str
    endpoint_uid: str | None = omitted()
    fail_since: datetime | None = omitted()
    trigger: str = omitted()


@with_defaults()
class _IngestAttemptData(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The data of all events of attempts of an ingest source."""

    source_id: str
    endpoint_id: str
    msg_id: str
    msg_event_id: str | None = omitted()
    last_attempt: MessageAttemptFailedData


class IngestMessageAttemptExhaustedEventData(_IngestAttemptData, frozen=True):
    """The message, its Ingest source and the last attempt."""


class IngestMessageAttemptFailingEventData(_IngestAttemptData, frozen=True):
    """The message, its Ingest source and the last attempt."""


class IngestMessageAttemptRecoveredEventData(_IngestAttemptData, frozen=True):
    """The message, its Ingest source and the last attempt, which succeeded."""


@with_defaults()
class HttpAttemptTimes(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """The start and end of the HTTP request of an attempt."""

    start: datetime
    end: datetime


@with_defaults()
class MessageAttemptLog(LenientStruct, frozen=True, kw_only=True, rename="camel"):
    """One attempt. `status` is 0 (success), 1 (pending), 2 (fail), 3 (sending) or 4 (canceled)."""

    org_id: str
    app_id: str
    app_uid: str | None = omitted()
    endpoint_id: str
    msg_id: str
    msg_event_id: str | None = omitted()
    msg_created: datetime
    attempt_id: str
    attempt_count: int
    attempt_start: datetime
    attempt_end: datetime
    response_status_code: int
    status: int
    event_type: str | None = omitted()
    http_times: HttpAttemptTimes | None = omitted()


class EndpointCreatedEvent(Event, frozen=True, tag_field="type", tag="endpoint.created"):
    """An endpoint was created."""

    type: ClassVar[Literal["endpoint.created"]] = "endpoint.created"
    data: EndpointCreatedEventData


class EndpointUpdatedEvent(Event, frozen=True, tag_field="type", tag="endpoint.updated"):
    """An endpoint was changed, or its secret rotated."""

    type: ClassVar[Literal["endpoint.updated"]] = "endpoint.updated"
    data: EndpointUpdatedEventData


class EndpointDeletedEvent(Event, frozen=True, tag_field="type", tag="endpoint.deleted"):
    """An endpoint was deleted."""

    type: ClassVar[Literal["endpoint.deleted"]] = "endpoint.deleted"
    data: EndpointDeletedEventData


class EndpointEnabledEvent(Event, frozen=True, tag_field="type", tag="endpoint.enabled"):
    """An endpoint was enabled. Newer than API 1.4."""

    type: ClassVar[Literal["endpoint.enabled"]] = "endpoint.enabled"
    data: EndpointEnabledEventData


class EndpointDisabledEvent(Event, frozen=True, tag_field="type", tag="endpoint.disabled"):
    """An endpoint was disabled, manually or because it kept failing."""

    type: ClassVar[Literal["endpoint.disabled"]] = "endpoint.disabled"
    data: EndpointDisabledEventData


class MessageAttemptExhaustedEvent(Event, frozen=True, tag_field="type", tag="message.attempt.exhausted"):
    """All attempts to deliver a message have failed."""

    type: ClassVar[Literal["message.attempt.exhausted"]] = "message.attempt.exhausted"
    data: MessageAttemptExhaustedEventData


class MessageAttemptFailingEvent(Event, frozen=True, tag_field="type", tag="message.attempt.failing"):
    """A message keeps failing. Sent after its fourth failure, while attempts continue."""

    type: ClassVar[Literal["message.attempt.failing"]] = "message.attempt.failing"
    data: MessageAttemptFailingEventData


class MessageAttemptRecoveredEvent(Event, frozen=True, tag_field="type", tag="message.attempt.recovered"):
    """A message that was failing was delivered. Newer than API 1.4."""

    type: ClassVar[Literal["message.attempt.recovered"]] = "message.attempt.recovered"
    data: MessageAttemptRecoveredEventData


class MessageAttemptLogEvent(Event, frozen=True, tag_field="type", tag="message.attempt.log"):
    """A list of attempts. Newer than API 1.4, and internal to Svix so far."""

    type: ClassVar[Literal["message.attempt.log"]] = "message.attempt.log"
    data: tuple[MessageAttemptLog, ...]


class BackgroundTaskFinishedEvent(Event, frozen=True, tag_field="type", tag="background_task.finished"):
    """A background task has ended."""

    type: ClassVar[Literal["background_task.finished"]] = "background_task.finished"
    data: BackgroundTaskFinishedEventData


class IngestEndpointDisabledEvent(Event, frozen=True, tag_field="type", tag="ingest.endpoint.disabled"):
    """An endpoint of an Ingest source was disabled. Newer than API 1.4."""

    type: ClassVar[Literal["ingest.endpoint.disabled"]] = "ingest.endpoint.disabled"
    data: IngestEndpointDisabledEventData


class IngestMessageAttemptExhaustedEvent(
    Event, frozen=True, tag_field="type", tag="ingest.message.attempt.exhausted"
):
    """All attempts to deliver a message of an Ingest source have failed. Newer than API 1.4."""

    type: ClassVar[Literal["ingest.message.attempt.exhausted"]] = "ingest.message.attempt.exhausted"
    data: IngestMessageAttemptExhaustedEventData


class IngestMessageAttemptFailingEvent(
    Event, frozen=True, tag_field="type", tag="ingest.message.attempt.failing"
):
    """A message of an Ingest source keeps failing. Newer than API 1.4."""

    type: ClassVar[Literal["ingest.message.attempt.failing"]] = "ingest.message.attempt.failing"
    data: IngestMessageAttemptFailingEventData


class IngestMessageAttemptRecoveredEvent(
    Event, frozen=True, tag_field="type", tag="ingest.message.attempt.recovered"
):
    """A message of an Ingest source that was failing was delivered. Newer than API 1.4."""

    type: ClassVar[Literal["ingest.message.attempt.recovered"]] = "ingest.message.attempt.recovered"
    data: IngestMessageAttemptRecoveredEventData


OperationalEvent: TypeAlias = (
    EndpointCreatedEvent
    | EndpointUpdatedEvent
    | EndpointDeletedEvent
    | EndpointEnabledEvent
    | EndpointDisabledEvent
    | MessageAttemptExhaustedEvent
    | MessageAttemptFailingEvent
    | MessageAttemptRecoveredEvent
    | MessageAttemptLogEvent
    | BackgroundTaskFinishedEvent
    | IngestEndpointDisabledEvent
    | IngestMessageAttemptExhaustedEvent
    | IngestMessageAttemptFailingEvent
    | IngestMessageAttemptRecoveredEvent
)
"""The union of the events that Svix documents. A `match` over it is exhaustive for type checkers."""

EVENTS: EventTypes[OperationalEvent] = EventTypes({cls.type: cls for cls in get_args(OperationalEvent)})
"""The known event types and their classes: those of the union, in its order."""

_decode: Callable[[bytes], OperationalEvent] = msgspec.json.Decoder(OperationalEvent).decode


def parse(delivery: Delivery) -> OperationalEvent | UnknownEvent:
    """Parse the event of a delivery.

    Args:
        delivery: The delivery.

    Returns:
        The event, or an `UnknownEvent` if its type is not known.

    Raises:
        TypeError: If `delivery` is not a `Delivery`.
        UnreadableEvent: If the payload is not JSON, or does not match the class of its type.
    """
    body = delivery.body if type(delivery) is Delivery else body_of(delivery)
    try:
        event = _decode(body)
    except FAILURES:
        pass  # an unknown type or an invalid payload, which the slower parser below distinguishes
    else:
        force_setattr(event, "_raw", body)  # inlined, because calling attach_raw() takes a tenth of the time
        return event
    return EVENTS.parse_unverified(body)


def parse_unverified(body: bytes) -> OperationalEvent | UnknownEvent:
    """Parse the event in unverified bytes, such as those of a test or an archive.

    Args:
        body: The payload as bytes.

    Returns:
        The event, or an `UnknownEvent` if its type is not known.

    Raises:
        TypeError: If `body` is not bytes-like.
        UnreadableEvent: If the payload is not JSON, or does not match the class of its type.
    """
    body = as_bytes(body)
    try:
        return attach_raw(_decode(body), body)
    except FAILURES:
        pass  # as in parse()
    return EVENTS.parse_unverified(body)
