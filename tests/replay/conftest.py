"""Fixtures: the stores of the table, the databases of the SQL stores, and their servers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack

import pytest

from tests.replay.helpers import Servers, Subject, skipping
from tests.replay.sql_databases import BLOCKING_DRIVERS
from tests.replay.stores import STORES
from tests.replay.stores_sql import database_url


@pytest.fixture(scope="session")
def servers() -> Generator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


def _rows() -> list[object]:
    return [pytest.param(name, marks=pytest.mark.xdist_group(name.split("-")[0])) for name in STORES]


@pytest.fixture(scope="session", params=_rows())
def subject(request: pytest.FixtureRequest, servers: Servers) -> Generator[Subject]:
    """Yield each store of the table."""
    with ExitStack() as stack:
        with skipping():
            opened = stack.enter_context(STORES[request.param](servers))
        yield opened


@pytest.fixture(params=BLOCKING_DRIVERS)
def url(request: pytest.FixtureRequest, servers: Servers) -> Generator[str]:
    """Yield a database of each kind."""
    with database_url(servers, request.param) as found:
        yield found


@pytest.fixture
def postgres_url(servers: Servers) -> Generator[str]:
    with database_url(servers, "postgresql+psycopg") as found:
        yield found
