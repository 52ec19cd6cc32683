"""Twilio with a SharedKey: HMAC-SHA256, signed as :mod:`webhook_verify.schemes.providers.twilio` is."""

from __future__ import annotations

from webhook_verify.schemes.providers.twilio import Twilio

__all__ = ["SCHEME"]

SCHEME = Twilio(
    "twilio-sha256",
    "hmac-sha256",
    title="Twilio (SHA-256)",
    secret_from="the secret of the SharedKey with which the webhooks are signed",
)
