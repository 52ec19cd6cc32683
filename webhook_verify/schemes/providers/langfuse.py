"""Langfuse: HMAC-SHA256 of `{timestamp}.{body}`, in `x-langfuse-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "langfuse",
    signature_header="x-langfuse-signature",
    signature_field="v1",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    id_in_body="id",
    event_type_in_body="type",
    docs=SchemeDocs(
        title="Langfuse",
        secret_from="the automation's webhook secret, including `lf-whsec_`; shown when it is created",
        url="https://langfuse.com/docs/prompt-management/features/webhooks-slack-integrations",
        notes=(
            "The whole secret is the key: `lf-whsec_` is not removed. The event type is "
            "`prompt-version`; the `action` in the body is `created`, `updated` or `deleted`. The "
            "tolerance is this library's default."
        ),
    ),
)
