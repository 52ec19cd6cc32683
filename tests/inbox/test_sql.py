"""Additional rules of the SQL stores: the table, bounded claims, durability and transactions."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, event, text

from tests.inbox.helpers import claimed, new, token
from tests.inbox.stores import new_table
from tests.replay.helpers import Servers
from tests.replay.sql_databases import BLOCKING_DRIVERS, engine_of, on_postgres
from tests.replay.stores_sql import database_url
from webhook_verify.inbox import EntryState, LeaseLost
from webhook_verify.inbox.sql import AsyncSQLInboxStore, SQLInboxStore

pytestmark = pytest.mark.server


@pytest.fixture(params=BLOCKING_DRIVERS)
def url(request: pytest.FixtureRequest, servers: Servers) -> Generator[str]:
    with database_url(servers, request.param) as found:
        yield found


@contextmanager
def store_in(database: Any, table: str | None = None) -> Generator[SQLInboxStore]:
    with closing(SQLInboxStore(database, table=table or new_table())) as store:
        store.create_table()
        yield store


# The table


@pytest.mark.parametrize("table", ["", "a b", "a;b", "1a", "a.b.c", "é", "a" * 51])
def test_a_table_needs_a_plain_name(tmp_path: Path, table: str) -> None:
    with pytest.raises(ValueError, match="table"):
        SQLInboxStore(f"sqlite:///{tmp_path}/a.db", table=table)


def test_errors_name_the_stores_of_the_inbox() -> None:
    with pytest.raises(ValueError, match="MemoryInboxStore"):
        SQLInboxStore("sqlite://")
    with pytest.raises(ValueError, match="AsyncSQLInboxStore"):
        SQLInboxStore("sqlite+aiosqlite:///a")
    with pytest.raises(ValueError, match="use SQLInboxStore"):
        AsyncSQLInboxStore("sqlite:///a")


def test_the_ddl_can_be_run_by_hand(url: str) -> None:
    with closing(SQLInboxStore(url, table=new_table())) as store:
        with engine_of(url) as engine, engine.begin() as connection:
            for statement in store.ddl().split(";\n"):
                if statement.strip():
                    connection.execute(text(statement))
        store.create_table()
        assert store.put(new()).is_new


def test_a_missing_table_is_an_error_with_advice(url: str) -> None:
    with closing(SQLInboxStore(url, table=new_table())) as store:
        for call in (lambda: store.put(new("lane")), lambda: store.claim("the-token", lease=1)):
            with pytest.raises(Exception, match="inbox_") as raised:
                call()
            assert "create_table" in "".join(getattr(raised.value, "__notes__", []))
            assert "the-token" not in f"{raised.value!r} {raised.value}"


@on_postgres
def test_a_table_may_be_in_a_schema(servers: Servers) -> None:
    with database_url(servers, "postgresql+psycopg") as url:
        with engine_of(url) as engine, engine.begin() as connection:
            connection.execute(text("CREATE SCHEMA IF NOT EXISTS hooks"))
        with store_in(url, "hooks.inbox") as store:
            assert store.put(new("lane")).is_new


# Storage


def test_a_body_is_compressed_where_that_pays(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/a.db"
    random = sqlite3.connect(":memory:").execute("SELECT randomblob(5000)").fetchone()[0]
    with store_in(url, "inbox") as store:
        for body in (b"a" * 999, b"a" * 1_000, random):
            store.put(new(body=body))
        rows = sqlite3.connect(tmp_path / "a.db").execute("SELECT length(body) FROM inbox ORDER BY id")
        short, compressed, incompressible = (length for (length,) in rows)
    assert (short, incompressible) == (999, 5_000)
    assert compressed < 100


def test_a_file_of_the_store_is_durable(tmp_path: Path) -> None:
    with store_in(f"sqlite:///{tmp_path}/a.db") as store, store._engines.get().connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"


def test_an_asynchronous_store_opens_again_on_each_loop(tmp_path: Path) -> None:
    store = AsyncSQLInboxStore(f"sqlite+aiosqlite:///{tmp_path}/a.db")
    assert store.is_shared_by_event_loops

    async def put() -> bool:
        await store.create_table()
        return (await store.put(new())).is_new

    assert [asyncio.run(put()) for _ in range(3)] == [True] * 3


# Bounded claims


def steps_of(store: SQLInboxStore, call: Callable[[], object]) -> int:
    """Return how many hundreds of instructions of SQLite's virtual machine a call executes."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    engine = store._engines.get()
    engine.dispose()

    def listen(connection: Any, record: object) -> None:
        connection.set_progress_handler(count, 10)

    event.listen(engine, "connect", listen)
    try:
        call()
    finally:
        event.remove(engine, "connect", listen)
        engine.dispose()
    return steps


def fill(store: SQLInboxStore, file: Path, lanes: int, rows: int) -> None:
    """Put one entry in each lane, and copies of it that wait behind it."""
    for lane in range(lanes):
        store.put(new(f"lane {lane}"))
    with closing(sqlite3.connect(file)) as connection, connection:
        names = [row[1] for row in connection.execute("PRAGMA table_info(inbox)")]
        same = ", ".join(name for name in names if name not in ("id", "entry_key", "claim_at"))
        connection.execute(
            "WITH RECURSIVE copies (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < ?) "
            f"INSERT INTO inbox (entry_key, {same}) "
            f"SELECT entry_key || '-' || n, {same} FROM inbox, copies WHERE lane LIKE 'lane %'",
            (rows // lanes - 1,),
        )


@pytest.mark.parametrize(("lanes", "is_blocked"), [(1_000, False), (1, True)], ids=["lanes", "blocked"])
def test_the_work_of_a_claim_does_not_depend_on_the_rows_that_wait(
    tmp_path: Path, lanes: int, is_blocked: bool
) -> None:
    def work(name: str, lanes: int, rows: int) -> int:
        file = tmp_path / name
        with store_in(f"sqlite:///{file}", "inbox") as store:
            fill(store, file, lanes, rows)
            if is_blocked:
                (first,) = claimed(store, "t")
                store.retry(first, "t", delay=1_000, error="")
            for _ in range(10):
                store.put(new("other"))

            def settle() -> None:
                tag = token()
                (number,) = claimed(store, tag)
                assert store.finish(number, tag)

            return steps_of(store, settle)

    few, many = work("few", 10 if lanes > 1 else 1, 100), work("many", lanes, 10_000)
    assert many <= 1.5 * few


@on_postgres
def test_a_claim_uses_its_index(servers: Servers) -> None:
    with database_url(servers, "postgresql+psycopg") as url, engine_of(url) as engine:
        table = new_table()
        with store_in(url, table) as store, engine.begin() as connection:
            connection.exec_driver_sql("SET enable_seqscan = off")
            statement = store._table.texts.claim.replace(":limit", "1").replace(":lease", "60.0")
            plan = connection.exec_driver_sql(f"EXPLAIN {statement.replace(':token', repr('t'))}").scalars()
            assert f"{table}_claim_at" in "\n".join(plan)


# Transactions


@pytest.mark.parametrize("is_shared", [False, True], ids=["url", "engine"])
def test_the_work_of_a_transaction_is_committed_with_the_entry_or_not_at_all(
    url: str, is_shared: bool
) -> None:
    work = f"work_{new_table()}"
    insert = text(f"INSERT INTO {work} VALUES (1)")
    with engine_of(url) as engine, store_in(engine if is_shared else url) as store:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {work} (a INTEGER)"))
        first, second = store.put(new("a")).id, store.put(new()).id
        tag = token()
        claimed(store, tag, 2)

        def handle(number: int, tag: str, *, fails: bool = False) -> None:
            with store.transaction(number, tag) as connection:
                connection.execute(insert)
                if fails:
                    raise KeyError

        handle(first, tag)
        with pytest.raises(KeyError):
            handle(second, tag, fails=True)
        with pytest.raises(LeaseLost):
            handle(second, "another token")
        with engine.begin() as connection:
            assert connection.execute(text(f"SELECT count(*) FROM {work}")).scalar() == 1
            connection.execute(text(f"DROP TABLE {work}"))
        assert [entry.state for entry in store.list()] == [EntryState.DONE, EntryState.RUNNING]
        assert store.finish(second, tag)


def test_a_pool_with_one_connection_is_enough(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/a.db", pool_size=1, max_overflow=0, pool_timeout=1)
    with store_in(engine) as store:
        number = store.put(new("a")).id
        tag = token()
        claimed(store, tag)
        assert store.finish(number, tag)
        store.wait(0.01)
    engine.dispose()
