"""The sample of Pusher Channels."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]


def _body(timestamp: int, msg_id: str) -> bytes:
    """Its library takes only a body with the time in milliseconds."""
    return b'{"time_ms": %d, "events": [{"name": "channel_occupied"}]}' % (timestamp * 1000)


SAMPLE = Sample(scheme="pusher", secret=TEXT_SECRET, other_secret=OTHER_TEXT_SECRET, body=_body)
