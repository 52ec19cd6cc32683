"""UCP (Universal Commerce Protocol): HTTP message signatures of order webhooks."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.http_signature import HttpSignature, Profile

__all__ = ["DOCS", "PROFILE", "SCHEME"]

PROFILE = Profile(
    components=("@method", "@authority", "@path", "content-digest", "content-type"),
    components_if_present=(
        "@query",
        "ucp-agent",
        "idempotency-key",
        "signature-agent|signature-agent;key",
    ),
    parameters=("keyid",),
    algorithms=("ecdsa-p256-sha256", "ed25519"),
    id_from=("webhook-id", "idempotency-key", "nonce"),
    fetches_keys=True,
    sent_headers={"content-type": "application/json"},
)

DOCS = SchemeDocs(
    title="UCP",
    secret_from=(
        "the URL of the business's profile, `https://.../.well-known/ucp`, whose `signing_keys` are "
        "fetched; or the JSON of that profile"
    ),
    secret_pattern=r"https?://\S+",
    url="https://ucp.dev/specification/signatures",
    notes=(
        "UCP does not require a signed timestamp: `expires` is checked if the signature has it, and "
        "without a replay guard a recorded delivery stays valid. Older versions of the specification do "
        "not require the signature to cover `Webhook-Id`, so the deduplication key is `Webhook-Id` or "
        "`Idempotency-Key` if it is covered, and the digest of the signed content otherwise. Signatures "
        "with ES384 are rejected. The verifier trusts the keys of the configured profile and does not "
        "follow `UCP-Agent`: check in your handler that the order belongs to that business."
    ),
    retries="businesses must retry failed deliveries; neither the schedule nor the timestamp is specified",
)

SCHEME = HttpSignature("ucp", PROFILE, docs=DOCS)
