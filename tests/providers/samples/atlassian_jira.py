"""The sample of Atlassian Jira."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="atlassian-jira",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body(
        '{"timestamp": 1790000000000, "webhookEvent": "jira:issue_created", "issue": {"id": "ID"}}'
    ),
)
