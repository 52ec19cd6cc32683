"""The sample of Jira Connect."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="jira-connect",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"webhookEvent": "jira:issue_created"}'),
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
