"""QuickBooks Online: HMAC-SHA256 of the body in base64, in `intuit-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "quickbooks",
    signature_header="intuit-signature",
    signature_encoding="base64",
    docs=SchemeDocs(
        title="QuickBooks Online",
        secret_from="Intuit Developer > the app's Webhooks: the verifier token",
        url="https://developer.intuit.com/app/developer/qbo/docs/develop/webhooks",
        notes="One delivery can contain events of several companies.",
    ),
)
