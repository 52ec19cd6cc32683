"""Customer.io: HMAC-SHA256 of `v0:{timestamp}:{body}`, in `x-cio-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "customer-io",
    signature_header="x-cio-signature",
    timestamp_header="x-cio-timestamp",
    signed_content="v0:{timestamp}:{body}",
    id_in_body="event_id",
    event_type_in_body="metric",
    docs=SchemeDocs(
        title="Customer.io",
        secret_from="Data & Integrations > Integrations > Reporting Webhooks: the webhook's signing key",
        url="https://docs.customer.io/journeys/webhooks/",
        notes=(
            "The event type is the field `metric`, such as `opened`. The field `object_type`, such as "
            "`email`, completes it. The signature's header has no `v0=` before the hex."
        ),
    ),
)
