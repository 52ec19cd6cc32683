"""Providers whose signature or signed content is made of the body or the address."""

from __future__ import annotations

from webhook_verify.schemes.base import Scheme
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.providers.adyen import ADYEN
from webhook_verify.schemes.providers.hubspot import HUBSPOT
from webhook_verify.schemes.providers.mailgun import MAILGUN
from webhook_verify.schemes.providers.microsoft_graph import MICROSOFT_GRAPH
from webhook_verify.schemes.providers.twilio import TWILIO, TWILIO_SHA256

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = (
    TWILIO,
    TWILIO_SHA256,
    HUBSPOT,
    MAILGUN,
    ADYEN,
    HeaderScheme(
        "adyen-header",
        title="Adyen (header)",
        signature_header="hmacsignature",
        signature_encoding="base64",
        secret_encoding="hex",
        secret_from="Customer Area, Developers, Webhooks, the webhook's HMAC key",
        documentation="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/"
        "verify-hmac-signatures",
        notes="For the webhooks of Balance Platform and Management. Standard webhooks have the scheme adyen.",
    ),
    MICROSOFT_GRAPH,
)
