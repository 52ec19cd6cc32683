"""Convoy's simple signatures: an HMAC of the body, in `x-convoy-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "convoy-simple",
    signature_header="x-convoy-signature",
    id_header="x-convoy-idempotency-key",
    docs=SchemeDocs(
        title="Convoy (simple)",
        secret_from="the endpoint's secret in the dashboard",
        url="https://www.getconvoy.io/docs/product-manual/signatures",
        notes=(
            "Only the body is signed, with SHA-256 in hex. Convoy signs compact JSON but sends the JSON "
            "as it was published: publish it without spaces and line breaks, or the signature does not "
            "match. The id is chosen by the publisher and not signed."
        ),
    ),
)
