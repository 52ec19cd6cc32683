"""The sample of Telegram."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLE"]


def _update(timestamp: int, msg_id: str) -> bytes:
    """Its ids are numbers: one is made of the text."""
    return b'{"update_id": %d, "message": {"text": "Hello"}}' % int.from_bytes(msg_id.encode())


SAMPLE = Sample(
    scheme="telegram",
    secret="A-z_0-9-secret-token",
    other_secret="A-z_0-9-other-token",
    body=_update,
)
