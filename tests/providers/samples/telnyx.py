"""The sample of Telnyx."""

from __future__ import annotations

from tests.providers.key_pairs import ed25519_base64
from tests.providers.sample import public_key_sample

__all__ = ["SAMPLE"]

SAMPLE = public_key_sample(
    "telnyx",
    ed25519_base64(0),
    ed25519_base64(1),
    '{"data": {"id": "{id}", "event_type": "message.received"}}',
)
