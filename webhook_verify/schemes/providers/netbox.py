"""NetBox: HMAC-SHA512 of the body, in `x-hook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "netbox",
    signature_header="x-hook-signature",
    algorithm="hmac-sha512",
    event_type_in_body="event",
    retries="none",
    methods=["POST", "GET", "PUT", "PATCH", "DELETE"],
    docs=SchemeDocs(
        title="NetBox",
        secret_from="the webhook's Secret; you choose it",
        url="https://netboxlabs.com/docs/netbox/integrations/webhooks/",
        notes=(
            "No id and no timestamp are sent separately. `request_id` in the body is the id of the "
            "change's request, which several deliveries can share. The body's `timestamp` is not "
            "checked, because a webhook with its own template for the body does not contain it. "
            "You choose the HTTP method of a webhook. Only the body is signed, so an attacker who has "
            "seen a delivery can send it to another path or with another method."
        ),
        retries=("none (observed with NetBox)"),
    ),
)
