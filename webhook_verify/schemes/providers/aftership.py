"""AfterShip Tracking: HMAC-SHA256 of the body, in `aftership-hmac-sha256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "aftership",
    signature_header="aftership-hmac-sha256",
    signature_encoding="base64",
    id_in_body="event_id",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="AfterShip Tracking",
        secret_from="Settings > Webhooks: the webhook secret of the account",
        url="https://www.aftership.com/docs/tracking/webhook/webhook-signature",
        notes=(
            "AfterShip's other products, such as Returns and Warranty, sign in other headers, for "
            "example `as-signature-hmac-sha256`. Describe those with a `HeaderScheme`."
        ),
    ),
)
