"""MongoDB Atlas: HMAC-SHA1 of the body in base64, in `x-mms-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "mongodb-atlas",
    signature_header="x-mms-signature",
    algorithm="hmac-sha1",
    signature_encoding="base64",
    event_type_in_body="eventTypeName",
    docs=SchemeDocs(
        title="MongoDB Atlas",
        secret_from="the project's Integrations > Webhook: the Webhook Secret; you choose it",
        url="https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/",
        notes=(
            "A webhook without a secret is not signed. The `id` in the body is the alert's, so an "
            "opened and a closed alert have the same one. `x-mms-event`, such as `alert.open`, is not"
            " signed: read `status` in the body."
        ),
    ),
)
