"""Providers whose signature or signed content is made of the body or the address."""

from __future__ import annotations

from webhook_verify.schemes.adyen import ADYEN
from webhook_verify.schemes.hubspot import HUBSPOT
from webhook_verify.schemes.mailgun import MAILGUN
from webhook_verify.schemes.microsoft_graph import MICROSOFT_GRAPH
from webhook_verify.schemes.provider import Provider
from webhook_verify.schemes.scheme import Scheme
from webhook_verify.schemes.twilio import TWILIO, TWILIO_SHA256

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = (
    TWILIO,
    TWILIO_SHA256,
    HUBSPOT,
    MAILGUN,
    ADYEN,
    Provider(
        "adyen-header",
        title="Adyen (header)",
        signature_header="hmacsignature",
        encoding="base64",
        secret="hex",
        secret_from="Customer Area, Developers, Webhooks, the webhook's HMAC key",
        documentation="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/"
        "verify-hmac-signatures",
        notes="For the webhooks of Balance Platform and Management. Standard webhooks have the scheme adyen.",
    ),
    MICROSOFT_GRAPH,
)
