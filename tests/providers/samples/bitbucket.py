"""The sample of Bitbucket."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="bitbucket",
    secret="It's a Secret to Everybody",
    other_secret="It's a Secret to Nobody",
    body=json_body(actor="jane", repository="acme/site"),
)
