"""Configurations of ingest sources, one class for each sender."""

from __future__ import annotations

from typing import ClassVar

from webhook_verify.api._model import UNSET, Model, UnsetType

__all__ = [
    "AdobeSignConfig",
    "AirwallexConfig",
    "CheckbookConfig",
    "CronConfig",
    "DocusignConfig",
    "EasypostConfig",
    "GithubConfig",
    "HubspotConfig",
    "MergeConfig",
    "MetaConfig",
    "NangoConfig",
    "OpenClawConfig",
    "OrumIoConfig",
    "PandaDocConfig",
    "PortIoConfig",
    "RutterConfig",
    "SegmentConfig",
    "ShopifyConfig",
    "SlackConfig",
    "StripeConfig",
    "SvixConfig",
    "TailscaleConfig",
    "TelnyxConfig",
    "VapiConfig",
    "VeriffConfig",
    "VgsConfig",
    "ZoomConfig",
]


class CronConfig(Model, frozen=True, kw_only=True):
    """A message that the server sends on a schedule."""

    schedule: str
    """Cron expression."""
    payload: str
    """Body to send."""
    content_type: str | UnsetType | None = UNSET
    """Content type of the body."""


class AdobeSignConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks of Adobe Sign."""

    client_id: str
    """Id of the client."""


class MetaConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks of Meta."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"secret", "verify_token"})

    secret: str
    """Signing secret of the sender."""
    verify_token: str
    """Token of the subscription handshake."""


class OrumIoConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks of Orum."""

    public_key: str
    """Public key of the sender."""


class TailscaleConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks of Tailscale."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"secret"})

    secret: str
    """Signing secret of the sender."""
    timestamp_grace_seconds: int | UnsetType | None = UNSET
    """Tolerance of the timestamp in seconds."""


class TelnyxConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks of Telnyx."""

    public_key: str
    """Public key of the sender."""


class SvixConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks that Svix signs, also for the senders that use Svix."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"secret"})

    secret: str
    """Signing secret of the sender."""


class CheckbookConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Checkbook.io."""


class NangoConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Nango."""


class OpenClawConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of OpenClaw."""


class MergeConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Merge."""


class PandaDocConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of PandaDoc."""


class PortIoConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Port."""


class RutterConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Rutter."""


class ShopifyConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Shopify."""


class SlackConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Slack."""


class StripeConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Stripe."""


class ZoomConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Zoom."""


class VapiConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Vapi."""


class VeriffConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Veriff."""


class AirwallexConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Airwallex."""


class VgsConfig(SvixConfig, frozen=True, kw_only=True):
    """Verification of webhooks of VGS."""


class DocusignConfig(Model, frozen=True, kw_only=True):
    """Verification of webhooks of Docusign. The secret is optional."""

    redacted_fields: ClassVar[frozenset[str]] = frozenset({"secret"})

    secret: str | UnsetType | None = UNSET
    """Signing secret of the sender."""


class EasypostConfig(DocusignConfig, frozen=True, kw_only=True):
    """Verification of webhooks of EasyPost. The secret is optional."""


class GithubConfig(DocusignConfig, frozen=True, kw_only=True):
    """Verification of webhooks of GitHub. The secret is optional."""


class HubspotConfig(DocusignConfig, frozen=True, kw_only=True):
    """Verification of webhooks of HubSpot. The secret is optional."""


class SegmentConfig(DocusignConfig, frozen=True, kw_only=True):
    """Verification of webhooks of Segment. The secret is optional."""
