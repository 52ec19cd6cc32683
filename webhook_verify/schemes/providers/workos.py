"""WorkOS: HMAC-SHA256 of `{timestamp}.{body}`, in `workos-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "workos",
    signature_header="workos-signature",
    signature_field="v1",
    timestamp_field="t",
    field_separator=", ",
    signed_content="{timestamp}.{body}",
    timestamp_unit="ms",
    tolerance=180,
    id_in_body="id",
    event_type_in_body="event",
    docs=SchemeDocs(
        title="WorkOS",
        secret_from="WorkOS Dashboard > Webhooks: the endpoint's Signing secret",
        url="https://workos.com/docs/events/data-syncing/webhooks",
        notes=(
            "For Actions, set a `tolerance` of 30: WorkOS's own library accepts them for only 30 seconds."
        ),
    ),
)
