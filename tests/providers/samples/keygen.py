"""The sample of Keygen."""

from __future__ import annotations

from tests.providers.key_pairs import ed25519_hex
from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

_FIRST, _SECOND = ed25519_hex(0), ed25519_hex(1)

SAMPLE = Sample(
    scheme="keygen",
    secret=_FIRST[0],
    other_secret=_SECOND[0],
    signing_secret=dict((_FIRST, _SECOND)),
    body=text_body('{"data": {"id": "ID", "attributes": {"event": "license.created"}}}'),
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
