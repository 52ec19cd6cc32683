"""Forged deliveries with invented keys do not block a genuine key, and cause few fetches.

Time is simulated: an hour of forged requests, and a valid delivery every minute until its key is fetched.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.effort import THOROUGH
from webhook_verify import KeyUnavailable
from webhook_verify.schemes.fetch_context import verifying_for
from webhook_verify.schemes.key_cache import KeyCache

TRIALS = 40 if THOROUGH else 4
SECONDS = 600 if THOROUGH else 60
MAX_REQUESTS = 6_000  # of a trial, before the genuine delivery
PER_MINUTE = 20
MAX_FETCHES_PER_MINUTE = 4 * PER_MINUTE
GENUINE_CALLER = "198.51.100.7"


class Attack:
    """Forged requests at a rate, with a cold cache."""

    def __init__(
        self, seed: int, per_second: float, name: Callable[[random.Random], str], caller: str
    ) -> None:
        self.random = random.Random(seed)
        self.per_second = per_second
        self.name = name
        self.caller = caller
        self.now = 0.0
        self.fetches = 0
        self.cache: KeyCache[int] = KeyCache("plaid", per_minute=PER_MINUTE, clock=lambda: self.now)

    def load_nothing(self) -> int:
        self.fetches += 1
        raise OSError("the server responded with status 404")

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        with verifying_for(self.caller):
            while self.now < end:
                self.now += self.random.expovariate(self.per_second)
                with suppress(KeyUnavailable):
                    self.cache.get(self.name(self.random), self.load_nothing)

    def genuine_delivery_passes(self, caller: str) -> bool:
        with verifying_for(caller):
            try:
                return self.cache.get("genuine", lambda: 1) == 1
            except KeyUnavailable:
                return False


def invented(source: random.Random) -> str:
    return f"{source.getrandbits(128):032x}"


def one_of_a_hundred(source: random.Random) -> str:
    return f"invented-{source.randrange(100)}"


@pytest.mark.parametrize(
    "per_second", [10, *(pytest.param(rate, marks=pytest.mark.slow) for rate in (50, 200))]
)
@pytest.mark.parametrize("name", [invented, one_of_a_hundred])
def test_the_first_delivery_from_another_network_passes(
    per_second: float, name: Callable[[random.Random], str]
) -> None:
    for seed in range(TRIALS):
        attack = Attack(seed, per_second, name, caller="203.0.113.9")
        attack.run(min(SECONDS, MAX_REQUESTS / per_second))
        assert attack.genuine_delivery_passes(GENUINE_CALLER)


@pytest.mark.parametrize(
    "per_second", [10, *(pytest.param(rate, marks=pytest.mark.slow) for rate in (50, 200))]
)
def test_without_any_address_a_delivery_passes_within_a_minute(per_second: float) -> None:
    """A proxy that is not known, or verify() without a receiver. A name that comes again is preferred."""
    for seed in range(TRIALS):
        attack = Attack(seed, per_second, invented, caller="")
        attack.run(min(SECONDS, MAX_REQUESTS / per_second))
        if not attack.genuine_delivery_passes(""):
            attack.run(60)
            assert attack.genuine_delivery_passes("")


def test_networks_that_take_turns_do_not_use_up_all_budgets() -> None:
    attack = Attack(1, 10, invented, caller="")
    for turn in range(300):
        attack.caller = f"203.0.{turn % 100}.9"
        attack.run(3)
    assert attack.genuine_delivery_passes(GENUINE_CALLER)


@pytest.mark.slow
@pytest.mark.parametrize("caller", ["", "203.0.113.9"])
@pytest.mark.parametrize("name", [invented, one_of_a_hundred])
def test_forged_requests_cause_few_fetches(name: Callable[[random.Random], str], caller: str) -> None:
    attack = Attack(1, 200, name, caller)
    attack.run(600)
    assert attack.fetches <= 10 * MAX_FETCHES_PER_MINUTE
    assert attack.cache.refused > 100_000


def test_a_key_that_has_verified_a_delivery_is_renewed_beside_the_budgets() -> None:
    attack = Attack(1, 1, invented, caller="")
    assert attack.genuine_delivery_passes("")
    attack.cache.mark_verified("genuine")
    attack.run(3601)
    assert attack.genuine_delivery_passes("")


def test_keys_that_exist_and_verify_nothing_do_not_evict_one_that_has() -> None:
    cache: KeyCache[str] = KeyCache(per_minute=10_000)
    cache.get("genuine", lambda: "first")
    cache.mark_verified("genuine")
    for number in range(200):
        cache.get(f"other-{number}", lambda: "other")
    assert cache.get("genuine", lambda: "fetched again") == "first"


def test_the_log_reports_refused_fetches_once_a_minute(caplog: pytest.LogCaptureFixture) -> None:
    attack = Attack(1, 10, invented, caller="")
    with caplog.at_level(logging.WARNING, logger="webhook_verify"):
        attack.run(240)
    lines = [record.getMessage() for record in caplog.records]
    assert 2 <= len(lines) <= 5
    assert all("too many unknown keys" in line or "fetching it failed recently" in line for line in lines)
    assert "did not fetch a key of plaid" in lines[0]
    assert attack.cache.refused > 2_000
