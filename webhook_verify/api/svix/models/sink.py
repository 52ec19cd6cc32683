"""Payloads of sinks, to which streams send their events, and the fields that destinations share with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, OpenStrEnum, UnsetType
from webhook_verify.api.svix.models import sink_config as of_in
from webhook_verify.api.svix.models import sink_config_out as of_out
from webhook_verify.api.svix.models import sink_config_patch as of_patch
from webhook_verify.api.svix.models.kinds import KindModel

__all__ = [
    "SINK_CONFIGS_IN",
    "SINK_CONFIGS_OUT",
    "SINK_CONFIGS_PATCH",
    "HttpSinkHeadersPatchIn",
    "SinkConfigIn",
    "SinkConfigOut",
    "SinkConfigPatch",
    "SinkIn",
    "SinkOut",
    "SinkPatch",
    "SinkSecretOut",
    "SinkSecretRotateOut",
    "SinkStatus",
    "SinkStatusIn",
    "SinkTransformIn",
    "SinkTransformationOut",
    "StreamSinkIn",
    "StreamSinkOut",
    "StreamSinkPatch",
]

SINK_CONFIGS_IN: Mapping[str, type[Model] | None] = {
    "azureBlobStorage": of_in.AzureBlobStorageConfigIn,
    "otelTracing": of_in.OtelTracingConfigIn,
    "amazonS3": of_in.S3ConfigIn,
    "googleCloudStorage": of_in.GoogleCloudStorageConfigIn,
    "googleCloudPubSub": of_in.GoogleCloudPubSubConfigIn,
    "sqs": of_in.SqsConfigIn,
    "sns": of_in.SnsConfigIn,
    "bigQuery": of_in.BigQueryConfigIn,
    "clickhouse": of_in.ClickhouseConfigIn,
    "eventBridge": of_in.EventBridgeConfigIn,
    "snowflake": of_in.SnowflakeConfigIn,
    "rabbitMq": of_in.RabbitMqConfigIn,
    "redshift": of_in.RedshiftConfigIn,
    "postgres": of_in.PostgresConfigIn,
    "elasticSearch": of_in.ElasticSearchConfigIn,
}
"""The configurations that sinks and destinations share, by `type`."""
SINK_CONFIGS_OUT: Mapping[str, type[Model] | None] = {
    "azureBlobStorage": of_out.AzureBlobStorageConfigOut,
    "otelTracing": of_out.OtelTracingConfigOut,
    "amazonS3": of_out.S3ConfigOut,
    "googleCloudStorage": of_out.GoogleCloudStorageConfigOut,
    "googleCloudPubSub": of_out.GoogleCloudPubSubConfigOut,
    "sqs": of_out.SqsConfigOut,
    "sns": of_out.SnsConfigOut,
    "bigQuery": of_out.BigQueryConfigOut,
    "clickhouse": of_out.ClickhouseConfigOut,
    "eventBridge": of_out.EventBridgeConfigOut,
    "snowflake": of_out.SnowflakeConfigOut,
    "rabbitMq": of_out.RabbitMqConfigOut,
    "redshift": of_out.RedshiftConfigOut,
    "postgres": of_out.PostgresConfigOut,
    "elasticSearch": of_out.ElasticSearchConfigOut,
}
"""The configurations that sinks and destinations share, by `type`."""
SINK_CONFIGS_PATCH: Mapping[str, type[Model] | None] = {
    "azureBlobStorage": of_patch.AzureBlobStorageConfigPatch,
    "otelTracing": of_patch.OtelTracingConfigPatch,
    "amazonS3": of_patch.S3ConfigPatch,
    "googleCloudStorage": of_patch.GoogleCloudStorageConfigPatch,
    "googleCloudPubSub": of_patch.GoogleCloudPubSubConfigPatch,
    "sqs": of_patch.SqsConfigPatch,
    "sns": of_patch.SnsConfigPatch,
    "bigQuery": of_patch.BigQueryConfigPatch,
    "clickhouse": of_patch.ClickhouseConfigPatch,
    "eventBridge": of_patch.EventBridgeConfigPatch,
    "snowflake": of_patch.SnowflakeConfigPatch,
    "rabbitMq": of_patch.RabbitMqConfigPatch,
    "redshift": of_patch.RedshiftConfigPatch,
    "postgres": of_patch.PostgresConfigPatch,
    "elasticSearch": of_patch.ElasticSearchConfigPatch,
}
"""The configurations that sinks and destinations share, by `type`."""

if TYPE_CHECKING:
    SinkConfigIn = (
        dict[str, Any]
        | of_in.AzureBlobStorageConfigIn
        | of_in.OtelTracingConfigIn
        | of_in.S3ConfigIn
        | of_in.GoogleCloudStorageConfigIn
        | of_in.GoogleCloudPubSubConfigIn
        | of_in.SqsConfigIn
        | of_in.SnsConfigIn
        | of_in.BigQueryConfigIn
        | of_in.ClickhouseConfigIn
        | of_in.EventBridgeConfigIn
        | of_in.SnowflakeConfigIn
        | of_in.RabbitMqConfigIn
        | of_in.RedshiftConfigIn
        | of_in.PostgresConfigIn
        | of_in.ElasticSearchConfigIn
        | of_in.SinkHttpConfigIn
        | of_in.FifoEndpointConfigIn
    )
    SinkConfigOut = (
        dict[str, Any]
        | of_out.AzureBlobStorageConfigOut
        | of_out.OtelTracingConfigOut
        | of_out.S3ConfigOut
        | of_out.GoogleCloudStorageConfigOut
        | of_out.GoogleCloudPubSubConfigOut
        | of_out.SqsConfigOut
        | of_out.SnsConfigOut
        | of_out.BigQueryConfigOut
        | of_out.ClickhouseConfigOut
        | of_out.EventBridgeConfigOut
        | of_out.SnowflakeConfigOut
        | of_out.RabbitMqConfigOut
        | of_out.RedshiftConfigOut
        | of_out.PostgresConfigOut
        | of_out.ElasticSearchConfigOut
        | of_out.SinkHttpConfigOut
    )
    SinkConfigPatch = (
        dict[str, Any]
        | of_patch.AzureBlobStorageConfigPatch
        | of_patch.OtelTracingConfigPatch
        | of_patch.S3ConfigPatch
        | of_patch.GoogleCloudStorageConfigPatch
        | of_patch.GoogleCloudPubSubConfigPatch
        | of_patch.SqsConfigPatch
        | of_patch.SnsConfigPatch
        | of_patch.BigQueryConfigPatch
        | of_patch.ClickhouseConfigPatch
        | of_patch.EventBridgeConfigPatch
        | of_patch.SnowflakeConfigPatch
        | of_patch.RabbitMqConfigPatch
        | of_patch.RedshiftConfigPatch
        | of_patch.PostgresConfigPatch
        | of_patch.ElasticSearchConfigPatch
        | of_patch.SinkHttpConfigPatch
    )
else:  # msgspec cannot decode a union of untagged structs; `KindModel` does
    SinkConfigIn = SinkConfigOut = SinkConfigPatch = Any


class SinkStatus(OpenStrEnum):
    """Status of a sink."""

    ENABLED = "enabled"
    PAUSED = "paused"
    DISABLED = "disabled"
    RETRYING = "retrying"


class SinkStatusIn(OpenStrEnum):
    """Status that a sink can be set to."""

    ENABLED = "enabled"
    DISABLED = "disabled"


class SinkIn(KindModel, frozen=True, kw_only=True):
    """The fields of all sinks and destinations to create or to replace."""

    config: SinkConfigIn = field(default_factory=dict[str, Any])
    """Configuration, of the class for `type`. Empty for a `type` without one."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 60 letters, digits or any of `-_`."""
    batch_size: int | UnsetType = UNSET
    """Maximum number of events in a request, 1 to 1000. 100 by default."""
    max_wait_secs: int | UnsetType = UNSET
    """How long to wait for a full batch, in seconds, 0 to 300. 0 by default."""
    event_types: list[str] | UnsetType | None = UNSET
    """Event types to send; an empty list: all."""
    channels: list[str] | UnsetType | None = UNSET
    """Channels to send; an empty list: all."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""


class SinkPatch(KindModel, frozen=True, kw_only=True):
    """The fields of all changes of sinks and destinations. Fields that are `UNSET` keep their values."""

    config: SinkConfigPatch = field(default_factory=dict[str, Any])
    """Changes of the configuration, of the class for `type`."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 60 letters, digits or any of `-_`."""
    batch_size: int | UnsetType | None = UNSET
    """Maximum number of events in a request, 1 to 1000."""
    max_wait_secs: int | UnsetType | None = UNSET
    """How long to wait for a full batch, in seconds, 0 to 300."""
    event_types: list[str] | UnsetType = UNSET
    """Event types to send; an empty list: all."""
    channels: list[str] | UnsetType = UNSET
    """Channels to send; an empty list: all."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""


class SinkOut(KindModel, frozen=True, kw_only=True):
    """The fields of all received sinks and destinations."""

    config: SinkConfigOut = field(default_factory=dict[str, Any])
    """Configuration, of the class for `type`, without its credentials."""
    id: str
    """Server-assigned id."""
    current_iterator: str
    """Position in the events."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    batch_size: int
    """Maximum number of events in a request."""
    max_wait_secs: int
    """How long to wait for a full batch, in seconds."""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    """Custom key-value pairs."""
    uid: str | None = None
    """Your own identifier."""
    event_types: list[str] | None = None
    """Event types to send; None or an empty list: all."""
    channels: list[str] | None = None
    """Channels to send; None or an empty list: all."""
    failure_reason: str | None = None
    """Cause of the last failure."""
    next_retry_at: datetime | None = None
    """Time of the next attempt; None if none is scheduled."""


class StreamSinkIn(SinkIn, frozen=True, kw_only=True):
    """A sink to create or to replace. Fields that are `UNSET` get their defaults."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        **SINK_CONFIGS_IN,
        "http": of_in.SinkHttpConfigIn,
        "poller": None,
    }
    status: SinkStatusIn | UnsetType = UNSET
    """Whether events are sent. Enabled by default."""


class StreamSinkPatch(SinkPatch, frozen=True, kw_only=True):
    """Changes of a sink. Fields that are `UNSET` keep their values."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        **SINK_CONFIGS_PATCH,
        "http": of_patch.SinkHttpConfigPatch,
        "poller": None,
    }
    status: SinkStatusIn | UnsetType | None = UNSET
    """Whether events are sent."""


class StreamSinkOut(SinkOut, frozen=True, kw_only=True):
    """A sink, to which a stream sends its events."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        **SINK_CONFIGS_OUT,
        "http": of_out.SinkHttpConfigOut,
        "poller": None,
    }
    status: SinkStatus
    """Status of the sink."""


class SinkTransformIn(Model, frozen=True, kw_only=True):
    """The new transformation of a sink."""

    code: str | UnsetType | None = UNSET
    """JavaScript source, 10 to 51200 characters; None: no transformation."""


class SinkTransformationOut(Model, frozen=True, kw_only=True):
    """The transformation of the events to a sink."""

    enabled: bool
    """Whether the transformation is applied."""
    code: str | None = None
    """JavaScript source; None without a transformation."""


class SinkSecretOut(Model, frozen=True, kw_only=True):
    """The signing secret of an HTTP sink."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"key"})

    key: str | None = None
    """The secret, as `webhook_verify.Verifier` takes it."""


class SinkSecretRotateOut(SinkSecretOut, frozen=True, kw_only=True):
    """The new signing secret of an HTTP sink; without a `key` if the server did not return it."""


class HttpSinkHeadersPatchIn(Model, frozen=True, kw_only=True):
    """Changes of the additional headers of an HTTP sink's requests."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    headers: dict[str, str | None]
    """Header values by name."""
