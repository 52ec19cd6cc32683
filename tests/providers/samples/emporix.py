"""The sample of Emporix."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="emporix", secret="a text of 32 characters and more", other_secret="another text, as long"
)
