"""The sample of Mandrill."""

from __future__ import annotations

from urllib.parse import urlencode

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample

__all__ = ["SAMPLE"]


def _form(timestamp: int, msg_id: str) -> bytes:
    events = f'[{{"event": "open", "_id": "{msg_id}", "text": "Grüße & +"}}]'
    return urlencode([("mandrill_events", events)]).encode()


SAMPLE = Sample(
    scheme="mandrill",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=_form,
    url="https://example.com/hooks?tenant=1",
)
