"""The sample of Mailgun."""

from __future__ import annotations

from tests.providers.sample import Sample, sign_in_body

__all__ = ["SAMPLE"]


def _email(timestamp: int, msg_id: str) -> bytes:
    return b'{"event-data": {"event": "opened", "recipient": "alice@example.com"}}'


SAMPLE = Sample(
    scheme="mailgun",
    secret="0123456789abcdef0123456789abcdef",
    other_secret="fedcba9876543210fedcba9876543210",
    body=_email,
    sign=sign_in_body,
)
