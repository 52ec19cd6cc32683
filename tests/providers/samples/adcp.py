"""The sample of AdCP."""

from __future__ import annotations

from tests.providers.message_keys import ed25519_jwk, jwk_set
from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

_PAIR = ed25519_jwk(4, "agent-1", adcp_use="request-signing")
_OTHER = ed25519_jwk(5, "agent-2", adcp_use="request-signing")

SAMPLE = Sample(
    scheme="adcp",
    secret=jwk_set(_PAIR[0]),
    other_secret=jwk_set(_OTHER[0]),
    signing_secret={jwk_set(_PAIR[0]): _PAIR[1], jwk_set(_OTHER[0]): _OTHER[1]},
    body=json_body(idempotency_key="{id}", status="completed"),
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
