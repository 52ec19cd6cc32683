"""Hookdeck Outpost in its default mode: HMAC-SHA256 of the body, in `v0=` and a list without names."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import SignatureList

__all__ = ["SCHEME"]

SCHEME = HeaderScheme(
    "outpost",
    signature_header="x-outpost-signature",
    signature_prefix="v0=",
    signature_list=SignatureList(","),
    id_header="x-outpost-event-id",
    id_on_retry="kept",
    event_type_header="x-outpost-topic",
    retry_seconds=30_690,
    docs=SchemeDocs(
        title="Hookdeck Outpost",
        secret_from="the destination's signing secret, including `whsec_`",
        url="https://hookdeck.com/docs/outpost/guides/verify-webhook-signatures",
        notes=(
            "The whole secret is the key: it is neither shortened nor decoded. While a secret is being "
            "replaced, the header contains two signatures. Only the body is signed. The id stays the same "
            "on retries but is not signed, and two events can have identical bodies. Many "
            "operators of Outpost replace the prefix `x-outpost-`: then copy this row with your headers. "
            "In the mode Standard Webhooks, use the scheme `standard-webhooks`."
        ),
        retries=(
            "10 times, first after 30 seconds, then after twice as long each time, unless the response is "
            "2xx (observed in deliveries of [its server](https://github.com/hookdeck/outpost)); no "
            "timestamp is signed, so a retry is never rejected as stale"
        ),
    ),
)
