"""The sample of Constant Contact."""

from __future__ import annotations

from tests.providers.jws_keys import jwks
from tests.providers.key_pairs import private_pem, rsa_key
from tests.providers.sample import Sample, json_body

__all__ = ["SAMPLE"]

_KEYS, _OTHER_KEYS = (jwks((rsa_key(number), "k1")) for number in (0, 1))

SAMPLE = Sample(
    scheme="constant-contact",
    secret=_KEYS,
    other_secret=_OTHER_KEYS,
    signing_secret={_KEYS: private_pem(rsa_key(0)), _OTHER_KEYS: private_pem(rsa_key(1))},
    body=json_body(event_type="tier.increase", api_key="40a0b12-342b-436d-97c3-000000000000"),
)
