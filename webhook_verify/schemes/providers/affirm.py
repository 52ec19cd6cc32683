"""Affirm: HMAC-SHA512 of `{timestamp}.{body}`, in `x-affirm-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "affirm",
    signature_header="x-affirm-signature",
    algorithm="hmac-sha512",
    signature_field="v0",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    docs=SchemeDocs(
        title="Affirm",
        secret_from=(
            "Affirm, which creates webhooks on request; merchants cannot create them in the dashboard"
        ),
        url="https://docs.affirm.com/developers/docs/about-webhooks",
        notes="Deliveries have no message id. The tolerance is this library's default.",
    ),
)
