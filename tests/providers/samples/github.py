"""The sample of GitHub."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="github",
    secret="It's a Secret to Everybody",
    other_secret="It's a Secret to Nobody",
    body=json_body(zen="Design for failure.", action="opened"),
)
