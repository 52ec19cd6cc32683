"""The sample of Kinde."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from tests.providers.jws_keys import jwk, jwks
from tests.providers.key_pairs import rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.kinde import SCHEME

__all__ = ["KINDE", "SAMPLE"]

_DOMAINS = ("https://shop.kinde.com", "https://other.kinde.com")


def _kinde(url: str, content: bytes | None = None) -> bytes:
    number = [f"{domain}/.well-known/jwks.json" for domain in _DOMAINS].index(url)
    return jwks((rsa_key(number), f"2a:e0:{number}")).encode()


KINDE = SCHEME.with_fetch(_kinde)


def _by_kinde(sample: Sample, secret: str, timestamp: int, id: str) -> Signed:
    sent = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    claims = {"data": {"user": {"id": "kp_1"}}, "event_id": id, "timestamp": sent, "type": "user.created"}
    return sample.signer(secret).sign_body(json.dumps(claims).encode(), timestamp=timestamp), {}


SAMPLE = Sample(
    scheme=KINDE,
    secret=_DOMAINS[0],
    other_secret=_DOMAINS[1],
    signing_secret={
        domain: json.dumps(jwk(rsa_key(number), f"2a:e0:{number}", is_private=True))
        for number, domain in enumerate(_DOMAINS)
    },
    sign=_by_kinde,
)
