"""Wise: RSA PKCS #1 v1.5 with SHA-256 of the body, in `x-signature-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "wise",
    signature_header="x-signature-sha256",
    algorithm="rsa-sha256",
    signature_encoding="base64",
    id_header="x-delivery-id",
    event_type_in_body="event_type",
    retry_seconds=1_332_420,
    docs=SchemeDocs(
        title="Wise",
        secret_from="Wise's page on event handling: the public key of production or of the sandbox, as PEM",
        url="https://docs.wise.com/guides/developer/webhooks/event-handling",
        retries=(
            "11 times after 1, 2, 4 minutes and so on, then once a day 14 times "
            "([documentation](https://docs.wise.com/features/webhooks-notifications)); no timestamp "
            "is signed, so a retry is never rejected as stale"
        ),
    ),
)
