"""PagerDuty: HMAC-SHA256 of the body, in `x-pagerduty-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.sender_rules import ResponseRules

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "pagerduty",
    signature_header="x-pagerduty-signature",
    signature_field="v1",
    id_in_body="event.id",
    event_type_in_body="event.event_type",
    responses=ResponseRules(rejection_status=403),
    docs=SchemeDocs(
        title="PagerDuty",
        secret_from="the signing secret of the webhook subscription, shown once when it is created",
        url="https://developer.pagerduty.com/docs/webhooks/webhook-signatures/",
        notes=(
            "This is the scheme of V3 webhooks. While a secret is being replaced, the header has "
            "several signatures, and one valid signature is enough. As PagerDuty's own library, a receiver "
            "returns 403 for a wrong signature, and 400 for a malformed one."
        ),
    ),
)
