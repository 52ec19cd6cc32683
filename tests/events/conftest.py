"""Both ways to dispatch an event, for the tests of routers."""

from __future__ import annotations

import pytest

from tests.events.dispatching import DISPATCHES, Dispatch


@pytest.fixture(params=DISPATCHES, ids=["sync", "async"])
def dispatch(request: pytest.FixtureRequest) -> Dispatch:
    chosen: Dispatch = request.param
    return chosen
