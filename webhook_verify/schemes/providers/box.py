"""Box: HMAC-SHA256 of ``{body}{timestamp}``, in ``box-signature-primary`` and ``box-signature-secondary``."""

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
    docs=SchemeDocs(
        title="Box",
        secret_from="the Developer Console, the app's Webhooks, Manage signature keys: primary and secondary",
        url="https://developer.box.com/guides/webhooks/v2/signatures-v2/",
        notes=(
            "Give the Verifier both keys: while one is exchanged, the other one still holds. box-delivery-id "
            "is not signed."
        ),
    ),
)
