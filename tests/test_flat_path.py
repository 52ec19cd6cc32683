"""The flat path of receivers: which receivers have it, and that it has the results of the general path.

The fixture `each_path` also runs the tests of the receivers through both paths.
"""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.fuzz import providers
from tests.fuzz.oracle import Failure
from tests.fuzz.receiver_paths import check_receiver_paths
from tests.fuzz.run import make
from tests.replay_harness import AsyncStore, BlockingStore
from tests.request_heads import BODY, Hearing, head, signed
from tests.signing import SECRET, VERIFIER
from webhook_verify import AsyncReceiver, Receiver, Verifier
from webhook_verify.handshakes import EndpointCheck
from webhook_verify.receiver.flat_path import flat_path_of, settles_at_once_of
from webhook_verify.replay import MemoryStore, ReplayGuard

SECRETS = [SECRET, "whsec_" + "MfKQ" * 11]
DELIVERIES = 600


class OwnReceiver(Receiver):
    """A receiver of an application, which may replace any step."""


class OwnVerifier(Verifier):
    """A verifier of an application, with its own first step."""

    def begin(self, *arguments: Any, **options: Any) -> Any:
        return super().begin(*arguments, **options)


@pytest.mark.parametrize(
    ("receiver", "is_flat"),
    [
        pytest.param(Receiver(VERIFIER), True, id="plain"),
        pytest.param(AsyncReceiver(VERIFIER), True, id="async"),
        pytest.param(Receiver(Verifier(SECRETS)), True, id="two secrets"),
        pytest.param(Receiver(Verifier(SECRET, scheme="github")), True, id="github"),
        pytest.param(Receiver(VERIFIER, replay=ReplayGuard(MemoryStore())), True, id="guard"),
        pytest.param(Receiver(VERIFIER, on_reject=lambda error, head: None), True, id="on_reject"),
        pytest.param(Receiver(VERIFIER, observer=Hearing()), False, id="observer"),
        pytest.param(Receiver(VERIFIER, diagnose=True), False, id="diagnosis"),
        pytest.param(Receiver(VERIFIER, handshake=EndpointCheck("x")), False, id="handshake"),
        pytest.param(Receiver(lambda head: VERIFIER), False, id="lookup"),
        pytest.param(Receiver(Verifier(SECRET, scheme="linear")), False, id="timestamp in the body"),
        pytest.param(
            Receiver(Verifier(SECRET, scheme="square"), public_url="https://example.com"), False, id="url"
        ),
        pytest.param(OwnReceiver(VERIFIER), False, id="own receiver"),
        pytest.param(Receiver(OwnVerifier(SECRET)), False, id="own verifier"),
    ],
)
def test_the_flat_path_is_for_receivers_without_additions(receiver: Any, is_flat: bool) -> None:
    assert (flat_path_of(receiver) is not None) == is_flat


@pytest.mark.parametrize(
    ("store", "is_at_once"),
    [(MemoryStore(), True), (BlockingStore(), False), (AsyncStore(MemoryStore()), False)],
)
def test_only_a_store_that_never_waits_is_called_at_once(store: Any, is_at_once: bool) -> None:
    assert settles_at_once_of(AsyncReceiver(VERIFIER, replay=ReplayGuard(store))) == is_at_once


def test_headers_are_rejected_before_a_chunk_is_read() -> None:
    read: list[bytes] = []
    chunks = (read.append(chunk) or chunk for chunk in [BODY])  # type: ignore[func-returns-value]

    response = Receiver(VERIFIER).handle_request(head({}), chunks, lambda delivery: 200, int)

    assert (response.status, read) == (400, [])  # type: ignore[union-attr]


def test_no_chunk_is_read_after_the_limit() -> None:
    read: list[int] = []

    def chunks() -> Any:
        for number in range(9):
            read.append(number)
            yield b"x" * 60

    receiver = Receiver(VERIFIER, max_body_bytes=100)

    assert receiver.handle_request(head(signed()), chunks(), lambda delivery: 200, int).status == 413  # type: ignore[union-attr]
    assert read == [0, 1]


def test_hostile_deliveries_have_the_result_of_the_general_path() -> None:
    rng, results = random.Random(), []
    for _ in range(DELIVERIES):
        seed = rng.randrange(10**9)
        choice = random.Random(seed)
        hostile = (providers.make if choice.random() < 0.6 else make)(choice)[0]
        try:
            results.append(check_receiver_paths(hostile, choice))
        except Failure as failure:
            pytest.fail(f"{failure} (seed {seed})")

    assert results.count(True) > DELIVERIES / 20
    assert results.count(False) > DELIVERIES / 20
