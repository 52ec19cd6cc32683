"""Changes of the configurations of sinks and destinations. Fields that are `UNSET` keep their values.

The fields are those of the classes in `sink_config`.
"""

from __future__ import annotations

from typing import ClassVar

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = [
    "AzureBlobStorageConfigPatch",
    "BigQueryConfigPatch",
    "ClickhouseConfigPatch",
    "ElasticSearchConfigPatch",
    "EventBridgeConfigPatch",
    "GoogleCloudPubSubConfigPatch",
    "GoogleCloudStorageConfigPatch",
    "OtelTracingConfigPatch",
    "PostgresConfigPatch",
    "RabbitMqConfigPatch",
    "RedshiftConfigPatch",
    "S3ConfigPatch",
    "SinkHttpConfigPatch",
    "SnowflakeConfigPatch",
    "SnsConfigPatch",
    "SqsConfigPatch",
]


class AzureBlobStorageConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Azure Blob Storage configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"access_key"})

    container: str | UnsetType = UNSET
    account: str | UnsetType = UNSET
    access_key: str | UnsetType = UNSET


class OtelTracingConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an OpenTelemetry tracing configuration."""

    url: str | UnsetType = UNSET


class SinkHttpConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an HTTP configuration."""

    url: str | UnsetType = UNSET


class S3ConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Amazon S3 configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    bucket: str | UnsetType = UNSET
    access_key_id: str | UnsetType = UNSET
    secret_access_key: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    endpoint_url: str | UnsetType = UNSET
    role_arn: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class GoogleCloudStorageConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a Google Cloud Storage configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"credentials"})

    bucket: str | UnsetType = UNSET
    credentials: str | UnsetType = UNSET


class GoogleCloudPubSubConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a Google Cloud Pub/Sub configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"credentials"})

    project_id: str | UnsetType = UNSET
    topic_id: str | UnsetType = UNSET
    credentials: str | UnsetType = UNSET


class SqsConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Amazon SQS configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    queue_url: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    access_key_id: str | UnsetType = UNSET
    secret_access_key: str | UnsetType = UNSET
    endpoint_url: str | UnsetType | None = UNSET
    role_arn: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class SnsConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Amazon SNS configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    topic_arn: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    access_key_id: str | UnsetType = UNSET
    secret_access_key: str | UnsetType = UNSET
    endpoint_url: str | UnsetType | None = UNSET
    role_arn: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class BigQueryConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a BigQuery configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"credentials"})

    project_id: str | UnsetType = UNSET
    dataset_id: str | UnsetType = UNSET
    table_id: str | UnsetType = UNSET
    credentials: str | UnsetType = UNSET


class ClickhouseConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a ClickHouse configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"password"})

    url: str | UnsetType = UNSET
    username: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    database: str | UnsetType = UNSET
    table_name: str | UnsetType = UNSET


class EventBridgeConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Amazon EventBridge configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    event_bus_name: str | UnsetType = UNSET
    detail_type: str | UnsetType = UNSET
    access_key_id: str | UnsetType = UNSET
    secret_access_key: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    role_arn: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class SnowflakeConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a Snowflake configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"private_key"})

    private_key: str | UnsetType = UNSET
    account_identifier: str | UnsetType = UNSET
    user_id: str | UnsetType = UNSET
    db_name: str | UnsetType = UNSET
    schema_name: str | UnsetType = UNSET
    table_name: str | UnsetType = UNSET


class RabbitMqConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a RabbitMQ configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"uri"})

    routing_key: str | UnsetType = UNSET
    uri: str | UnsetType = UNSET
    mandatory: bool | UnsetType | None = UNSET


class RedshiftConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Amazon Redshift configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    access_key_id: str | UnsetType = UNSET
    secret_access_key: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    db_name: str | UnsetType = UNSET
    schema_name: str | UnsetType | None = UNSET
    table_name: str | UnsetType = UNSET
    role_arn: str | UnsetType | None = UNSET
    external_id: str | UnsetType | None = UNSET


class PostgresConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of a PostgreSQL configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"password"})

    url: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    table_name: str | UnsetType = UNSET
    ssl_root_cert: str | UnsetType | None = UNSET


class ElasticSearchConfigPatch(Model, frozen=True, kw_only=True):
    """Changes of an Elasticsearch configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"api_key"})

    index_name: str | UnsetType = UNSET
    url: str | UnsetType = UNSET
    api_key: str | UnsetType = UNSET
    refresh: bool | UnsetType = UNSET
