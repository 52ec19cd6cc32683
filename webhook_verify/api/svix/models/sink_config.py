"""Configurations of sinks and destinations, one class for each service."""

from __future__ import annotations

from typing import ClassVar

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = [
    "AzureBlobStorageConfigIn",
    "BigQueryConfigIn",
    "ClickhouseConfigIn",
    "ElasticSearchConfigIn",
    "EventBridgeConfigIn",
    "FifoEndpointConfigIn",
    "GoogleCloudPubSubConfigIn",
    "GoogleCloudStorageConfigIn",
    "OtelTracingConfigIn",
    "PostgresConfigIn",
    "RabbitMqConfigIn",
    "RedshiftConfigIn",
    "S3ConfigIn",
    "SinkHttpConfigIn",
    "SnowflakeConfigIn",
    "SnsConfigIn",
    "SqsConfigIn",
]


class AzureBlobStorageConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Azure Blob Storage sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"access_key"})

    container: str
    """Name of the container."""
    account: str
    """Name of the storage account."""
    access_key: str | UnsetType | None = UNSET
    """Access key of the account."""


class OtelTracingConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an OpenTelemetry tracing sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    url: str
    """URL to send to."""
    headers: dict[str, str] | UnsetType = UNSET
    """Additional headers of every request."""


class SinkHttpConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an HTTP sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "key"})

    url: str
    """URL to send to."""
    headers: dict[str, str] | UnsetType = UNSET
    """Additional headers of every request."""
    key: str | UnsetType | None = UNSET
    """Signing secret."""


class FifoEndpointConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a FIFO endpoint destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "key"})

    url: str
    """URL to send to."""
    headers: dict[str, str] | UnsetType = UNSET
    """Additional headers of every request."""
    key: str | UnsetType | None = UNSET
    """Signing secret."""


class S3ConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon S3 sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    bucket: str
    """Name of the bucket."""
    access_key_id: str | UnsetType | None = UNSET
    """Id of the AWS access key."""
    secret_access_key: str | UnsetType | None = UNSET
    """AWS access key."""
    region: str | UnsetType | None = UNSET
    """AWS region."""
    endpoint_url: str | UnsetType | None = UNSET
    """URL of the service, for services compatible with that of AWS."""
    role_arn: str | UnsetType | None = UNSET
    """ARN of the AWS role to assume."""
    external_id: str | UnsetType | None = UNSET
    """External id for the AWS role."""


class GoogleCloudStorageConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a Google Cloud Storage sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"credentials"})

    bucket: str
    """Name of the bucket."""
    credentials: str
    """JSON of the service account's key, as text."""


class GoogleCloudPubSubConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a Google Cloud Pub/Sub sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"credentials"})

    project_id: str
    """Id of the Google Cloud project."""
    topic_id: str
    """Id of the topic."""
    credentials: str
    """JSON of the service account's key, as text."""


class SqsConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon SQS sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    queue_url: str
    """URL of the queue."""
    region: str | UnsetType | None = UNSET
    """AWS region."""
    access_key_id: str | UnsetType | None = UNSET
    """Id of the AWS access key."""
    secret_access_key: str | UnsetType | None = UNSET
    """AWS access key."""
    endpoint_url: str | UnsetType | None = UNSET
    """URL of the service, for services compatible with that of AWS."""
    role_arn: str | UnsetType | None = UNSET
    """ARN of the AWS role to assume."""
    external_id: str | UnsetType | None = UNSET
    """External id for the AWS role."""


class SnsConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon SNS sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    topic_arn: str
    """ARN of the topic."""
    region: str | UnsetType | None = UNSET
    """AWS region."""
    access_key_id: str | UnsetType | None = UNSET
    """Id of the AWS access key."""
    secret_access_key: str | UnsetType | None = UNSET
    """AWS access key."""
    endpoint_url: str | UnsetType | None = UNSET
    """URL of the service, for services compatible with that of AWS."""
    role_arn: str | UnsetType | None = UNSET
    """ARN of the AWS role to assume."""
    external_id: str | UnsetType | None = UNSET
    """External id for the AWS role."""


class BigQueryConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a BigQuery sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"credentials"})

    project_id: str
    """Id of the Google Cloud project."""
    dataset_id: str
    """Id of the dataset."""
    table_id: str
    """Id of the table."""
    credentials: str
    """JSON of the service account's key, as text."""


class ClickhouseConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a ClickHouse sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"password"})

    url: str
    """URL to send to."""
    table_name: str
    """Name of the table."""
    username: str | UnsetType | None = UNSET
    """Name of the database user."""
    password: str | UnsetType | None = UNSET
    """Password of the database user."""
    database: str | UnsetType = UNSET
    """Name of the database."""


class EventBridgeConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon EventBridge sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    event_bus_name: str
    """Name of the event bus."""
    detail_type: str | UnsetType = UNSET
    """`detail-type` of the events, up to 128 characters."""
    access_key_id: str | UnsetType | None = UNSET
    """Id of the AWS access key."""
    secret_access_key: str | UnsetType | None = UNSET
    """AWS access key."""
    region: str | UnsetType | None = UNSET
    """AWS region."""
    role_arn: str | UnsetType | None = UNSET
    """ARN of the AWS role to assume."""
    external_id: str | UnsetType | None = UNSET
    """External id for the AWS role."""


class SnowflakeConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a Snowflake sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"private_key"})

    account_identifier: str
    """Identifier of the Snowflake account."""
    user_id: str
    """Name of the Snowflake user."""
    private_key: str | UnsetType | None = UNSET
    """Private key of the user, in PEM format."""
    db_name: str | UnsetType = UNSET
    """Name of the database."""
    schema_name: str | UnsetType = UNSET
    """Name of the schema."""
    table_name: str | UnsetType = UNSET
    """Name of the table."""


class RabbitMqConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a RabbitMQ sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"uri"})

    uri: str
    """AMQP URI of the broker, with its credentials."""
    routing_key: str
    """Routing key of the messages."""
    mandatory: bool | UnsetType | None = UNSET
    """Whether a message without a queue fails instead of being dropped."""


class RedshiftConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon Redshift sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id", "secret_access_key"})

    access_key_id: str | UnsetType | None = UNSET
    """Id of the AWS access key."""
    secret_access_key: str | UnsetType | None = UNSET
    """AWS access key."""
    region: str | UnsetType | None = UNSET
    """AWS region."""
    cluster_identifier: str | UnsetType | None = UNSET
    """Identifier of the Redshift cluster."""
    db_user: str | UnsetType | None = UNSET
    """Name of the database user."""
    workgroup_name: str | UnsetType | None = UNSET
    """Name of the Redshift Serverless workgroup."""
    db_name: str | UnsetType = UNSET
    """Name of the database."""
    schema_name: str | UnsetType | None = UNSET
    """Name of the schema."""
    table_name: str | UnsetType = UNSET
    """Name of the table."""
    role_arn: str | UnsetType | None = UNSET
    """ARN of the AWS role to assume."""
    external_id: str | UnsetType | None = UNSET
    """External id for the AWS role."""


class PostgresConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of a PostgreSQL sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"password"})

    url: str
    """URL to send to."""
    table_name: str
    """Name of the table."""
    password: str | UnsetType | None = UNSET
    """Password of the database user."""
    ssl_root_cert: str | UnsetType | None = UNSET
    """Root certificate of the server, in PEM format."""


class ElasticSearchConfigIn(Model, frozen=True, kw_only=True):
    """Configuration of an Elasticsearch sink or destination."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"api_key"})

    index_name: str
    """Name of the index."""
    url: str
    """URL to send to."""
    api_key: str | UnsetType | None = UNSET
    """API key of the cluster."""
    refresh: bool | UnsetType = UNSET
    """Whether documents are searchable immediately."""
