"""Help Scout: HMAC-SHA1 of the body, in `x-helpscout-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "help-scout",
    signature_header="x-helpscout-signature",
    algorithm="hmac-sha1",
    signature_encoding="base64",
    event_type_header="x-helpscout-event",
    docs=SchemeDocs(
        title="Help Scout",
        secret_from="the secret of the webhook; you choose it",
        url="https://developer.helpscout.com/webhooks/",
        notes="HMAC-SHA1 is still secure as a MAC.",
    ),
)
