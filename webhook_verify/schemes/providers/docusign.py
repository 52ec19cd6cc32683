"""Docusign Connect: HMAC-SHA256 of the body, in `x-docusign-signature-1` to `100`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "docusign",
    signature_header=[f"x-docusign-signature-{number}" for number in range(1, 101)],
    signature_encoding="base64",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Docusign Connect",
        secret_from="Settings > Connect > Connect Keys; shown once, when the key is created",
        url="https://developers.docusign.com/platform/webhooks/connect/validate/",
        notes=(
            "A delivery has one signature for each of up to 100 keys, and one valid signature is "
            "enough. The key looks like base64 but is used as text. HMAC is off until you switch it "
            "on in the Connect configuration. Neither a timestamp nor an id is signed."
        ),
    ),
)
