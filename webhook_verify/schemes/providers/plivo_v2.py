"""Plivo, version 2: HMAC-SHA256 of the URL without its query, and a nonce, in `x-plivo-signature-v2`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "plivo-v2",
    signature_header="x-plivo-signature-v2",
    signature_encoding="base64",
    signed_content="{origin}{path}{header:x-plivo-signature-v2-nonce}",
    methods=["POST", "GET"],
    docs=SchemeDocs(
        title="Plivo (version 2)",
        secret_from="Console > Overview > Auth Token",
        url="https://www.plivo.com/docs/voice/concepts/signature-validation",
        response="Plivo XML, if the request asks for instructions; else a 2xx status",
        notes=(
            "Use the scheme `plivo` if your requests have the header `X-Plivo-Signature-V3`. Version 2 signs "
            "neither the body nor the parameters of the URL: an attacker who has seen one request can send "
            "any content to the same address. The nonce follows the path without a separator, so a nonce "
            "with other characters than letters, digits, `-` and `_` is rejected. Neither a timestamp nor a "
            "message id is signed. Do not use a replay guard if you respond with Plivo XML."
        ),
        retries="the schedule is not documented; no timestamp is signed, so no retry is rejected as stale",
    ),
)
