"""LaunchDarkly: HMAC-SHA256 of the body, in `x-ld-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "launchdarkly",
    signature_header="x-ld-signature",
    id_in_body="_id",
    event_type_in_body="kind",
    docs=SchemeDocs(
        title="LaunchDarkly",
        secret_from="Integrations > Webhooks: the webhook's secret, after you select Sign this webhook",
        url="https://launchdarkly.com/docs/home/infrastructure/webhooks",
        notes=(
            "A webhook without a secret is not signed. The event type is the kind of the changed "
            "resource, such as `flag`. Deliveries can arrive out of order: sort by `date`."
        ),
    ),
)
