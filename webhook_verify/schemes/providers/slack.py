"""Slack: HMAC-SHA256 of `v0:{timestamp}:{body}`, in `x-slack-signature`."""

from __future__ import annotations

from webhook_verify.handshakes import SlackChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "slack",
    signature_header="x-slack-signature",
    signature_prefix="v0=",
    timestamp_header="x-slack-request-timestamp",
    signed_content="v0:{timestamp}:{body}",
    id_in_body="event_id",
    event_type_in_body=("event.type", "type"),
    json_form_field="payload",
    handshake=SlackChallenge(),
    retry_seconds=360,
    docs=SchemeDocs(
        title="Slack",
        secret_from="the app's Basic Information > App Credentials > Signing Secret",
        url="https://docs.slack.dev/authentication/verifying-requests-from-slack",
        secret_pattern="[0-9a-f]{32}",
        notes=(
            "Slash commands and interactions are forms without an event id: they are deduplicated by "
            "the signed content. The older verification token in the body is ignored."
        ),
        retries=(
            "immediately, after 1 minute and after 5 minutes "
            "([documentation](https://docs.slack.dev/apis/events-api/)); the timestamp of a retry is "
            "not documented"
        ),
    ),
)
