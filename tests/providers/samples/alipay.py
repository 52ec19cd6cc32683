"""The sample of Alipay."""

from __future__ import annotations

from tests.providers.key_pairs import pem_of, rsa_key
from tests.providers.sample import Sample, sign_in_body, text_body

__all__ = ["SAMPLE"]

_FIRST, _SECOND = pem_of(rsa_key(0)), pem_of(rsa_key(1))


def _sign(sample: Sample, secret: str, timestamp: int, id: str) -> tuple[bytes, dict[str, str]]:
    return sign_in_body(sample, sample.signing_secret[secret], timestamp, id)


SAMPLE = Sample(
    scheme="alipay",
    secret=_FIRST[0],
    other_secret=_SECOND[0],
    signing_secret=dict((_FIRST, _SECOND)),
    body=text_body(
        "notify_type=trade_status_sync&notify_id=ID&app_id=2021&out_trade_no=1&trade_status=TRADE_SUCCESS"
        "&total_amount=19.99&subject=%E5%92%96%E5%95%A1+%26+tea"
    ),
    sign=_sign,
)
