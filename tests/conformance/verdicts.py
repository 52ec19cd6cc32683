"""The verdict on a delivery, which must be the same at once and streamed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.conformance.spec_delivery import BODY, TIMESTAMP
from tests.signing import SECRET
from webhook_verify import Delivery, Reason, RejectedDelivery, Verifier

__all__ = ["accepted", "rejected", "streamed", "verifier"]


def verifier(secret: Any = SECRET, now: float = TIMESTAMP) -> Verifier:
    """A verifier in the second in which the specification's delivery was signed."""
    return Verifier(secret, clock=lambda: now)


def streamed(headers: Any, body: bytes, secret: Any, now: float) -> Delivery:
    """The verdict on a body that arrives in one piece, after the headers."""
    verification = verifier(secret, now).begin(headers)
    verification.update(body)
    return verification.finish()


def accepted(headers: Any, body: bytes = BODY, secret: Any = SECRET, now: float = TIMESTAMP) -> Delivery:
    """The delivery, which must be accepted at once and streamed."""
    delivery = verifier(secret, now).verify(body, headers)
    assert streamed(headers, body, secret, now) == delivery
    return delivery


def rejected(headers: Any, body: bytes = BODY, secret: Any = SECRET, now: float = TIMESTAMP) -> Reason:
    """Why the delivery is rejected, which it must be, at once and streamed, for the same reason."""
    with pytest.raises(RejectedDelivery) as at_once:
        verifier(secret, now).verify(body, headers)
    with pytest.raises(RejectedDelivery) as in_pieces:
        streamed(headers, body, secret, now)
    assert in_pieces.value.reason is at_once.value.reason
    return at_once.value.reason
