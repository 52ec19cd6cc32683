"""The sample of PandaDoc, whose signature is sent in the header of a `Signer`."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="pandadoc",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('[{"event": "document_state_changed", "data": {"id": "ID"}}]'),
    url="https://example.com/hooks?tenant=1",
)
