"""Google Gemini API: signs as Standard Webhooks does."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks

__all__ = ["SCHEME"]

SCHEME = StandardWebhooks(
    "gemini",
    brand="webhook",
    docs=SchemeDocs(
        title="Google Gemini API",
        secret_from=(
            "the signing secret in the response to the request that created the webhook; it is "
            "returned only once"
        ),
        url="https://ai.google.dev/gemini-api/docs/webhooks",
        notes=(
            "This scheme is for static webhooks, which are created for a project. The webhook of a "
            "single request, a dynamic webhook, is not signed with this secret, and is not accepted."
        ),
    ),
)
