"""Buildkite: HMAC-SHA256 of `{timestamp}.{body}`, in `x-buildkite-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "buildkite",
    signature_header="x-buildkite-signature",
    signature_field="signature",
    timestamp_field="timestamp",
    signed_content="{timestamp}.{body}",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="Buildkite",
        secret_from="Settings > Notification Services: the webhook's Token",
        url="https://buildkite.com/docs/apis/webhooks/pipelines",
        notes=(
            "Configure the webhook to send the token as `X-Buildkite-Signature`: the alternative, "
            "`X-Buildkite-Token`, signs nothing, and is not accepted. Deliveries have no message id. "
            "The tolerance is this library's default."
        ),
    ),
)
