"""The sample of Logto."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="logto",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body(
        '{"hookId": "h1", "event": "User.Created", "createdAt": "2026-09-21T14:13:20Z", "data": {"id": "ID"}}'
    ),
)
