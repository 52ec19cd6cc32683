"""Intercom: HMAC-SHA1 of the body, in `x-hub-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "intercom",
    signature_header="x-hub-signature",
    signature_prefix="sha1=",
    algorithm="hmac-sha1",
    id_in_body="id",
    event_type_in_body="topic",
    docs=SchemeDocs(
        title="Intercom",
        secret_from="Developer Hub > the app's Basic information > Client secret",
        url="https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
        notes="Intercom signs with HMAC-SHA1, which is still secure as a MAC. No timestamp is signed.",
    ),
)
