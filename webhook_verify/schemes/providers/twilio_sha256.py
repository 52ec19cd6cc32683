"""Twilio with a SharedKey: HMAC-SHA256, otherwise signed as in `webhook_verify.schemes.providers.twilio`."""

from __future__ import annotations

from webhook_verify.schemes.providers.twilio import Twilio

__all__ = ["SCHEME"]

SCHEME = Twilio(
    "twilio-sha256",
    "hmac-sha256",
    title="Twilio (SHA-256)",
    secret_from="the secret of the SharedKey that signs the webhooks",
)
