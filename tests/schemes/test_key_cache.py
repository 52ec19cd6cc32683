"""Fetches that an attacker can cause: their origin, size and rate, and failed fetches."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from webhook_verify import KeyUnavailable
from webhook_verify.schemes.key_cache import RETRY_DELAY, KeyCache


class Source:
    """What is fetched, a new value each time; it fails while ``error`` is set."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.count = 0
        self.error: Exception | None = None

    def load(self) -> int:
        self.count += 1
        if self.error is not None:
            raise self.error
        return self.count

    def cache(self, **options: Any) -> KeyCache[int]:
        return KeyCache(clock=lambda: self.now, **options)


def test_a_key_is_fetched_once_and_again_when_it_is_old() -> None:
    source = Source()
    cache = source.cache(lifetime=3600)

    def after(seconds: float, **options: float) -> int:
        source.now += seconds
        return cache.get("a", source.load, **options)

    assert [after(0), after(0), after(3600), after(1)] == [1, 1, 1, 2]
    assert [after(60, max_age=60), after(1, max_age=60), after(60, max_age=60)] == [2, 3, 3]


def test_while_it_cannot_be_fetched_an_old_one_does_for_a_day() -> None:
    source = Source()
    cache = source.cache(lifetime=3600)
    assert cache.get("a", source.load) == 1
    source.error = OSError("the network is down")

    source.now += 86_400
    assert cache.get("a", source.load) == 1
    with pytest.raises(KeyUnavailable):
        cache.get("a", source.load, max_age=60)
    source.now += 1
    with pytest.raises(KeyUnavailable):
        cache.get("a", source.load)


def test_a_failure_is_not_tried_again_at_once() -> None:
    source = Source()
    cache = source.cache()
    source.error = RuntimeError("whatever it raises: token=hunter2")

    for _ in range(3):
        with pytest.raises(KeyUnavailable) as caught:
            cache.get("a", source.load)
        assert "hunter2" not in str(caught.value)
        assert (caught.value.status_hint, caught.value.reason) == (503, "key_unavailable")
    assert source.count == 1

    source.now += RETRY_DELAY
    source.error = None
    assert cache.get("a", source.load) == 2


def test_strangers_get_only_so_many_keys_fetched_in_a_minute() -> None:
    source = Source()
    cache = source.cache(lifetime=10, per_minute=5)
    assert cache.get("known", source.load) == 1

    def asks(name: str) -> bool:
        try:
            return cache.get(name, source.load) > 0
        except KeyUnavailable:
            return False

    assert [asks(f"unknown-{number}") for number in range(6)] == [True, True, True, True, False, False]
    source.now += 11
    assert cache.get("known", source.load) == 6, "what is known is renewed nevertheless"
    source.now += 79
    assert asks("another")


def test_strangers_who_come_each_minute_leave_room_for_others() -> None:
    """Else twenty requests a minute would keep every genuine key, and so every delivery, out for ever."""
    source = Source()
    cache = source.cache(per_minute=20)

    def asks(name: str) -> bool:
        try:
            return cache.get(name, source.load) > 0
        except KeyUnavailable:
            return False

    met: list[bool] = []
    for minute in range(100):
        source.now += 60
        for number in range(20):
            asks(f"stranger-{minute}-{number}")
        source.now += 1
        met.append(asks("genuine"))
    assert any(met)


def test_it_keeps_the_last_of_many() -> None:
    source = Source()
    cache = source.cache(per_minute=1_000)
    for number in range(100):
        cache.get(str(number), source.load)

    assert cache.get("99", source.load) == 100
    assert cache.get("0", source.load) == 101


@pytest.mark.parametrize("fails", [False, True])
def test_threads_that_want_the_same_fetch_it_once(fails: bool) -> None:
    cache: KeyCache[int] = KeyCache()
    started = threading.Event()
    calls: list[int] = []
    got: list[object] = []

    def load() -> int:
        calls.append(1)
        started.set()
        time.sleep(0.05)
        if fails:
            raise OSError
        return 7

    def ask() -> None:
        try:
            got.append(cache.get("a", load))
        except KeyUnavailable:
            got.append(KeyUnavailable)

    run_together([ask] * 8)
    assert calls == [1]
    assert got == [KeyUnavailable if fails else 7] * 8


def test_while_one_thread_renews_a_key_the_others_do_not_wait() -> None:
    source = Source()
    cache = source.cache(lifetime=3600)
    assert cache.get("a", source.load) == 1
    source.now += 3601
    got: list[int] = []

    def renew() -> int:
        thread = threading.Thread(target=lambda: got.append(cache.get("a", source.load)))
        thread.start()
        thread.join(5)
        return 2

    assert cache.get("a", renew) == 2
    assert (got, source.count) == ([1], 1)


def test_a_slow_key_holds_up_no_other() -> None:
    cache: KeyCache[int] = KeyCache()
    other_is_done = threading.Event()

    def other() -> int:
        other_is_done.set()
        return 2

    run_together(
        [
            lambda: cache.get("slow", lambda: int(other_is_done.wait(5))),
            lambda: cache.get("other", other),
        ]
    )
    assert cache.get("slow", lambda: 0) == 1


def run_together(calls: list[Callable[[], object]]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
