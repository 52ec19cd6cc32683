"""Worldline Connect: HMAC-SHA256 of the body in base64, in `x-gcs-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "worldline-connect",
    signature_header="x-gcs-signature",
    signature_encoding="base64",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Worldline Connect",
        secret_from="Configuration Center > Webhooks: the secret key of the key id in `x-gcs-keyid`",
        url="https://docs.connect.worldline-solutions.com/documentation/webhooks/",
        notes=(
            "`x-gcs-keyid` is not signed. While keys are being replaced, pass the secrets of both to "
            "the `Verifier`. Worldline checks a new URL with a GET request that has the header "
            "`x-gcs-webhooks-endpoint-verification`. This scheme does not respond to that request: "
            "your own route must return the header's value."
        ),
    ),
)
