"""The sample of Qiniu Cloud: a callback with JSON, of which only the URL is signed."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="qiniu",
    secret=f"access-key-1:{TEXT_SECRET}",
    other_secret=f"access-key-1:{OTHER_TEXT_SECRET}",
    url="https://example.com/hooks?tenant=1",
)
