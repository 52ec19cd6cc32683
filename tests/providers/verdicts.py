"""What our verifier decides, in one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from tests.providers.sample import NOW
from webhook_verify import Delivery, InvalidSecret, RejectedDelivery, SignatureMismatch, Verifier

__all__ = ["accepts", "assert_no_key", "assert_vector", "verified"]


def accepts(verify: Callable[[], Delivery]) -> bool:
    try:
        verify()
    except RejectedDelivery:
        return False
    return True


def verified(scheme: str, secret: str, body: bytes, headers: dict[str, str], now: float = NOW) -> bool:
    try:
        return Verifier(secret, scheme=scheme, clock=lambda: now).verify(body, headers).body == body
    except SignatureMismatch:
        return False


def assert_vector(
    scheme: str, secret: str, body: bytes, headers: Mapping[str, str], signed_at: float = 0
) -> None:
    """A published delivery is taken at the time when it was signed, and not with another body."""
    verifier = Verifier(secret, scheme=scheme, clock=lambda: signed_at)

    assert verifier.verify(body, headers).body == body
    with pytest.raises(SignatureMismatch):
        verifier.verify(body + b" ", headers)


def assert_no_key(scheme: str, secret: str) -> None:
    """It is refused when the verifier is made, and is not shown."""
    with pytest.raises(InvalidSecret) as caught:
        Verifier(secret, scheme=scheme)
    assert secret[4:24] not in str(caught.value) or len(secret) < 24
