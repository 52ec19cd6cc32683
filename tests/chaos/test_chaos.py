"""A short run of ``make chaos`` with the same guarantees, fewer messages and fewer faults."""

from __future__ import annotations

import pytest

from tests.chaos.attack import replay
from tests.chaos.scenario import Plan, storm
from tests.replay.helpers import skipping

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.timeout(200)]

SEED = 20261121


@pytest.mark.parametrize(("server", "store"), [("gunicorn", "redis"), ("uvicorn", "postgres")])
def test_every_law_holds_while_workers_are_killed_and_the_store_goes_away(server: str, store: str) -> None:
    with skipping():
        verdict = storm(Plan(server, store, messages=60, kills=8, outages=1, seed=SEED, at_once=30))

    assert verdict.breaches == []


@pytest.mark.parametrize(("server", "store"), [("gunicorn", "sqlite"), ("uvicorn", "redis")])
def test_a_delivery_that_is_replayed_a_thousand_times_is_handled_once(server: str, store: str) -> None:
    with skipping():
        verdict = replay(server, store, 1_000)

    assert verdict.breaches == []
