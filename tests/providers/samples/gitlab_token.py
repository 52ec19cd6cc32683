"""The sample of GitLab with its token."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="gitlab-token",
    secret="glsecret-3kQzV7Lw9x",
    other_secret="glsecret-Another0ne",
    body=json_body(object_kind="push", event_name="push"),
)
