"""Shippo: HMAC-SHA256 of `{timestamp}.{body}`, in `shippo-auth-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "shippo",
    signature_header="shippo-auth-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Shippo",
        secret_from=(
            "the HMAC secret that you agree on with Shippo, because HMAC is set up by your account manager"
        ),
        url="https://docs.goshippo.com/docs/tracking/webhooksecurity/",
        notes="Without HMAC, deliveries have no signature. Deliveries have no message id.",
    ),
)
