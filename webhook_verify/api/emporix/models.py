"""Payloads that the Emporix Webhook Service returns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec
from msgspec import field

from webhook_verify.api._model import UNSET, Model, OpenStrEnum, UnsetType

__all__ = [
    "ConfigCreated",
    "ConfigOut",
    "ConfigurationOut",
    "DashboardAccess",
    "EventConfigurationOut",
    "HeaderValue",
    "MonthStatistics",
    "Provider",
    "Statistics",
    "http_headers",
    "read_configs",
]


class Provider(OpenStrEnum):
    """Provider of deliveries: Emporix's Svix account, your own Svix account, or Emporix itself."""

    SVIX_SHARED = "SVIX_SHARED"
    SVIX = "SVIX"
    HTTP = "HTTP"


class HeaderValue(Model, frozen=True, kw_only=True):
    """The value of an additional header of every delivery."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"value"})

    value: str | UnsetType = UNSET
    """Text of the header."""


def http_headers(headers: Mapping[str, str]) -> dict[str, HeaderValue]:
    """Convert headers to Emporix's format.

    Args:
        headers: Header values by name, at most 10.

    Returns:
        The converted headers.
    """
    return {name: HeaderValue(value=value) for name, value in headers.items()}


class EventConfigurationOut(Model, frozen=True, kw_only=True):
    """Settings for the events of a type. A field that is `None` has the value of the whole configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    id: str | None = None
    """Id of the entry. An event type may have several entries."""
    event_type: str | None = None
    """Event type."""
    name: str | None = None
    """Human-readable name."""
    destination_url: str | None = None
    """URL to deliver to."""
    secret_key_exists: bool | None = None
    """Whether the entry has its own signing secret, which is never returned."""
    headers: dict[str, HeaderValue] | None = None
    """Additional headers."""
    filter: str | None = None
    """JSONPath filter: only payloads that it matches are delivered."""
    excluded_fields: list[str] | None = None
    """Fields to omit from the payload; None: those of the subscription; []: no field."""
    active: bool | None = None
    """Whether deliveries are enabled."""


class ConfigurationOut(Model, frozen=True, kw_only=True):
    """The settings of a configuration. Empty except for HTTP, whose secret is not returned."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers"})

    destination_url: str | None = None
    """URL to deliver to."""
    secret_key_exists: bool | None = None
    """Whether deliveries are signed. The secret is never returned."""
    headers: dict[str, HeaderValue] | None = None
    """Additional headers of every delivery."""
    events_configuration: list[EventConfigurationOut] | None = None
    """Entries for individual event types."""


class ConfigOut(Model, frozen=True, kw_only=True):
    """A configuration of the tenant: the provider of deliveries and its settings."""

    code: str | None = None
    """Id of the configuration."""
    provider: Provider | None = None
    """Provider of deliveries. A tenant has at most one configuration for each."""
    active: bool | None = None
    """Whether this is the active configuration."""
    version: int | None = None
    """Version, which each write increases; None if the server does not return it."""
    configuration: ConfigurationOut | None = None
    """Settings; None if the server returns none."""


class ConfigCreated(Model, frozen=True, kw_only=True):
    """Response to the creation of a configuration."""

    code: str | None = None
    """Id of the configuration."""


class _Configs(Model, frozen=True, kw_only=True):
    configs: list[ConfigOut] = field(default_factory=list[ConfigOut])


_read_configs = msgspec.json.Decoder(list[ConfigOut] | _Configs).decode


def read_configs(body: bytes) -> list[ConfigOut]:
    """Read a list of configurations: an array, as in Emporix's specification, or `{"configs": [...]}`.

    Args:
        body: Response body.

    Returns:
        The configurations.
    """
    read = _read_configs(body)
    return read.configs if isinstance(read, _Configs) else read


class DashboardAccess(Model, frozen=True, kw_only=True):
    """A login to the tenant's Svix dashboard."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"url", "token"})

    url: str | None = None
    """URL of the dashboard. It is a credential."""
    token: str | None = None
    """Key in the URL."""


class MonthStatistics(Model, frozen=True, kw_only=True):
    """The number of deliveries in a month."""

    statistics_month: str | None = None
    """Month, such as `2026-11`."""
    successfully_sent_webhooks: int | None = field(name="succesfullySentWebhooks", default=None)
    """Number of deliveries. Emporix misspells the name on the wire."""


class Statistics(Model, frozen=True, kw_only=True):
    """The number of deliveries by month, and their limit."""

    month_statistics: list[MonthStatistics] | None = None
    """Deliveries by month."""
    webhooks_limit: int | None = None
    """Maximum number of deliveries per month."""
