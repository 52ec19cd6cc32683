"""The sample of Dropbox Sign."""

from __future__ import annotations

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, sign_in_body, text_body

__all__ = ["SAMPLE"]

SAMPLE = Sample(
    scheme="dropbox-sign",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=text_body('{"event": {"event_type": "signature_request_ID"}, "account_guid": "ID"}'),
    sign=sign_in_body,
)
