"""Doppler: HMAC-SHA256 of the body, in `x-doppler-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "doppler",
    signature_header="x-doppler-signature",
    signature_prefix="sha256=",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Doppler",
        secret_from="the project's Webhooks: the webhook's signing secret; you choose it",
        url="https://docs.doppler.com/docs/webhooks",
        notes="Deliveries have no message id.",
    ),
)
