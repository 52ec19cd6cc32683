"""Tailscale: HMAC-SHA256 of `{timestamp}.{body}`, in `tailscale-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "tailscale",
    signature_header="tailscale-webhook-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    event_type_in_body="*.type",
    docs=SchemeDocs(
        title="Tailscale",
        secret_from=(
            "the admin console > Settings > Webhooks: the secret that is shown once, when the endpoint is "
            "created; it starts with `tskey-webhook-`"
        ),
        secret_pattern="tskey-webhook-.+",
        url="https://tailscale.com/kb/1213/webhooks",
        notes=(
            "The body is a list of events, so `delivery.event_type` has a value only if all have the same "
            "type. A rotation invalidates the old secret immediately."
        ),
    ),
)
