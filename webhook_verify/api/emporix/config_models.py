"""What a configuration shall be: one struct for each provider, told apart by the field ``provider``."""

from __future__ import annotations

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
    """Deliveries by Emporix's account at Svix: there is nothing to configure."""


class SvixConfiguration(Model, frozen=True, kw_only=True):
    """Deliveries by your own account at Svix."""

    redacted_fields = frozenset({"api_key"})

    api_key: str | UnsetType = UNSET
    """What Emporix sends to Svix as Authorization: ``Bearer `` and the key."""


class EventConfiguration(Model, frozen=True, kw_only=True):
    """Where the events of one type shall go. What is not given is that of the whole configuration."""

    redacted_fields = frozenset({"headers", "secret_key"})

    event_type: str | UnsetType = UNSET
    """The event type."""
    id: str | UnsetType = UNSET
    """The id of an entry that is there already. The server makes it: never give one for a new entry."""
    name: str | UnsetType = UNSET
    """A text for people, up to 255 characters."""
    destination_url: str | UnsetType = UNSET
    """Where to deliver. It must answer HEAD or OPTIONS with success when it is configured."""
    secret_key: str | UnsetType = UNSET
    """The secret to sign with, any text."""
    headers: dict[str, HeaderValue] | UnsetType = UNSET
    """Headers to add, at most 10: see :func:`http_headers`."""
    filter: str | UnsetType = UNSET
    """A JsonPath: deliver only payloads that it finds something in."""
    excluded_fields: list[str] | UnsetType | None = UNSET
    """Fields to leave out of the payload; None: those of the subscription; []: none."""
    active: bool | UnsetType = UNSET
    """Whether anything is delivered. True by default."""


class HttpConfiguration(Model, frozen=True, kw_only=True):
    """Deliveries by Emporix itself."""

    redacted_fields = frozenset({"headers", "secret_key"})

    destination_url: str | UnsetType = UNSET
    """Where to deliver. It must answer HEAD or OPTIONS with success when it is configured."""
    secret_key: str | UnsetType = UNSET
    """The secret to sign with, any text. Without one nothing is signed."""
    headers: dict[str, HeaderValue] | UnsetType = UNSET
    """Headers to add to every delivery, at most 10: see :func:`http_headers`."""
    events_configuration: list[EventConfiguration] | UnsetType = UNSET
    """Where the events of single types shall go."""


class _Config(Model, frozen=True, kw_only=True, tag_field="provider"):
    active: bool | UnsetType = UNSET
    """Whether this is the configuration that is used; only one is, and one must be."""


class SvixSharedConfigUpdate(_Config, frozen=True, kw_only=True, tag="SVIX_SHARED"):
    """Emporix's account at Svix delivers."""

    configuration: SvixSharedConfiguration | UnsetType = UNSET
    """Nothing."""


class SvixConfigUpdate(_Config, frozen=True, kw_only=True, tag="SVIX"):
    """Your own account at Svix delivers."""

    configuration: SvixConfiguration | UnsetType = UNSET
    """Which account."""


class HttpConfigUpdate(_Config, frozen=True, kw_only=True, tag="HTTP"):
    """Emporix itself delivers."""

    configuration: HttpConfiguration | UnsetType = UNSET
    """Where to, and signed with what."""


class SvixSharedConfigIn(SvixSharedConfigUpdate, frozen=True, kw_only=True, tag="SVIX_SHARED"):
    """As :class:`SvixSharedConfigUpdate`, of a configuration to create."""

    code: str
    """The id that it shall have."""


class SvixConfigIn(SvixConfigUpdate, frozen=True, kw_only=True, tag="SVIX"):
    """As :class:`SvixConfigUpdate`, of a configuration to create."""

    code: str
    """The id that it shall have."""


class HttpConfigIn(HttpConfigUpdate, frozen=True, kw_only=True, tag="HTTP"):
    """As :class:`HttpConfigUpdate`, of a configuration to create."""

    code: str
    """The id that it shall have."""


ConfigUpdate = SvixSharedConfigUpdate | SvixConfigUpdate | HttpConfigUpdate
"""What a configuration shall be from now on."""

ConfigIn = SvixSharedConfigIn | SvixConfigIn | HttpConfigIn
"""A configuration to create."""
