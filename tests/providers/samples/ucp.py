"""The sample of UCP."""

from __future__ import annotations

from tests.providers.message_keys import jwk_set, p256_jwk
from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

_PAIR, _OTHER = p256_jwk(4, "merchant-1"), p256_jwk(5, "merchant-2")
_SECRET, _OTHER_SECRET = (jwk_set(each[0], member="signing_keys") for each in (_PAIR, _OTHER))

SAMPLE = Sample(
    scheme="ucp",
    secret=_SECRET,
    other_secret=_OTHER_SECRET,
    signing_secret={_SECRET: _PAIR[1], _OTHER_SECRET: _OTHER[1]},
    body=json_body(id="order_1", checkout_id="checkout_1"),
    url="https://example.com/hooks?tenant=1",
    method="POST",
)
