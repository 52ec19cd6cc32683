"""Plivo: HMAC-SHA256 of the URL, its sorted parameters and a nonce, in base64, in `x-plivo-signature-v3`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from webhook_verify.keys import Signatures
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme

__all__ = ["SCHEME"]

_MAX_SIGNATURES = 32


class _Plivo(HeaderScheme):
    """Plivo's list of signatures, one for each auth token, with commas between them."""

    def _single_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        listed = (values[0] or "").split(",", _MAX_SIGNATURES)[:_MAX_SIGNATURES]
        found = [super(_Plivo, self)._single_signatures([text.strip(" ")])[0] for text in listed if text]
        signatures = [entry for entries in found for entry in entries]
        return (signatures, "") if found else super()._single_signatures(values)


SCHEME = _Plivo(
    "plivo",
    signature_header="x-plivo-signature-v3",
    signature_encoding="base64",
    signed_content=(
        "{origin}{path}"
        "{??{parameters:query=&}.{parameters}.|?{parameters:query=&}.|?{parameters}.|.}"
        "{header:x-plivo-signature-v3-nonce}"
    ),
    docs=SchemeDocs(
        title="Plivo",
        secret_from="Console > Overview > Auth Token",
        url="https://www.plivo.com/docs/voice/concepts/signature-validation",
        notes=(
            "The parameters of the URL and of the form are signed in sorted order, those of the form without "
            "separators between names and values: an attacker who has seen a delivery can split the same "
            "text into other names and values. The nonce is signed, but neither a timestamp nor a message "
            "id. Do not use a replay guard if you respond with Plivo XML. The older header "
            "`X-Plivo-Signature-V2`, which does not sign the parameters, is not read."
        ),
        retries="the schedule is not documented; no timestamp is signed, so no retry is rejected as stale",
    ),
)
