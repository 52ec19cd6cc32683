"""The SQL stores with many processes, and with a server that fails, restarts or is locked."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.replay.claimant_sql import claims_of_processes
from tests.replay.claims import CLAIMED, COMPLETED, IN_FLIGHT, KEEP, LEASE, claim, new_key
from tests.replay.helpers import Blocking, loop_thread, skipping
from tests.replay.servers_sql import mariadb, postgres
from tests.replay.sql_databases import engine_of, new_table, on_postgres, store_in
from tests.replay.stores_sql import age_in_table
from tests.replay.test_concurrency import at_once
from tests.waiting import wait_until
from webhook_verify.replay import ClaimState, ReplayStore
from webhook_verify.replay.sql import AsyncSQLStore
from webhook_verify.sql.engines import _CONNECT_ARGS

pytestmark = pytest.mark.server


@pytest.mark.slow
def test_of_four_processes_one_claims_a_message(url: str) -> None:
    keys = [new_key() for _ in range(40)]
    assert claims_of_processes(4, url, keys) == dict.fromkeys(keys, 1)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork, as gunicorn does")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_child_does_not_talk_on_its_parents_connections(url: str) -> None:
    """As behind gunicorn with preload_app, where the store is made before the workers are."""
    with store_in(url) as store:
        key = new_key()
        assert claim(store, key) == CLAIMED
        child = os.fork()
        if child == 0:
            with ExitStack() as end:
                end.callback(os._exit, 1)  # whatever happens, it must not go on as a second pytest
                states = [claim(store, key, "childs"), claim(store, new_key(), "childs")]
                os._exit(0 if states == [IN_FLIGHT, CLAIMED] else 2)
        assert {claim(store, new_key()) for _ in range(100)} == {CLAIMED}
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert store.complete(key, "first", retention=KEEP)


# Servers that fail


Start = Callable[[], Any]


@contextmanager
def opened(url: str) -> Generator[ReplayStore]:
    """A store for that URL, driven from blocking code, with connections in its pool."""
    if "asyncpg" in url or "aiomysql" in url:
        with loop_thread() as loop:
            store = AsyncSQLStore(url)
            loop.run(store.create_table())
            yield Blocking(store, loop)
            loop.run(store.aclose())
    else:
        with store_in(url) as blocking:
            yield blocking


FAILING = [
    pytest.param(start, driver, marks=pytest.mark.xdist_group(group), id=driver)
    for group, start, drivers in (
        ("postgres", postgres, ["postgresql+psycopg", "postgresql+asyncpg"]),
        ("mariadb", mariadb, ["mariadb+pymysql", "mariadb+aiomysql"]),
    )
    for driver in drivers
]


@pytest.mark.slow
@pytest.mark.parametrize(("start", "driver"), FAILING)
def test_the_next_call_works_after_a_restart(start: Start, driver: str) -> None:
    """Though every connection of the pool is dead, and of which kind the end was."""
    with ExitStack() as stack:
        with skipping():
            server = stack.enter_context(start())
        store = stack.enter_context(opened(server.url(driver, DATABASES[start])))
        key = new_key()
        assert claim(store, key) == CLAIMED
        at_once(lambda token: claim(store, new_key(), token))  # fills the pool
        for end in (server.stop, server.crash):
            end()
            with pytest.raises(Exception, match="onnect") as raised:
                claim(store, key, "second")
            assert "second" not in str(raised.value)
            server.start()
            assert claim(store, key, "second") == IN_FLIGHT
        assert set(at_once(lambda token: claim(store, new_key(), token))) == {CLAIMED}
        server.crash()
        server.start()
        assert store.complete(key, "first", retention=KEEP)
        assert claim(store, key, "second") == COMPLETED


DATABASES: dict[Start, str] = {postgres: "postgres", mariadb: "test"}


@on_postgres
def test_a_claim_that_is_cancelled_leaves_the_store_usable(postgres_url: str) -> None:
    """A client that goes away while its claim waits for a lock of the database."""
    table, key = new_table(), new_key()
    with engine_of(postgres_url) as engine, store_in(postgres_url, table) as store:
        claim(store, key)
        age_in_table(engine, key, 2 * LEASE, table)
        with engine.begin() as holder:
            holder.execute(text(f"SELECT * FROM {table} FOR UPDATE"))
            asyncio.run(_cancel_and_go_on(postgres_url.replace("psycopg", "asyncpg"), table, key))
            # The server hears of a cancellation a moment later: until then the lock must not be released.
            wait_until(lambda: _waiting_for_a_lock(engine) == 0)
        assert claim(store, key, "second") == ClaimState.TAKEN_OVER


def _waiting_for_a_lock(engine: Any) -> int:
    with engine.connect() as connection:
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        return int(connection.execute(text(waiting)).scalar_one())


async def _cancel_and_go_on(url: str, table: str, key: str) -> None:
    store = AsyncSQLStore(url, table=table)
    for _ in range(20):  # more than the pool has connections
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await store.claim(key, "cancelled", lease=LEASE, retention=KEEP)
    assert (await store.claim(new_key(), "other", lease=LEASE, retention=KEEP)).state == CLAIMED
    await store.aclose()


def test_a_locked_file_is_an_error_and_no_wrong_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(_CONNECT_ARGS, "pysqlite", {"timeout": 0.05})
    url = f"sqlite:///{tmp_path}/replay.db"
    with store_in(url) as store, engine_of(url, isolation_level="AUTOCOMMIT") as engine:
        with engine.connect() as holder:
            holder.execute(text("BEGIN IMMEDIATE"))
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                claim(store, new_key())
            holder.execute(text("ROLLBACK"))
        assert claim(store, new_key()) == CLAIMED
