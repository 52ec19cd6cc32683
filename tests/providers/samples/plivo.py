"""The sample of Plivo."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]


def _form(timestamp: int, msg_id: str) -> bytes:
    return urlencode([("Text", "Grüße & +"), ("CallUUID", msg_id), ("Digits", "2"), ("Digits", "1")]).encode()


SAMPLE = Sample(
    scheme="plivo",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=_form,
    url="https://example.com/hooks?tenant=1",
)
