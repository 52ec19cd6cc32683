"""The sample of HTTP Message Signatures."""

from __future__ import annotations

from tests.providers.message_keys import ed25519_jwk, jwk_set
from tests.providers.sample import Sample

__all__ = ["SAMPLE"]

_PAIR, _OTHER = ed25519_jwk(2, "key-1"), ed25519_jwk(3, "key-2")

SAMPLE = Sample(
    scheme="http-signature",
    secret=jwk_set(_PAIR[0]),
    other_secret=jwk_set(_OTHER[0]),
    signing_secret={jwk_set(_PAIR[0]): _PAIR[1], jwk_set(_OTHER[0]): _OTHER[1]},
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
