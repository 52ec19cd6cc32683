"""What the tests of a provider's pitfalls share: a delivery that must not pass, or not at any time."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Callable

import pytest

from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from webhook_verify import Delivery, RejectedDelivery, TimestampOutsideTolerance

__all__ = [
    "SignedBy",
    "assert_refused",
    "assert_same_with_another_time",
    "assert_taken_when_late",
    "assert_two_times_refused",
    "base64",
    "mac",
]

SignedBy = Callable[[bytes], dict[str, str]]
"""The headers that somebody makes for a body, such as those of another provider or an older version."""


def mac(name: str, content: bytes, digest: str = "sha256", secret: str = "") -> bytes:
    return hmac.digest((secret or SAMPLES[name].secret).encode(), content, digest)


def base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def assert_refused(name: str, signed: SignedBy) -> None:
    sample = SAMPLES[name]
    body, _ = sample.signed()

    with pytest.raises(RejectedDelivery):
        sample.verify(sample.verifier(), body, signed(body))


def assert_taken_when_late(name: str, late: int, taken: bool) -> None:
    """Or not taken, so many seconds after it was signed."""
    sample = SAMPLES[name]
    body, headers = sample.signed()
    verifier = sample.verifier(now=NOW + late)

    if taken:
        assert sample.verify(verifier, body, headers).body == body
    else:
        with pytest.raises(TimestampOutsideTolerance):
            sample.verify(verifier, body, headers)


def assert_same_with_another_time(name: str, header: str, claimed: str) -> Delivery:
    """The delivery whose header says another time, which nobody signed."""
    sample = SAMPLES[name]
    body, headers = sample.signed()

    delivery: Delivery = sample.verify(sample.verifier(), body, headers | {header: claimed})

    assert delivery.timestamp.timestamp() == NOW
    return delivery


def assert_two_times_refused(name: str, separator: str) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed()
    ((header, text),) = headers.items()
    field = text.partition("=")[0]
    with pytest.raises(RejectedDelivery):
        sample.verifier().verify(body, {header: f"{text}{separator}{field}={NOW - 1}"})
