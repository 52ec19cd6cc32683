"""Trigger.dev's alerts: HMAC-SHA256 of the body, in `x-trigger-signature-hmacsha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "trigger-dev",
    signature_header="x-trigger-signature-hmacsha256",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Trigger.dev",
        secret_from="the dashboard, when you create the webhook of the alert",
        url="https://trigger.dev/docs/troubleshooting-alerts",
        notes=("This is the scheme of alerts that Trigger.dev sends to a webhook. Only the body is signed."),
    ),
)
