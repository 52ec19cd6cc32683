"""The sample of Azure DevOps."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="azure-devops",
    secret="hook:correct-horse-battery-staple",
    other_secret="hook:another-correct-horse-battery",
    body=text_body('{"id": "ID", "eventType": "git.push", "resource": {}}'),
)
