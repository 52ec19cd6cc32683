"""Ghost: HMAC-SHA256 of `{body}{timestamp}`, in `x-ghost-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "ghost",
    signature_header="x-ghost-signature",
    signature_field="sha256",
    timestamp_field="t",
    field_separator=", ",
    timestamp_unit="ms",
    signed_content="{body}{timestamp}",
    retries="none",
    docs=SchemeDocs(
        title="Ghost",
        secret_from="the settings of the custom integration: the webhook's Secret; you choose it",
        url="https://docs.ghost.org/webhooks",
        notes=(
            "Deliveries have no id and no event type: use one endpoint for each event. Ghost removes a "
            "webhook whose endpoint returns 410. The tolerance is this library's default."
        ),
        retries=("none; Ghost waits 2 seconds for the response (observed with Ghost 5.130)"),
    ),
)
