"""``Idempotent-Replayed: true``: what a probe without a count concludes from it."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest

from tests.cli.probe.helpers import probe, rows_of
from tests.cli.probe.reference_receiver import HOOK, Receiver, serving

pytestmark = pytest.mark.server


class Marking(Receiver):
    """It marks what it has handled before, and asks to retry what is in flight."""

    marker = ("Idempotent-Replayed", "true")
    in_flight = 503
    handler_seconds = 0.0

    def __init__(self) -> None:
        self.local = threading.local()  # each request is served by a thread of its own
        super().__init__()

    def extra_headers(self) -> list[tuple[str, str]]:
        headers: list[tuple[str, str]] = getattr(self.local, "headers", [])
        return headers

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        self.local.headers = [self.marker] if self.states.get(msg_id) == "done" else []
        status, answer = super().once(msg_id, body)
        if status == 409:
            self.local.headers = [("Retry-After", "1")]
            return self.in_flight, answer
        return status, answer

    def handle(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        time.sleep(self.handler_seconds)
        return super().handle(msg_id, body)


class InCapitals(Marking):
    marker = ("IDEMPOTENT-REPLAYED", "True")


class MarksFalse(Marking):
    marker = ("Idempotent-Replayed", "false")


class MarksEverything(Marking):
    def extra_headers(self) -> list[tuple[str, str]]:
        return [*super().extra_headers(), self.marker]


class MarksNothing(Receiver):
    """Its responses do not differ."""


class Slow(Marking):
    handler_seconds = 0.3


class SlowWithAnotherStatus(Slow):
    in_flight = 420


class MarksBeforeHandling(Marking):
    """A failed delivery counts as handled."""

    def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
        self.local.headers = [self.marker] if msg_id in self.states else []
        if msg_id in self.states:
            return 200, b""
        self.states[msg_id] = "done"
        return self.handle(msg_id, body)


CERTAIN, LIKELY, UNSEEN = ("pass", "certain"), ("pass", "likely"), ("not seen", "")


@pytest.mark.parametrize(
    ("receiver", "check", "judged"),
    [
        (Marking, "duplicate", CERTAIN),
        (Marking, "retry", CERTAIN),
        (InCapitals, "duplicate", CERTAIN),
        (MarksFalse, "duplicate", LIKELY),  # the names of the headers differ, as of any other header
        (MarksEverything, "duplicate", UNSEEN),
        (MarksNothing, "duplicate", UNSEEN),
        (Slow, "in-flight", CERTAIN),
        (SlowWithAnotherStatus, "in-flight", CERTAIN),
        (Marking, "in-flight", CERTAIN),
        (MarksEverything, "in-flight", UNSEEN),
        (MarksBeforeHandling, "after-failure", ("fault", "certain")),
    ],
)
def test_a_marked_duplicate_is_known_to_be_suppressed(
    receiver: type[Receiver], check: str, judged: tuple[str, str]
) -> None:
    assert _judged(receiver, check) == judged


def test_the_count_wins_over_the_mark() -> None:
    class HandlesAndMarks(Marking):
        def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
            self.local.headers = [self.marker] if msg_id in self.handled else []
            return self.handle(msg_id, body)

    assert _judged(HandlesAndMarks, "duplicate") == CERTAIN
    assert _judged(HandlesAndMarks, "duplicate", count=True) == ("fault", "certain")


def _judged(receiver: type[Receiver], check: str, *, count: bool = False) -> tuple[str, str]:
    with serving(receiver()) as url:
        counting = ("--count-url", f"{url}/count") if count else ()
        row: dict[str, Any] = rows_of(probe(url + HOOK, "--only", check, "--json", *counting))[-1]
    return row["verdict"], row["sure"]
