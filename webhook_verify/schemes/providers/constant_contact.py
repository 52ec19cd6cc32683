"""Constant Contact: a detached signature of the unencoded body, with its time in the signature's header."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.jws_scheme import JwsScheme

__all__ = ["SCHEME"]

_KEYS = "https://developer.constantcontact.com/.well-known/jwks.json"

SCHEME = JwsScheme(
    "constant-contact",
    algorithm="RS256",
    signature_header="x-ctct-webhook-sig",
    is_unencoded=True,
    timestamp_member="ts",
    jwks_urls=(_KEYS,),
    needs_key_id=False,
    event_type_in_body="event_type",
    docs=SchemeDocs(
        title="Constant Contact",
        secret_from=f"the URL of Constant Contact's keys: `{_KEYS}`, or the word `enabled`",
        secret_pattern=r"https?://\S+",
        url="https://developer.constantcontact.com/api_guide/webhook_authenticity.html",
        notes=(
            "The signature does not name its key, so up to eight keys of the set are tried. "
            "The keys are the same for all customers: check that the `api_key` in the body is yours. "
            "Instead of the URL, the secret may be a JSON Web Key Set or a public key as PEM. "
            "The body has no id, so deliveries are identified by signing time and body. "
            "The header `x-ctct-hmac-sha256` of version 2 of the API is not supported."
        ),
    ),
)
