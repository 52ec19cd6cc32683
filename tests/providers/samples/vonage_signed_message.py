"""The sample of Vonage's signed messages, whose signature and time are sent in the headers of a `Signer`."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="vonage-signed-message",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    url="https://example.com/in?msisdn=447700900000&to=447700900001&text=a%26b&messageId=0A00000012345678",
    method="GET",
)
