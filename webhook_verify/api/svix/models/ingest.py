"""Payloads of ingest sources, which receive webhooks of others, and of their endpoints."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from msgspec import field

from webhook_verify.api._model import UNSET, Model, UnsetType
from webhook_verify.api.svix.models import source_config as of
from webhook_verify.api.svix.models.endpoint import (
    EndpointHeadersIn,
    EndpointHeadersOut,
    EndpointSecretOut,
    EndpointSecretRotateIn,
)
from webhook_verify.api.svix.models.kinds import KindModel

__all__ = [
    "IngestEndpointHeadersIn",
    "IngestEndpointHeadersOut",
    "IngestEndpointIn",
    "IngestEndpointOut",
    "IngestEndpointSecretIn",
    "IngestEndpointSecretOut",
    "IngestEndpointTransformationOut",
    "IngestEndpointTransformationPatch",
    "IngestEndpointUpsertIn",
    "IngestSourceConsumerPortalAccessIn",
    "IngestSourceIn",
    "IngestSourceOut",
    "RotateTokenOut",
]

# fmt: off
_SENDERS_WITH_SVIX = (
    "beehiiv", "brex", "clerk", "guesty", "incident-io", "lithic", "nash", "open-ai", "pleo", "psi-fi",
    "render", "replicate", "resend", "safebase", "sardine", "stych", "svix",
)
# fmt: on
_CONFIGS: Mapping[str, type[Model] | None] = {
    "generic-webhook": None,
    **dict.fromkeys(_SENDERS_WITH_SVIX, of.SvixConfig),
    "cron": of.CronConfig,
    "adobe-sign": of.AdobeSignConfig,
    "checkbook": of.CheckbookConfig,
    "docusign": of.DocusignConfig,
    "easypost": of.EasypostConfig,
    "github": of.GithubConfig,
    "hubspot": of.HubspotConfig,
    "meta": of.MetaConfig,
    "nango": of.NangoConfig,
    "openclaw": of.OpenClawConfig,
    "orum-io": of.OrumIoConfig,
    "panda-doc": of.PandaDocConfig,
    "port-io": of.PortIoConfig,
    "rutter": of.RutterConfig,
    "segment": of.SegmentConfig,
    "shopify": of.ShopifyConfig,
    "slack": of.SlackConfig,
    "stripe": of.StripeConfig,
    "zoom": of.ZoomConfig,
    "tailscale": of.TailscaleConfig,
    "telnyx": of.TelnyxConfig,
    "vapi": of.VapiConfig,
    "veriff": of.VeriffConfig,
    "airwallex": of.AirwallexConfig,
    "vgs": of.VgsConfig,
    "merge": of.MergeConfig,
}

if TYPE_CHECKING:  # the other classes are subclasses of these
    SourceConfig = (
        dict[str, Any]
        | of.AdobeSignConfig
        | of.CronConfig
        | of.DocusignConfig
        | of.MetaConfig
        | of.OrumIoConfig
        | of.SvixConfig
        | of.TailscaleConfig
        | of.TelnyxConfig
    )
    SourceConfigOut = dict[str, Any] | of.CronConfig | of.OrumIoConfig | of.TelnyxConfig
else:
    SourceConfig = SourceConfigOut = Any


class IngestSourceIn(KindModel, frozen=True, kw_only=True):
    """An ingest source to create or to replace. Fields that are `UNSET` get their defaults."""

    kinds: ClassVar[Mapping[str, type[Model] | None]] = _CONFIGS
    name: str
    """Human-readable name, 2 to 256 characters."""
    config: SourceConfig = field(default_factory=dict[str, Any])
    """Configuration, of the class for `type`. Empty for `generic-webhook`."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 60 letters, digits or any of `-_`."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""


class IngestSourceOut(KindModel, frozen=True, kw_only=True):
    """An ingest source."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"ingest_url"})
    kinds: ClassVar[Mapping[str, type[Model] | None]] = {
        "cron": of.CronConfig,
        "orum-io": of.OrumIoConfig,
        "telnyx": of.TelnyxConfig,
    }
    config: SourceConfigOut = field(default_factory=dict[str, Any])
    """Configuration without its secrets: of the class for `type`, or a dict, which is usually empty."""
    id: str
    """Server-assigned id: `src_` and 21 or 22 letters or digits."""
    name: str
    """Human-readable name."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    """Custom key-value pairs."""
    uid: str | None = None
    """Your own identifier."""
    ingest_url: str | None = None
    """URL for the sender. It contains a token."""


class RotateTokenOut(Model, frozen=True, kw_only=True):
    """The new URL of an ingest source."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"ingest_url"})

    ingest_url: str
    """URL for the sender. It contains a token."""


class IngestSourceConsumerPortalAccessIn(Model, frozen=True, kw_only=True):
    """Options of a login to the portal of an ingest source."""

    expiry: int | UnsetType | None = UNSET
    """Lifetime in seconds, 3600 to 604800."""
    read_only: bool | UnsetType | None = UNSET
    """Whether the login cannot change anything."""


class IngestEndpointUpsertIn(Model, frozen=True, kw_only=True):
    """An ingest endpoint to create or to replace. Fields that are `UNSET` get their defaults."""

    url: str
    """URL to deliver to, 1 to 65536 characters."""
    description: str | UnsetType = UNSET
    """Human-readable description."""
    throttle_rate: int | UnsetType | None = UNSET
    """Maximum number of deliveries per second, at least 1; None: no limit."""
    uid: str | UnsetType | None = UNSET
    """Your own identifier: 1 to 256 letters, digits or any of `-_.`."""
    disabled: bool | UnsetType = UNSET
    """Whether deliveries are paused. False by default."""
    metadata: dict[str, str] | UnsetType = UNSET
    """Custom key-value pairs."""


class IngestEndpointIn(IngestEndpointUpsertIn, frozen=True, kw_only=True):
    """An ingest endpoint to create."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"headers", "secret"})

    secret: str | UnsetType | None = UNSET
    """Signing secret: `whsec_` and 24 to 75 bytes in base64. By default the server generates it."""
    headers: dict[str, str] | UnsetType | None = UNSET
    """Additional headers of every delivery."""


class IngestEndpointOut(Model, frozen=True, kw_only=True):
    """An ingest endpoint, to which a source forwards its webhooks."""

    id: str
    """Server-assigned id: `ep_` and 27 letters or digits."""
    url: str
    """URL to deliver to."""
    created_at: datetime
    """Time of creation."""
    updated_at: datetime
    """Time of the last change."""
    description: str = ""
    """Human-readable description."""
    throttle_rate: int | None = None
    """Maximum number of deliveries per second; None: no limit."""
    uid: str | None = None
    """Your own identifier."""
    disabled: bool = False
    """Whether deliveries are paused."""
    metadata: dict[str, str] = field(default_factory=dict[str, str])
    """Custom key-value pairs."""


class IngestEndpointSecretOut(EndpointSecretOut, frozen=True, kw_only=True):
    """The signing secret of an ingest endpoint."""


class IngestEndpointSecretIn(EndpointSecretRotateIn, frozen=True, kw_only=True):
    """Options of a rotation of an ingest endpoint's secret."""


class IngestEndpointHeadersIn(EndpointHeadersIn, frozen=True, kw_only=True):
    """Replacement of all additional headers of an ingest endpoint's deliveries."""


class IngestEndpointHeadersOut(EndpointHeadersOut, frozen=True, kw_only=True):
    """The additional headers of an ingest endpoint's deliveries."""


class IngestEndpointTransformationPatch(Model, frozen=True, kw_only=True):
    """Changes of a transformation. Fields that are `UNSET` keep their values; None clears a field."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"variables"})

    code: str | UnsetType | None = UNSET
    """JavaScript source, 10 to 51200 characters."""
    enabled: bool | UnsetType = UNSET
    """Whether the transformation is applied."""
    variables: dict[str, str] | UnsetType | None = UNSET
    """Variables of the source."""


class IngestEndpointTransformationOut(Model, frozen=True, kw_only=True):
    """The transformation of the webhooks to an ingest endpoint."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"variables"})

    code: str | None = None
    """JavaScript source; None without a transformation."""
    enabled: bool = False
    """Whether the transformation is applied."""
    variables: dict[str, str] | None = None
    """Variables of the source."""
