"""Received configurations of sinks and destinations. The server does not return their credentials."""

from __future__ import annotations

from typing import ClassVar

from webhook_verify.api._model import Model
from webhook_verify.api.svix.models.endpoint import EndpointHeadersOut

__all__ = [
    "AzureBlobStorageConfigOut",
    "BigQueryConfigOut",
    "ClickhouseConfigOut",
    "ElasticSearchConfigOut",
    "EventBridgeConfigOut",
    "GoogleCloudPubSubConfigOut",
    "GoogleCloudStorageConfigOut",
    "OtelTracingConfigOut",
    "PostgresConfigOut",
    "RabbitMqConfigOut",
    "RedshiftConfigOut",
    "S3ConfigOut",
    "SinkHttpConfigOut",
    "SnowflakeConfigOut",
    "SnsConfigOut",
    "SqsConfigOut",
]


class AzureBlobStorageConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Azure Blob Storage sink or destination, without its credentials."""

    container: str
    """Name of the container."""
    account: str
    """Name of the storage account."""


class OtelTracingConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an OpenTelemetry tracing sink or destination, without its credentials."""

    url: str
    """URL to send to."""
    headers: EndpointHeadersOut
    """Additional headers of every request."""


class SinkHttpConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an HTTP sink or destination, without its credentials."""

    url: str
    """URL to send to."""
    headers: EndpointHeadersOut
    """Additional headers of every request."""


class S3ConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon S3 sink or destination, without its credentials."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id"})

    bucket: str
    """Name of the bucket."""
    region: str
    """AWS region."""
    access_key_id: str | None = None
    """Id of the AWS access key."""
    endpoint_url: str | None = None
    """URL of the service, for services compatible with that of AWS."""
    role_arn: str | None = None
    """ARN of the AWS role to assume."""
    external_id: str | None = None
    """External id for the AWS role."""


class GoogleCloudStorageConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a Google Cloud Storage sink or destination, without its credentials."""

    bucket: str
    """Name of the bucket."""


class GoogleCloudPubSubConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a Google Cloud Pub/Sub sink or destination, without its credentials."""

    project_id: str
    """Id of the Google Cloud project."""
    topic_id: str
    """Id of the topic."""


class SqsConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon SQS sink or destination, without its credentials."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id"})

    queue_url: str
    """URL of the queue."""
    region: str
    """AWS region."""
    access_key_id: str | None = None
    """Id of the AWS access key."""
    endpoint_url: str | None = None
    """URL of the service, for services compatible with that of AWS."""
    role_arn: str | None = None
    """ARN of the AWS role to assume."""
    external_id: str | None = None
    """External id for the AWS role."""


class SnsConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon SNS sink or destination, without its credentials."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id"})

    topic_arn: str
    """ARN of the topic."""
    region: str
    """AWS region."""
    access_key_id: str | None = None
    """Id of the AWS access key."""
    role_arn: str | None = None
    """ARN of the AWS role to assume."""
    external_id: str | None = None
    """External id for the AWS role."""


class BigQueryConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a BigQuery sink or destination, without its credentials."""

    project_id: str
    """Id of the Google Cloud project."""
    dataset_id: str
    """Id of the dataset."""
    table_id: str
    """Id of the table."""


class ClickhouseConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a ClickHouse sink or destination, without its credentials."""

    url: str
    """URL to send to."""
    username: str
    """Name of the database user."""
    database: str
    """Name of the database."""
    table_name: str
    """Name of the table."""


class EventBridgeConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon EventBridge sink or destination, without its credentials."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id"})

    event_bus_name: str
    """Name of the event bus."""
    detail_type: str
    """`detail-type` of the events, up to 128 characters."""
    region: str
    """AWS region."""
    access_key_id: str | None = None
    """Id of the AWS access key."""
    role_arn: str | None = None
    """ARN of the AWS role to assume."""
    external_id: str | None = None
    """External id for the AWS role."""


class SnowflakeConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a Snowflake sink or destination, without its credentials."""

    account_identifier: str
    """Identifier of the Snowflake account."""
    user_id: str
    """Name of the Snowflake user."""
    db_name: str | None = None
    """Name of the database."""
    schema_name: str | None = None
    """Name of the schema."""
    table_name: str | None = None
    """Name of the table."""


class RabbitMqConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a RabbitMQ sink or destination, without its credentials."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"uri"})

    routing_key: str
    """Routing key of the messages."""
    uri: str | None = None
    """AMQP URI of the broker, with its credentials."""
    mandatory: bool | None = None
    """Whether a message without a queue fails instead of being dropped."""


class RedshiftConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Amazon Redshift sink or destination, without its credentials."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"external_id"})

    region: str
    """AWS region."""
    access_key_id: str | None = None
    """Id of the AWS access key."""
    cluster_identifier: str | None = None
    """Identifier of the Redshift cluster."""
    db_user: str | None = None
    """Name of the database user."""
    workgroup_name: str | None = None
    """Name of the Redshift Serverless workgroup."""
    db_name: str | None = None
    """Name of the database."""
    schema_name: str | None = None
    """Name of the schema."""
    table_name: str | None = None
    """Name of the table."""
    role_arn: str | None = None
    """ARN of the AWS role to assume."""
    external_id: str | None = None
    """External id for the AWS role."""


class PostgresConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of a PostgreSQL sink or destination, without its credentials."""

    url: str
    """URL to send to."""
    table_name: str
    """Name of the table."""
    ssl_root_cert: str | None = None
    """Root certificate of the server, in PEM format."""


class ElasticSearchConfigOut(Model, frozen=True, kw_only=True):
    """Configuration of an Elasticsearch sink or destination, without its credentials."""

    index_name: str
    """Name of the index."""
    url: str
    """URL to send to."""
    refresh: bool
    """Whether documents are searchable immediately."""
