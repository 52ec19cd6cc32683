"""A scheme of one's own, with signatures by the standard library alone, and what verifying comes to."""

from __future__ import annotations

import hmac
from typing import Any

import pytest

from webhook_verify import Delivery, RejectedDelivery, Verifier
from webhook_verify.schemes import HeaderScheme

__all__ = ["BODY", "LIST", "NOW", "RIGHT", "SECRET", "WRONG", "mac", "own", "refused", "verify"]

NOW = 1_790_000_000
SECRET = "a secret of enough characters"
BODY = b'{"type": "invoice.paid"}'


def own(**options: Any) -> HeaderScheme:
    return HeaderScheme("own", **{"signature_header": "X-Signature", **options})


def mac(content: bytes, digest: str = "sha256", key: bytes = SECRET.encode()) -> bytes:
    return hmac.digest(key, content, digest)


def verify(
    row: HeaderScheme, headers: Any, body: bytes = BODY, secret: Any = SECRET, **request: str
) -> Delivery:
    return Verifier(secret, scheme=row, clock=lambda: NOW).verify(body, headers, **request)


def refused(row: HeaderScheme, headers: Any, body: bytes = BODY, **request: str) -> RejectedDelivery:
    with pytest.raises(RejectedDelivery) as caught:
        verify(row, headers, body, **request)
    return caught.value


LIST = {"signature_field": "v1", "timestamp_field": "t", "signed_content": "{timestamp}.{body}"}
RIGHT = mac(b"%d." % NOW + BODY).hex()
WRONG = "0" * 64
