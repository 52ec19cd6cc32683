"""Cal.com: HMAC-SHA256 of the body, in `x-cal-signature-256`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "cal-com",
    signature_header="x-cal-signature-256",
    event_type_in_body="triggerEvent",
    docs=SchemeDocs(
        title="Cal.com",
        secret_from="Settings > Developer > Webhooks: the webhook's secret; you choose it",
        url="https://cal.com/docs/developing/guides/automation/webhooks",
        notes=(
            "Deliveries have no message id. A custom payload template contains the event type only if "
            "the template does."
        ),
    ),
)
