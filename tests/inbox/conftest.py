"""Fixtures: the inbox stores of the table, and their servers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.inbox.deliveries import RECEIVED
from tests.inbox.helpers import Subject
from tests.inbox.stores import STORES
from tests.replay.helpers import Servers, skipping
from webhook_verify.inbox import Inbox


@pytest.fixture(scope="session")
def servers() -> Generator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


_IN_MAKE_TEST = ("memory", "memory-async", "sqlite", "postgres-psycopg")
"""The stores of `make test`. The others share most of their code with these."""


def _rows() -> list[object]:
    rows: list[object] = []
    for name in STORES:
        marks = [pytest.mark.xdist_group(name.split("-")[0])]
        if name not in _IN_MAKE_TEST:
            marks.append(pytest.mark.slow)
        rows.append(pytest.param(name, marks=marks))
    return rows


@pytest.fixture(scope="session", params=_rows())
def opened(request: pytest.FixtureRequest, servers: Servers) -> Generator[Subject]:
    with ExitStack() as stack:
        with skipping():
            subject = stack.enter_context(STORES[request.param](servers))
        yield subject


@pytest.fixture
def subject(opened: Subject) -> Subject:
    """Return each store of the table, empty."""
    opened.empty()
    return opened


@pytest.fixture
def inbox(tmp_path: Path) -> Inbox:
    """Return an empty inbox in a SQLite file."""
    return Inbox(tmp_path / "inbox.sqlite3", headers=["user-agent"], clock=lambda: RECEIVED)
