"""Verification with an observer or a diagnosis: the reported time, and the explained body."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.request_heads import head
from tests.rows import rows
from tests.signing import BODY, NOW, VERIFIER, signed, stopped_clock
from webhook_verify import Delivery, Receiver, RejectedDelivery, SignatureMismatch
from webhook_verify.receiver import Observer, RequestHead, observed
from webhook_verify.receiver.observed import ObservedVerification
from webhook_verify.schemes.fetch_context import KeyNotCached
from webhook_verify.testing import Clock
from webhook_verify.verification import Verification, VerificationWrapper

HEAD = head(signed())
SECONDS_TO_BEGIN, SECONDS_OF_A_CHUNK, SECONDS_TO_FINISH = 1, 2, 4
SECONDS_ON_THE_NETWORK = 100


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock that the verification is timed with."""
    clock = stopped_clock()
    monkeypatch.setattr(observed, "time", SimpleNamespace(perf_counter=clock))
    return clock


class SlowVerification(VerificationWrapper):
    """A verification whose steps take time."""

    def __init__(self, headers: dict[str, str], clock: Clock) -> None:
        clock.move(SECONDS_TO_BEGIN)
        super().__init__(VERIFIER.begin(headers, max_body_bytes=len(BODY)))
        self._clock = clock

    def update(self, chunk: Any) -> None:
        self._clock.move(SECONDS_OF_A_CHUNK)
        super().update(chunk)

    def finish(self, last: Any = b"") -> Delivery:
        self._clock.move(SECONDS_TO_FINISH)
        return self._verification.finish(last)


class RecordingObserver(Observer):
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
        self.seconds.append(seconds)


def verify(
    clock: Clock, observer: Observer | None, chunks: list[bytes], headers: dict[str, str] | None = None
) -> Delivery:
    sent = signed() if headers is None else headers
    verification = ObservedVerification(lambda: SlowVerification(sent, clock), HEAD, len(BODY), observer)
    for chunk in chunks:
        clock.move(SECONDS_ON_THE_NETWORK)
        verification.update(chunk)
    return verification.finish()


def test_an_observer_receives_the_time_of_all_steps_without_the_wait_for_the_body(clock: Clock) -> None:
    observer = RecordingObserver()
    assert verify(clock, observer, [BODY[:5], BODY[5:]]).body == BODY
    assert observer.seconds == [SECONDS_TO_BEGIN + 2 * SECONDS_OF_A_CHUNK + SECONDS_TO_FINISH]


@rows(
    ("headers", "chunks", "seconds"),
    [
        ({}, [], SECONDS_TO_BEGIN),
        (None, [BODY, b"x"], SECONDS_TO_BEGIN + 2 * SECONDS_OF_A_CHUNK),
        (None, [b"altered"], SECONDS_TO_BEGIN + SECONDS_OF_A_CHUNK + SECONDS_TO_FINISH),
    ],
    ids=["by its headers", "too large", "by its signature"],
)
def test_a_rejection_has_the_time_that_was_spent_if_an_observer_asks_for_it(
    headers: dict[str, str] | None, chunks: list[bytes], seconds: int, clock: Clock
) -> None:
    for observer, expected in ((RecordingObserver(), seconds), (None, 0)):
        with pytest.raises(RejectedDelivery) as caught:
            verify(clock, observer, chunks, headers)
        assert caught.value.seconds == expected


@rows(("headers", "message_id"), [(signed(timestamp=NOW - 301), "msg_1"), ({}, "")], ids=["stale", "none"])
def test_the_message_id_of_rejected_headers_is_the_one_that_they_contain(
    headers: dict[str, str], message_id: str
) -> None:
    """With a diagnosis such a delivery is rejected at the end of its body."""
    incoming = Receiver(VERIFIER, diagnose=True).begin(head(headers))
    assert incoming.message_id == message_id
    with pytest.raises(RejectedDelivery):
        incoming.finish(BODY)


class UncachedVerification(VerificationWrapper):
    """A verification whose key is not cached when it is finished for the first time."""

    is_cached = False

    def finish(self, last: Any = b"") -> Delivery:
        if self.is_cached:
            return self._verification.finish(last)
        self.is_cached = True
        self._verification.update(last)
        raise KeyNotCached((1, "key"), lambda: False)


def test_a_delivery_that_is_rejected_after_its_key_was_fetched_is_explained_with_its_whole_body() -> None:
    bodies: list[bytes] = []
    incoming = ObservedVerification(
        lambda: UncachedVerification(VERIFIER.begin(signed())), HEAD, 100, None, bodies.append
    )
    incoming.update(b"altered ")
    with pytest.raises(KeyNotCached):
        incoming.finish(b"body")
    assert bodies == []
    with pytest.raises(SignatureMismatch):
        incoming.finish()
    assert bodies == [b"altered body"]


class RecordedVerification(Verification):
    """A verification whose properties are all recognizable."""

    message_id = "msg_1"
    may_block = needs_thread = True
    caller = ""

    def set_caller(self, address: str) -> None:
        self.caller = address


def test_a_wrapper_has_the_properties_of_the_verification_that_it_wraps() -> None:
    wrapped = RecordedVerification(("", 0, [], b"", b"", None), [], "", 0, None)
    wrapper = VerificationWrapper(wrapped)
    wrapper.set_caller("192.0.2.1")
    assert wrapped.caller == "192.0.2.1"
    assert (wrapper.message_id, wrapper.may_block, wrapper.needs_thread) == ("msg_1", True, True)
