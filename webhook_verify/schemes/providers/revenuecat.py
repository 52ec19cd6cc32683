"""RevenueCat: HMAC-SHA256 of `{timestamp}.{body}`, in `x-revenuecat-webhook-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "revenuecat",
    signature_header="x-revenuecat-webhook-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    id_in_body="event.id",
    event_type_in_body="event.type",
    docs=SchemeDocs(
        title="RevenueCat",
        secret_from="RevenueCat > Integrations > Webhooks: the signing secret of the webhook",
        url="https://www.revenuecat.com/docs/integrations/webhooks",
        notes=(
            "Signing is optional in RevenueCat. Without it, a webhook contains only the authorization "
            "header that you choose, see the scheme `revenuecat-token`."
        ),
    ),
)
