"""Autodesk Platform Services: HMAC-SHA1 of the body, in `x-adsk-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "autodesk-aps",
    signature_header="x-adsk-signature",
    signature_prefix="sha1hash=",
    algorithm="hmac-sha1",
    id_header="x-adsk-delivery-id",
    event_type_in_body="hook.event",
    docs=SchemeDocs(
        title="Autodesk Platform Services",
        secret_from="the secret token that you set with the Webhooks API, for your app or for one webhook",
        url="https://aps.autodesk.com/en/docs/webhooks/v1/tutorials/how-to-verify-payload-signature/",
        notes="Without a secret token, nothing is signed. The header `x-adsk-delivery-id` is not signed.",
    ),
)
