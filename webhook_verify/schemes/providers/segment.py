"""Segment: HMAC-SHA1 of the body, in `x-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "segment",
    signature_header="x-signature",
    algorithm="hmac-sha1",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Segment",
        secret_from="the Shared Secret in the settings of the destination Webhooks (Actions); you choose it",
        url="https://segment.com/docs/connections/destinations/catalog/actions-webhook/",
        notes=(
            "Without a shared secret, nothing is signed. The mapping defines the body, and a batch is"
            " a list of events."
        ),
    ),
)
