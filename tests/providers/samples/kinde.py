"""The sample of Kinde."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.providers.jws_keys import jwk, jwks
from tests.providers.key_pairs import rsa_key
from tests.providers.sample import Sample, Signed

__all__ = ["SAMPLE"]

_KEYS, _OTHER_KEYS = (jwks((rsa_key(number), f"2a:e0:{number}")) for number in (0, 1))


def _by_kinde(sample: Sample, secret: str, timestamp: int, id: str) -> Signed:
    sent = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    claims = {"data": {"user": {"id": "kp_1"}}, "event_id": id, "timestamp": sent, "type": "user.created"}
    return sample.signer(secret).sign_body(json.dumps(claims).encode(), timestamp=timestamp), {}


SAMPLE = Sample(
    scheme="kinde",
    secret=_KEYS,
    other_secret=_OTHER_KEYS,
    signing_secret={
        keys: json.dumps(jwk(rsa_key(number), f"2a:e0:{number}", is_private=True))
        for number, keys in enumerate((_KEYS, _OTHER_KEYS))
    },
    sign=_by_kinde,
)
