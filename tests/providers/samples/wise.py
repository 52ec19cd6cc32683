"""The sample of Wise."""

from __future__ import annotations

from tests.providers.key_pairs import pem_of, rsa_key
from tests.providers.sample import public_key_sample

__all__ = ["SAMPLE"]

SAMPLE = public_key_sample(
    "wise", pem_of(rsa_key(0)), pem_of(rsa_key(1)), '{"event_type": "transfers#state-change"}'
)
