"""AdCP: HTTP message signatures with the tag `adcp/webhook-signing/v1`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.http_signature import HttpSignature, Profile

__all__ = ["DOCS", "PROFILE", "SCHEME"]

PROFILE = Profile(
    components=("@method", "@target-uri", "@authority", "content-type", "content-digest"),
    components_if_present=(),
    parameters=("created", "expires", "nonce", "keyid", "alg", "tag"),
    algorithms=("ed25519", "ecdsa-p256-sha256"),
    tag="adcp/webhook-signing/v1",
    label="sig1",
    max_lifetime=300.0,
    id_in_body="idempotency_key",
    signature_encoding="base64url",
    normalizes_url=True,
    key_members={"adcp_use": ("request-signing", "webhook-signing")},
    fetches_keys=True,
    sent_headers={"content-type": "application/json"},
)

DOCS = SchemeDocs(
    title="AdCP",
    secret_from="the `jwks_uri` of the sending agent, as an https URL, or its JSON Web Key Set",
    secret_pattern=r"https?://\S+",
    url="https://adcontextprotocol.org/docs/building/by-layer/L1/security",
    notes=(
        "The signature covers the method, the URL, the content type and the digest of the body, but no "
        "other header. AdCP sends signatures in base64url without padding, which RFC 8941 does not "
        "allow; base64 is accepted, too. The signature must have the label `sig1`, and `expires` at most "
        "300 s after `created`; clocks may differ by 60 s. Keys must have `adcp_use` of "
        "`request-signing` or the deprecated `webhook-signing`. The revocation list of AdCP is not read: "
        "remove a revoked key from the configured set. A replay guard deduplicates by `idempotency_key` "
        "in the body, or by the nonce if the body lacks it."
    ),
)

SCHEME = HttpSignature("adcp", PROFILE, tolerance=360.0, docs=DOCS)
