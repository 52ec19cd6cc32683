"""TrueLayer: a detached signature of the method, the path, the time and the body (version 2)."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jws_scheme import JwsScheme

__all__ = ["SCHEME"]

_KEYS = "https://webhooks.truelayer.com/.well-known/jwks"
_SANDBOX_KEYS = "https://webhooks.truelayer-sandbox.com/.well-known/jwks"

SCHEME = JwsScheme(
    "truelayer",
    algorithm="ES512",
    signature_header="tl-signature",
    header_members={"tl_version": "2"},
    signed_headers_member="tl_headers",
    timestamp_header="x-tl-webhook-timestamp",
    jwks_urls=(_KEYS, _SANDBOX_KEYS),
    id_in_body="event_id",
    event_type_in_body=("type", "event_type"),
    retry_seconds=72 * 3600.0,
    docs=SchemeDocs(
        title="TrueLayer",
        secret_from=f"the URL of TrueLayer's keys: `{_KEYS}`, or `{_SANDBOX_KEYS}` for the sandbox",
        secret_pattern=r"https?://\S+",
        url="https://docs.truelayer.com/docs/configure-webhooks-for-your-integration",
        notes=(
            "The signature covers the method, the path without the query string, the headers that it lists "
            "in `tl_headers`, and the body. "
            "A slash at the end of the path is ignored, as in TrueLayer's libraries. "
            "A signature that does not list `X-Tl-Webhook-Timestamp` is rejected, because its age would be "
            "unknown; TrueLayer's libraries leave that check to you. "
            "If the signature has a `jku`, it must be the configured URL. "
            "Instead of the URL, the secret may be a JSON Web Key Set or a public key as PEM. "
            "The older header `X-Tl-Signature` is not supported."
        ),
        retries=(
            "for up to 72 hours with exponential backoff, if the response is not 2xx ([documentation]"
            "(https://docs.truelayer.com/docs/set-up-webhook-notifications-payments-v2)); "
            "`X-Tl-Webhook-Timestamp` is the time at which the webhook was sent ([documentation]"
            "(https://docs.truelayer.com/docs/webhook-notifications-paydirect))"
        ),
    ),
)
