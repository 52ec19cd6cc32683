"""The sample of Wix, whose payload is JSON in JSON."""

from __future__ import annotations

import json

from tests.providers.jws_keys import jwk, jwks
from tests.providers.key_pairs import rsa_key
from tests.providers.sample import Sample, Signed

__all__ = ["SAMPLE"]

_KEYS, _OTHER_KEYS = (jwks((rsa_key(number), f"wix-{number}")) for number in (0, 1))


def _by_wix(sample: Sample, secret: str, timestamp: int, id: str) -> Signed:
    event = {"id": id, "entityFqdn": "wix.contacts.v4.contact", "slug": "created", "entityId": "5f2c"}
    data = {"data": json.dumps(event), "instanceId": "6fc0", "eventType": "wix.contacts.v4.contact_created"}
    claims = {"data": json.dumps(data), "iat": timestamp, "exp": timestamp + 300_000}
    return sample.signer(secret).sign_body(json.dumps(claims).encode(), timestamp=timestamp), {}


SAMPLE = Sample(
    scheme="wix",
    secret=_KEYS,
    other_secret=_OTHER_KEYS,
    signing_secret={
        keys: json.dumps(jwk(rsa_key(number), f"wix-{number}", is_private=True))
        for number, keys in enumerate((_KEYS, _OTHER_KEYS))
    },
    sign=_by_wix,
)
