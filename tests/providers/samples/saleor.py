"""The sample of Saleor."""

from __future__ import annotations

import json

from tests.providers.jws_keys import jwk, jwks
from tests.providers.key_pairs import rsa_key
from tests.providers.sample import Sample, Signed

__all__ = ["SAMPLE"]

_KEYS, _OTHER_KEYS = (jwks((rsa_key(number), f"key-{number}")) for number in (0, 1))


def _by_saleor(sample: Sample, secret: str, timestamp: int, id: str) -> Signed:
    body = b'[{"type": "Order", "id": "T3JkZXI6MQ=="}]'
    return body, {**sample.signer(secret).sign(body, timestamp=timestamp), "saleor-event": "order_created"}


SAMPLE = Sample(
    scheme="saleor",
    secret=_KEYS,
    other_secret=_OTHER_KEYS,
    signing_secret={
        keys: json.dumps(jwk(rsa_key(number), f"key-{number}", is_private=True))
        for number, keys in enumerate((_KEYS, _OTHER_KEYS))
    },
    sign=_by_saleor,
)
