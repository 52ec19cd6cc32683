"""The sample of Bitbucket (hook UUID)."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="bitbucket-uuid",
    secret="{8c1b7f3e-1111-4222-8333-944455556666}",
    other_secret="{9c1b7f3e-1111-4222-8333-944455556666}",
    body=text_body('{"push": {"changes": ["ID"]}}'),
)
