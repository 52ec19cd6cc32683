"""Paddle: interoperability with its library, in both directions, and its tolerance."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from paddle_billing import Notifications as Paddle  # type: ignore[import-untyped]

from tests.providers.interop import interop
from tests.providers.pitfalls import assert_taken_when_late, assert_two_times_refused
from tests.providers.samples import SAMPLES
from webhook_verify import SignatureMismatch, Signer, Verifier

BODY = '{"id": "evt_1", "object": "event", "event_id": "evt_1", "name": "Grüße"}'.encode()
CHANGED = BODY.replace(b"evt_1", b"evt_2")
PADDLE = SAMPLES["paddle"]


def now() -> int:
    """The libraries know no other clock."""
    return int(time.time())


@interop("paddle", by="paddle-python-sdk (PyPI)")
@pytest.mark.parametrize("secret", [PADDLE.secret, PADDLE.other_secret])
def test_paddle_takes_what_we_sign_with_several_secrets(secret: str) -> None:
    headers = Signer([PADDLE.secret, PADDLE.other_secret], scheme="paddle").sign(BODY)
    assert headers["paddle-signature"].count("h1=") == 2

    def verdict(body: bytes) -> bool:
        request: Any = SimpleNamespace(headers={"Paddle-Signature": headers["paddle-signature"]}, body=body)
        return bool(Paddle.Verifier().verify(request, Paddle.Secret(secret)))

    assert [verdict(BODY), verdict(CHANGED)] == [True, False]


@interop("paddle", by="paddle-python-sdk (PyPI), signing")
def test_we_take_what_paddle_signs() -> None:
    timestamp = now()
    signed = Paddle.PaddleSignature.calculate_hmac(PADDLE.secret, b"%d:%b" % (timestamp, BODY)).hexdigest()
    headers = {"Paddle-Signature": f"ts={timestamp};h1={'0' * 64};h1={signed}"}
    verifier = Verifier(PADDLE.secret, scheme="paddle")

    assert verifier.verify(BODY, headers).id == "evt_1"
    with pytest.raises(SignatureMismatch):
        verifier.verify(CHANGED, headers)


@pytest.mark.parametrize(("late", "taken"), [(6, True), (300, True), (301, False), (-301, False)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("paddle", late, taken)


def test_two_times_in_one_header_are_refused() -> None:
    assert_two_times_refused("paddle", separator=";")
