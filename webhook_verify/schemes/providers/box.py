"""Box: HMAC-SHA256 of `{body}{timestamp}`, in `box-signature-primary` and `box-signature-secondary`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "box",
    signature_header=("box-signature-primary", "box-signature-secondary"),
    signature_encoding="base64",
    signed_content="{body}{timestamp}",
    timestamp_header="box-delivery-timestamp",
    timestamp_unit="rfc3339",
    tolerance=600,
    id_in_body="id",
    event_type_in_body="trigger",
    docs=SchemeDocs(
        title="Box",
        secret_from=(
            "Developer Console > the app's Webhooks > Manage signature keys: the primary and the "
            "secondary key"
        ),
        url="https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        notes=(
            "Pass both keys to the `Verifier`: while one is being replaced, the other remains valid. "
            "`box-delivery-id` is not signed."
        ),
    ),
)
