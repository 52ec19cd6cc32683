"""Docusign Connect: HMAC-SHA256 of the body, in ``x-docusign-signature-1`` to ``100``."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "docusign",
    signature_header=[f"x-docusign-signature-{number}" for number in range(1, 101)],
    signature_encoding="base64",
    docs=SchemeDocs(
        title="Docusign Connect",
        secret_from="Settings, Connect, Connect Keys: shown once, when the key is made",
        url="https://developers.docusign.com/platform/webhooks/connect/validate/",
        notes=(
            "A delivery has one signature for each of up to 100 keys, and one right one is enough. The key "
            "looks like base64 but is used as the text that it is. HMAC is off until it is switched on in "
            "the Connect configuration, and neither a time nor an id is signed."
        ),
    ),
)
