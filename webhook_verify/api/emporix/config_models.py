"""Payloads that write a configuration: a struct for each provider, distinguished by the field `provider`."""

from __future__ import annotations

from typing import ClassVar

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.emporix.models import HeaderValue

__all__ = [
    "ConfigIn",
    "ConfigUpdate",
    "EventConfiguration",
    "HttpConfigIn",
    "HttpConfigUpdate",
    "HttpConfiguration",
    "SvixConfigIn",
    "SvixConfigUpdate",
    "SvixConfiguration",
    "SvixSharedConfigIn",
    "SvixSharedConfigUpdate",
    "SvixSharedConfiguration",
]


class SvixSharedConfiguration(Model, frozen=True, kw_only=True):
    """Settings of deliveries by Emporix's Svix account, which are empty."""


class SvixConfiguration(Model, frozen=True, kw_only=True):
    """Settings of deliveries by your own Svix account."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"api_key"})

    api_key: str | UnsetType = UNSET
    """Authorization header of Emporix's requests to Svix: `Bearer ` and the API key."""


class EventConfiguration(Model, frozen=True, kw_only=True):
    """Settings for the events of a type. A field that is `UNSET` has the value of the whole configuration."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "secret_key"})

    event_type: str | UnsetType = UNSET
    """Event type."""
    id: str | UnsetType = UNSET
    """Id of an existing entry. Leave it `UNSET` for a new entry, because the server assigns it."""
    name: str | UnsetType = UNSET
    """Human-readable name, up to 255 characters."""
    destination_url: str | UnsetType = UNSET
    """URL to deliver to. When it is configured, it must return 2xx for HEAD or OPTIONS."""
    secret_key: str | UnsetType = UNSET
    """Signing secret, any text."""
    headers: dict[str, HeaderValue] | UnsetType = UNSET
    """Additional headers, at most 10: see `http_headers`."""
    filter: str | UnsetType = UNSET
    """JSONPath filter: only payloads that it matches are delivered."""
    excluded_fields: list[str] | UnsetType | None = UNSET
    """Fields to omit from the payload; None: those of the subscription; []: no field."""
    active: bool | UnsetType = UNSET
    """Whether deliveries are enabled. True by default."""


class HttpConfiguration(Model, frozen=True, kw_only=True):
    """Settings of deliveries by Emporix itself."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "secret_key"})

    destination_url: str | UnsetType = UNSET
    """URL to deliver to. When it is configured, it must return 2xx for HEAD or OPTIONS."""
    secret_key: str | UnsetType = UNSET
    """Signing secret, any text. Without it, deliveries are not signed."""
    headers: dict[str, HeaderValue] | UnsetType = UNSET
    """Additional headers of every delivery, at most 10: see `http_headers`."""
    events_configuration: list[EventConfiguration] | UnsetType = UNSET
    """Entries for individual event types."""


class _Config(Model, frozen=True, kw_only=True, tag_field="provider"):
    """The fields of all configurations."""

    active: bool | UnsetType = UNSET
    """Whether this is the active configuration. Exactly one configuration must be active."""


class SvixSharedConfigUpdate(_Config, frozen=True, kw_only=True, tag="SVIX_SHARED"):
    """A replacement of a configuration for Emporix's Svix account."""

    configuration: SvixSharedConfiguration | UnsetType = UNSET
    """Settings, which are empty."""


class SvixConfigUpdate(_Config, frozen=True, kw_only=True, tag="SVIX"):
    """A replacement of a configuration for your own Svix account."""

    configuration: SvixConfiguration | UnsetType = UNSET
    """Settings of the account."""


class HttpConfigUpdate(_Config, frozen=True, kw_only=True, tag="HTTP"):
    """A replacement of a configuration for deliveries by Emporix itself."""

    configuration: HttpConfiguration | UnsetType = UNSET
    """Settings of the deliveries."""


class SvixSharedConfigIn(SvixSharedConfigUpdate, frozen=True, kw_only=True, tag="SVIX_SHARED"):
    """A configuration to create, for Emporix's Svix account."""

    code: str
    """Id of the new configuration."""


class SvixConfigIn(SvixConfigUpdate, frozen=True, kw_only=True, tag="SVIX"):
    """A configuration to create, for your own Svix account."""

    code: str
    """Id of the new configuration."""


class HttpConfigIn(HttpConfigUpdate, frozen=True, kw_only=True, tag="HTTP"):
    """A configuration to create, for deliveries by Emporix itself."""

    code: str
    """Id of the new configuration."""


ConfigUpdate = SvixSharedConfigUpdate | SvixConfigUpdate | HttpConfigUpdate
"""A replacement of a configuration."""

ConfigIn = SvixSharedConfigIn | SvixConfigIn | HttpConfigIn
"""A configuration to create."""
