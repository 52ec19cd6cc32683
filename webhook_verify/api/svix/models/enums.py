"""Enums of the API. All are open: a value that is newer than this library is kept unchanged."""

from __future__ import annotations

from webhook_verify.api._model import OpenIntEnum, OpenStrEnum

__all__ = [
    "AppPortalCapability",
    "BackgroundTaskStatus",
    "BackgroundTaskType",
    "BulkExpungeStatus",
    "ConnectorKind",
    "ConnectorProduct",
    "MessageAttemptTriggerType",
    "MessageStatus",
    "MessageStatusText",
    "Ordering",
    "StatusCodeClass",
]


class MessageStatus(OpenIntEnum):
    """Status of a delivery."""

    SUCCESS = 0
    PENDING = 1
    FAIL = 2
    SENDING = 3
    CANCELED = 4


class MessageStatusText(OpenStrEnum):
    """Text of a `MessageStatus`."""

    SUCCESS = "success"
    PENDING = "pending"
    FAIL = "fail"
    SENDING = "sending"
    CANCELED = "canceled"


class MessageAttemptTriggerType(OpenIntEnum):
    """Cause of an attempt: its schedule, or a manual resend."""

    SCHEDULED = 0
    MANUAL = 1


class StatusCodeClass(OpenIntEnum):
    """A class of HTTP status codes; CODE_NONE: no response."""

    CODE_NONE = 0
    CODE_1XX = 100
    CODE_2XX = 200
    CODE_3XX = 300
    CODE_4XX = 400
    CODE_5XX = 500


class Ordering(OpenStrEnum):
    """The order of a list, by time of creation."""

    ASCENDING = "ascending"
    DESCENDING = "descending"


class BackgroundTaskStatus(OpenStrEnum):
    """Status of a background task."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class BackgroundTaskType(OpenStrEnum):
    """Type of a background task."""

    ENDPOINT_REPLAY = "endpoint.replay"
    ENDPOINT_RECOVER = "endpoint.recover"
    ENDPOINT_BULK_REPLAY = "endpoint.bulk-replay"
    APPLICATION_STATS = "application.stats"
    APPLICATION_PURGE_CONTENT = "application.purge_content"
    EVENT_TYPE_AGGREGATE = "event-type.aggregate"
    MESSAGE_BROADCAST = "message.broadcast"
    SDK_GENERATE = "sdk.generate"


class AppPortalCapability(OpenStrEnum):
    """A permission of an App Portal login."""

    VIEW_BASE = "ViewBase"
    VIEW_ENDPOINT_SECRET = "ViewEndpointSecret"
    MANAGE_ENDPOINT_SECRET = "ManageEndpointSecret"
    MANAGE_TRANSFORMATIONS = "ManageTransformations"
    CREATE_ATTEMPTS = "CreateAttempts"
    MANAGE_ENDPOINT = "ManageEndpoint"


class BulkExpungeStatus(OpenStrEnum):
    """Result of the deletion of a message's payload."""

    EXPUNGED = "expunged"
    NOT_FOUND = "not-found"


class ConnectorKind(OpenStrEnum):
    """The service that a connector sends to."""

    CUSTOM = "Custom"
    AGENTIC_COMMERCE_PROTOCOL = "AgenticCommerceProtocol"
    CLOSE_CRM = "CloseCRM"
    CUSTOMER_IO = "CustomerIO"
    DATADOG_TRACING = "DatadogTracing"
    DISCORD = "Discord"
    GRAFANA_CLOUD_TRACING = "GrafanaCloudTracing"
    HUBSPOT = "Hubspot"
    INNGEST = "Inngest"
    LOOPS = "Loops"
    NEW_RELIC_TRACING = "NewRelicTracing"
    OTEL = "Otel"
    RESEND = "Resend"
    SALESFORCE = "Salesforce"
    SEGMENT = "Segment"
    SENDGRID = "Sendgrid"
    SLACK = "Slack"
    TEAMS = "Teams"
    TRIGGER_DEV = "TriggerDev"
    WINDMILL = "Windmill"
    ZAPIER = "Zapier"


class ConnectorProduct(OpenStrEnum):
    """The product that a connector belongs to."""

    DISPATCH = "Dispatch"
    STREAM = "Stream"
