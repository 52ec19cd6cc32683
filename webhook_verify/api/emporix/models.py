"""What Emporix's Webhook Service takes and answers."""

from __future__ import annotations

from collections.abc import Mapping

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
    """Who delivers: Emporix's account at Svix, your own account at Svix, or Emporix itself."""

    SVIX_SHARED = "SVIX_SHARED"
    SVIX = "SVIX"
    HTTP = "HTTP"


class HeaderValue(Model, frozen=True, kw_only=True):
    """The value of a header that is added to every delivery."""

    redacted_fields = frozenset({"value"})

    value: str | UnsetType = UNSET
    """The text."""


def http_headers(headers: Mapping[str, str]) -> dict[str, HeaderValue]:
    """Headers as Emporix takes them, at most 10."""
    return {name: HeaderValue(value=value) for name, value in headers.items()}


class EventConfigurationOut(Model, frozen=True, kw_only=True):
    """Where the events of one type go. What is None is that of the whole configuration."""

    redacted_fields = frozenset({"headers"})

    id: str | None = None
    """The id of this entry. One event type may have several."""
    event_type: str | None = None
    """The event type."""
    name: str | None = None
    """A text for people."""
    destination_url: str | None = None
    """Where to deliver."""
    secret_key_exists: bool | None = None
    """Whether deliveries are signed with a secret of this entry, which is never told."""
    headers: dict[str, HeaderValue] | None = None
    """Headers that are added."""
    filter: str | None = None
    """A JsonPath: only payloads that it finds something in are delivered."""
    excluded_fields: list[str] | None = None
    """Fields that are left out of the payload; None: those of the subscription; []: none."""
    active: bool | None = None
    """Whether anything is delivered."""


class ConfigurationOut(Model, frozen=True, kw_only=True):
    """What is told of a configuration: of HTTP all but the secret, of the other providers nothing."""

    redacted_fields = frozenset({"headers"})

    destination_url: str | None = None
    """Where to deliver."""
    secret_key_exists: bool | None = None
    """Whether deliveries are signed. The secret itself is never told."""
    headers: dict[str, HeaderValue] | None = None
    """Headers that are added to every delivery."""
    events_configuration: list[EventConfigurationOut] | None = None
    """Where the events of single types go."""


class ConfigOut(Model, frozen=True, kw_only=True):
    """A configuration of the tenant: who delivers, and how."""

    code: str | None = None
    """Its id."""
    provider: Provider | None = None
    """Who delivers. A tenant has at most one configuration of each."""
    active: bool | None = None
    """Whether this is the one that is used."""
    version: int | None = None
    """How often it was written, where the server tells it."""
    configuration: ConfigurationOut | None = None
    """How. None where there is nothing to tell."""


class ConfigCreated(Model, frozen=True, kw_only=True):
    """That a configuration was created."""

    code: str | None = None
    """Its id."""


class _Configs(Model, frozen=True, kw_only=True):
    configs: list[ConfigOut] = field(default_factory=list[ConfigOut])


_read_configs = msgspec.json.Decoder(list[ConfigOut] | _Configs).decode


def read_configs(body: bytes) -> list[ConfigOut]:
    """A list of configurations: an array, as Emporix specifies it, or ``{"configs": [...]}``."""
    read = _read_configs(body)
    return read.configs if isinstance(read, _Configs) else read


class DashboardAccess(Model, frozen=True, kw_only=True):
    """A login to the dashboard of the tenant at Svix."""

    redacted_fields = frozenset({"url", "token"})

    url: str | None = None
    """The dashboard. Whoever has this address is logged in."""
    token: str | None = None
    """The key in it."""


class MonthStatistics(Model, frozen=True, kw_only=True):
    """What was delivered in a month."""

    statistics_month: str | None = None
    """Such as ``2026-11``."""
    successfully_sent_webhooks: int | None = field(name="succesfullySentWebhooks", default=None)
    """How many deliveries there were. (The name on the wire has one letter less.)"""


class Statistics(Model, frozen=True, kw_only=True):
    """What was delivered, and how much may be."""

    month_statistics: list[MonthStatistics] | None = None
    """The months."""
    webhooks_limit: int | None = None
    """How many deliveries a month may have."""
