"""The sample of Discord."""

from __future__ import annotations

from tests.providers.key_pairs import ed25519_hex
from tests.providers.sample import public_key_sample

__all__ = ["SAMPLE"]

SAMPLE = public_key_sample("discord", ed25519_hex(0), ed25519_hex(1), '{"id": "{id}", "type": 2}')
