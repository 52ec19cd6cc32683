"""The sample of Paddle."""

from __future__ import annotations

from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="paddle",
    secret="pdl_ntfset_01gkdqv0ts2j2vbx_Xl8mE0YdJ8",
    other_secret="pdl_ntfset_01hbqy7pkk3rm9s_Wd0fQw2b1",
    body=json_body(event_id="{id}", event_type="transaction.completed"),
)
