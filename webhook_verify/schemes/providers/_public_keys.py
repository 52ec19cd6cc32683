"""Providers with public keys, certificates and identity tokens."""

from __future__ import annotations

from webhook_verify.handshakes import DiscordPing
from webhook_verify.schemes.base import Scheme
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.providers.aws_sns import AmazonSns
from webhook_verify.schemes.providers.google_pubsub import GooglePubSub
from webhook_verify.schemes.providers.paypal import PayPal
from webhook_verify.schemes.providers.plaid import Plaid

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = (
    HeaderScheme(
        "discord",
        title="Discord",
        signature_header="x-signature-ed25519",
        algorithm="ed25519",
        secret_encoding="hex",
        timestamp_header="x-signature-timestamp",
        signed_content="{timestamp}{body}",
        id_in_body="id",
        handshake=DiscordPing(),
        secret_from="Developer Portal, the application's General Information, Public Key",
        documentation="https://docs.discord.com/developers/interactions/overview",
        notes="Discord sends deliveries with wrong signatures on purpose, which must be answered 401.",
    ),
    HeaderScheme(
        "sendgrid",
        title="Twilio SendGrid",
        signature_header="x-twilio-email-event-webhook-signature",
        algorithm="ecdsa-p256-sha256",
        signature_encoding="base64",
        secret_encoding="base64",
        timestamp_header="x-twilio-email-event-webhook-timestamp",
        signed_content="{timestamp}{body}",
        secret_from="Settings, Mail Settings, Event Webhooks, the webhook's Signature Verification: its "
        "verification key",
        documentation="https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/"
        "getting-started-event-webhook-security-features",
        notes="The body ends in a line break, which is signed, too.",
    ),
    HeaderScheme(
        "wise",
        title="Wise",
        signature_header="x-signature-sha256",
        algorithm="rsa-sha256",
        signature_encoding="base64",
        id_header="x-delivery-id",
        secret_from="the page on event handling: the public key of production, or of the sandbox, as PEM",
        documentation="https://docs.wise.com/guides/developer/webhooks/event-handling",
    ),
    AmazonSns(),
    GooglePubSub(),
    Plaid(),
    PayPal(),
)
