"""The sample of TrueLayer."""

from __future__ import annotations

import json

from tests.providers.jws_keys import jwk, jwks, p521
from tests.providers.sample import Sample, json_body

__all__ = ["ENDPOINT", "KEYS", "KEY_ID", "SAMPLE", "SIGNING"]

ENDPOINT = "https://shop.example/webhooks/truelayer"
KEY_ID = "03ee8a2a-0000-4000-8000-000000000001"
KEYS, _OTHER_KEYS = (jwks((p521(number), KEY_ID)) for number in (0, 1))
SIGNING, _OTHER_SIGNING = (json.dumps(jwk(p521(number), KEY_ID, is_private=True)) for number in (0, 1))

SAMPLE = Sample(
    scheme="truelayer",
    secret=KEYS,
    other_secret=_OTHER_KEYS,
    signing_secret={KEYS: SIGNING, _OTHER_KEYS: _OTHER_SIGNING},
    body=json_body(type="payment_executed", event_id="{id}"),
    url=ENDPOINT,
    method="POST",
)
