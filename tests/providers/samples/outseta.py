"""The sample of Outseta."""

from __future__ import annotations

from tests.providers.sample import Sample, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="outseta",
    secret="9f86d081884c7d659a2feaa0c55ad0159f86d081884c7d659a2feaa0c55ad015",
    other_secret="60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752",
    body=text_body('{"Uid": "ID", "Name": "Test Company", "AccountStage": 2}'),
)
