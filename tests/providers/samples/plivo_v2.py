"""The sample of version 2 of Plivo, whose nonce has only letters and digits."""

from __future__ import annotations

from typing import Any

from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET, Sample, Signed
from tests.providers.samples.plivo import SAMPLE as PLIVO

__all__ = ["SAMPLE"]


def _sign(sample: Sample, secret: Any, timestamp: int, msg_id: str) -> Signed:
    body, nonce = sample.body(timestamp, msg_id), "".join(filter(str.isalnum, msg_id))
    return body, sample.signer(secret).sign(body, id=nonce, timestamp=timestamp, url=sample.url)


SAMPLE = Sample(
    scheme="plivo-v2",
    secret=TEXT_SECRET,
    other_secret=OTHER_TEXT_SECRET,
    body=PLIVO.body,
    sign=_sign,
    url="https://example.com/hooks?tenant=1",
)
