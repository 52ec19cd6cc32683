"""Zoom: HMAC-SHA256 of `v0:{timestamp}:{body}`, in `x-zm-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import ZoomValidation
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "zoom",
    signature_header="x-zm-signature",
    signature_prefix="v0=",
    timestamp_header="x-zm-request-timestamp",
    signed_content="v0:{timestamp}:{body}",
    event_type_in_body="event",
    handshake=ZoomValidation(),
    retries="new_timestamp",
    retry_seconds=7_500,
    docs=SchemeDocs(
        title="Zoom",
        secret_from="the app's Features > Access > Secret Token",
        url="https://developers.zoom.us/docs/api/webhooks/",
        notes=(
            "Deliveries have no message id, and a retry is signed again: make the handler idempotent. "
            "Zoom does not document a tolerance; 5 minutes are used."
        ),
        retries=(
            "signed again for each attempt, 3 times: after 5, 30 and 90 minutes "
            "([documentation](https://developers.zoom.us/docs/api/webhooks/)), or after 5, 20 and 60 "
            "minutes, each counted from the previous attempt ([Zoom's "
            "blog](https://developers.zoom.us/blog/webhook-delays))"
        ),
    ),
)
