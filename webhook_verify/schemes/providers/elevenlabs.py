"""ElevenLabs: HMAC-SHA256 of `{timestamp}.{body}`, in `elevenlabs-signature`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "elevenlabs",
    signature_header="elevenlabs-signature",
    signature_field="v0",
    timestamp_field="t",
    signed_content="{timestamp}.{body}",
    tolerance=1_800,
    event_type_in_body="type",
    docs=SchemeDocs(
        title="ElevenLabs",
        secret_from=(
            "the ElevenLabs dashboard > Settings > Webhooks: the secret that is shown when the webhook is "
            "created"
        ),
        url="https://elevenlabs.io/docs/eleven-agents/workflows/post-call-webhooks",
        notes=(
            "ElevenLabs' library accepts deliveries up to 30 minutes old. Deliveries have no message id: "
            "`data.conversation_id` identifies the conversation, which can have several deliveries."
        ),
    ),
)
