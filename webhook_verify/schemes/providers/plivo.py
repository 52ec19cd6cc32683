"""Plivo: HMAC-SHA256 of the URL, its sorted parameters and a nonce, in base64, in `x-plivo-signature-v3`."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "plivo",
    signature_header="x-plivo-signature-v3",
    signature_list=SignatureList(),
    signature_encoding="base64",
    signed_content=(
        "{origin}{path}"
        "{??{parameters:query=&}.{parameters}.|?{parameters:query=&}.|?{parameters}.|.}"
        "{header:x-plivo-signature-v3-nonce}"
    ),
    methods=["POST", "GET"],
    docs=SchemeDocs(
        title="Plivo",
        secret_from="Console > Overview > Auth Token",
        url="https://www.plivo.com/docs/voice/concepts/signature-validation",
        response="Plivo XML, if the request asks for instructions; else a 2xx status",
        notes=(
            "The parameters of the URL and of the form are signed in sorted order, those of the form without "
            "separators between names and values: an attacker who has seen a delivery can split the same "
            "text into other names and values. The nonce is signed, but neither a timestamp nor a message "
            "id. Do not use a replay guard if you respond with Plivo XML. The older header "
            "`X-Plivo-Signature-V2`, which does not sign the parameters, is not read; the scheme `plivo-v2` "
            "reads it."
        ),
        retries="the schedule is not documented; no timestamp is signed, so no retry is rejected as stale",
    ),
)
