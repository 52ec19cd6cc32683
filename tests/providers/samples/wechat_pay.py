"""The sample of WeChat Pay."""

from __future__ import annotations

from tests.providers.key_pairs import pem_of, rsa_key
from tests.providers.sample import public_key_sample

__all__ = ["SAMPLE"]

SAMPLE = public_key_sample(
    "wechat-pay",
    pem_of(rsa_key(0)),
    pem_of(rsa_key(1)),
    '{"id": "{id}", "event_type": "TRANSACTION.SUCCESS", "resource_type": "encrypt-resource"}',
)
