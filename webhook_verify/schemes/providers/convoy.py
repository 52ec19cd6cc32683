"""Convoy's advanced signatures: HMAC-SHA256 of `{timestamp},{body}`, in `x-convoy-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "convoy",
    signature_header="x-convoy-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp},{body}",
    id_header="x-convoy-idempotency-key",
    retries="new_timestamp",
    docs=SchemeDocs(
        title="Convoy",
        secret_from="the endpoint's secret in the dashboard",
        url="https://www.getconvoy.io/docs/product-manual/signatures",
        notes=(
            "This is the scheme of advanced signatures; for simple ones use `convoy-simple`. While a "
            "secret is being replaced, the header has several signatures, and one valid signature is "
            "enough. `v1` must be SHA-256 in hex, Convoy's default; other versions in the header are "
            "ignored. Convoy signs compact JSON but sends the JSON as it was published: publish it "
            "without spaces and line breaks, or the signature does not match. The id is chosen by the "
            "publisher and not signed."
        ),
        retries=("as the project is configured, signed again for each attempt (observed with Convoy 26.6)"),
    ),
)
