"""The sample of Twilio."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.providers.sample import Sample

__all__ = ["SAMPLE"]


def _form(timestamp: int, msg_id: str) -> bytes:
    return urlencode(
        [("Body", "Grüße & +"), ("AccountSid", "AC1"), ("Digits", "2"), ("Digits", "1")]
    ).encode()


SAMPLE = Sample(
    scheme="twilio",
    secret="0123456789abcdef0123456789abcdef",
    other_secret="fedcba9876543210fedcba9876543210",
    body=_form,
    url="https://example.com/hooks?tenant=1",
)
