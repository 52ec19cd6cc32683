"""Additional rules of the SQL stores: table, transactions and pruning."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.ext.asyncio import create_async_engine

from tests.replay.claims import CLAIMED, COMPLETED, IN_FLIGHT, KEEP, LEASE, claim, new_key
from tests.replay.sql_databases import engine_of, new_table, on_postgres, store_in
from tests.replay.test_concurrency import SENDERS, at_once
from webhook_verify.replay import ClaimOutcome, ClaimState
from webhook_verify.replay.sql import AsyncSQLStore, SQLStore
from webhook_verify.replay.sql.store_calls import MAX_PRUNED_RECORDS, PRUNE_INTERVAL_CLAIMS, outcome_of

pytestmark = pytest.mark.server


# Construction


@pytest.mark.parametrize(
    ("database", "error", "says"),
    [
        pytest.param("sqlite://", ValueError, "MemoryStore", id="memory"),
        pytest.param("sqlite:///:memory:", ValueError, "MemoryStore", id="memory-named"),
        pytest.param("sqlite:///file:a?mode=memory&uri=true", ValueError, "MemoryStore", id="memory-uri"),
        pytest.param("sqlite+aiosqlite:///a.db", ValueError, "AsyncSQLStore", id="driver-for-asyncio"),
        pytest.param("oracle+oracledb://a/b", ValueError, "SQLite", id="another-database"),
        pytest.param("not a url with s3cret", ValueError, "URL", id="no-url"),
        pytest.param("nothing://s3cret@a/b", ValueError, "URL", id="no-such-database"),
        pytest.param(None, TypeError, "NoneType", id="none"),
        pytest.param(create_async_engine("sqlite+aiosqlite:///a.db"), TypeError, "AsyncEngine", id="async"),
        pytest.param(create_engine("sqlite://"), ValueError, "MemoryStore", id="engine-in-memory"),
    ],
)
def test_a_database_that_cannot_work_is_refused(database: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says) as raised:
        SQLStore(database)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("database", "error", "says"),
    [
        pytest.param("sqlite:///a.db", ValueError, "aiosqlite", id="driver-that-blocks"),
        pytest.param("sqlite+aiosqlite://", ValueError, "MemoryStore", id="memory"),
        pytest.param(create_engine("sqlite:///a.db"), TypeError, "AsyncEngine", id="engine-that-blocks"),
    ],
)
def test_an_asynchronous_store_refuses_them_too(database: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        AsyncSQLStore(database)


@pytest.mark.parametrize("table", ["", "a b", "a;b", "1a", "a.b.c", "é", "a" * 51, 'a"b', "a$b", "a\n"])
def test_a_table_needs_a_plain_name(tmp_path: Path, table: str) -> None:
    with pytest.raises(ValueError, match="table"):
        SQLStore(f"sqlite:///{tmp_path}/a.db", table=table)


def test_a_table_is_a_str(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="int"):
        SQLStore(f"sqlite:///{tmp_path}/a.db", table=7)  # type: ignore[arg-type]


# The table


@pytest.mark.parametrize("table", ["order", "Mixed_Case", "a" * 50])
def test_a_table_may_have_any_plain_name(url: str, table: str) -> None:
    with store_in(url, table) as store:
        assert claim(store, new_key()) == CLAIMED


@on_postgres
def test_a_table_may_be_in_a_schema(postgres_url: str) -> None:
    with engine_of(postgres_url) as engine, engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS webhooks"))
    with store_in(postgres_url, "webhooks.seen") as store:
        assert claim(store, new_key()) == CLAIMED


@pytest.mark.slow
def test_many_may_create_the_table_at_once(url: str) -> None:
    """Workers that start together: some find it half made by another."""
    table = new_table()

    def create(_: str) -> ClaimState:
        with store_in(url, table) as store:
            return claim(store, new_key())

    assert set(at_once(create)) == {CLAIMED}


@pytest.mark.slow
def test_many_may_create_the_file_at_once() -> None:
    """Each of them sets it to write-ahead logging, which SQLite does not wait for."""

    def create(url: str) -> ClaimState:
        with store_in(url, "replay") as store:
            return claim(store, new_key())

    with ThreadPoolExecutor(12) as pool:
        for _ in range(20):
            with tempfile.TemporaryDirectory() as directory:
                assert set(pool.map(create, [f"sqlite:///{directory}/replay.db"] * 12)) == {CLAIMED}


def test_the_ddl_can_be_run_by_hand(url: str) -> None:
    table = new_table()
    with engine_of(url) as engine, engine.begin() as connection:
        for statement in SQLStore(url, table=table).ddl().split(";\n"):
            if statement.strip():
                connection.execute(text(statement))
    store = SQLStore(url, table=table)
    assert claim(store, new_key()) == CLAIMED
    store.close()


def test_a_missing_table_is_an_error_that_tells_no_token(url: str) -> None:
    store = SQLStore(url, table=new_table())
    for call in (
        lambda: store.claim("the-key", "the-token", lease=LEASE, retention=KEEP),
        lambda: store.complete("the-key", "the-token", retention=KEEP),
    ):
        with pytest.raises(Exception, match="replay_") as raised:
            call()
        assert "the-token" not in f"{raised.value!r} {raised.value}"
    store.close()


def test_an_echo_of_the_engine_shows_no_token(url: str, caplog: pytest.LogCaptureFixture) -> None:
    with engine_of(url, echo=True) as engine, caplog.at_level(logging.DEBUG), store_in(engine) as store:
        claim(store, new_key(), "the-token")
        store.complete(new_key(), "the-token", retention=KEEP)
    assert "the-token" not in caplog.text


# A claim is part of no one's transaction


@pytest.mark.parametrize("shared", [False, True], ids=["own-pool", "shared-pool"])
def test_a_rollback_of_the_handler_undoes_no_claim(url: str, shared: bool) -> None:
    key = new_key()
    with engine_of(url) as engine, store_in(engine if shared else url) as store:
        with engine.begin() as handlers:
            handlers.execute(text("SELECT 1"))
            assert claim(store, key) == CLAIMED
            handlers.rollback()
        assert claim(store, key, "second") == IN_FLIGHT
        with engine.begin() as handlers:
            handlers.execute(text("SELECT 1"))
            assert store.complete(key, "first", retention=KEEP)
            handlers.rollback()
        assert claim(store, key, "second") == COMPLETED


def test_a_shared_engine_is_left_as_it_was(url: str) -> None:
    """Its connections are in autocommit only while the store has them."""
    table = new_table()
    with engine_of(url, pool_size=1, max_overflow=0) as engine, store_in(engine) as store:
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE {table} (a INTEGER)"))
        claim(store, new_key())
        with engine.connect() as connection:
            connection.execute(text(f"INSERT INTO {table} VALUES (1)"))
            connection.rollback()
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0


@on_postgres
@pytest.mark.parametrize("isolation", ["serializable", r"repeatable\ read"])
def test_a_stricter_isolation_by_default_is_no_failure(postgres_url: str, isolation: str) -> None:
    """PostgreSQL then aborts one of two that meet, and the store tries again."""
    strict = {"options": f"-c default_transaction_isolation={isolation}"}
    with engine_of(postgres_url, connect_args=strict, pool_size=SENDERS) as engine, store_in(engine) as store:
        for _ in range(3):
            key = new_key()
            assert Counter(at_once(lambda token: claim(store, key, token)))[CLAIMED] == 1  # noqa: B023
            key = new_key()
            assert sum(at_once(lambda token: store.complete(key, token, retention=KEEP))) == 1  # noqa: B023


# Pruning


def fill(store: SQLStore, engine: Engine, table: str, number: int) -> None:
    """Records that are past their time."""
    columns = "(delivery_key, token, leased_until, kept_until, claims)"
    record = text(f"INSERT INTO {table} {columns} VALUES (:key, 't', NULL, :kept, 1)")
    with engine.begin() as connection:
        connection.execute(record, [{"key": f"old-{each}", "kept": each} for each in range(number)])


def counted(engine: Engine, table: str) -> int:
    with engine.connect() as connection:
        found: int = connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
        return found


def test_claims_prune_what_is_past_its_time_and_so_many_at_once(url: str) -> None:
    table, old = new_table(), 2 * MAX_PRUNED_RECORDS + 50
    with engine_of(url) as engine, store_in(url, table) as store:
        claim(store, "taken")
        store.complete("done", "first", retention=KEEP)
        fill(store, engine, table, old)
        left = []
        for number in range(3):
            for each in range(PRUNE_INTERVAL_CLAIMS):
                claim(store, f"new-{number}-{each}")
            left.append(counted(engine, table) - 2 - (number + 1) * PRUNE_INTERVAL_CLAIMS)
        assert left == [old - MAX_PRUNED_RECORDS, old - 2 * MAX_PRUNED_RECORDS, 0]
        assert claim(store, "taken", "second") == IN_FLIGHT
        assert claim(store, "done", "second") == COMPLETED


def test_pruning_takes_the_oldest_first_and_says_how_many(url: str) -> None:
    table = new_table()
    with engine_of(url) as engine, store_in(url, table) as store:
        fill(store, engine, table, 30)
        assert store.prune(at_most=20) == 20
        with engine.connect() as connection:
            assert connection.execute(text(f"SELECT min(kept_until) FROM {table}")).scalar_one() == 20
        assert store.prune() == 10
        assert store.prune() == 0


@pytest.mark.slow
def test_many_may_prune_at_once(url: str) -> None:
    table = new_table()
    with engine_of(url) as engine, store_in(url, table) as store:
        fill(store, engine, table, 640)
        assert sum(at_once(lambda _: store.prune(at_most=10))) <= 640
        assert counted(engine, table) <= 640 - 10
        while store.prune():
            pass
        assert counted(engine, table) == 0


@on_postgres
def test_pruning_does_not_wait_for_a_lock(postgres_url: str) -> None:
    table = new_table()
    with engine_of(postgres_url) as engine, store_in(postgres_url, table) as store:
        fill(store, engine, table, 5)
        with engine.begin() as holder:
            holder.execute(text(f"SELECT * FROM {table} WHERE kept_until < 2 FOR UPDATE"))
            assert store.prune() == 3


def test_a_claim_is_not_lost_because_pruning_failed(
    url: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webhook_verify.replay.sql.store_calls.PRUNE_INTERVAL_CLAIMS", 1)
    with store_in(url) as store:
        calls = store._runner._calls
        calls["prune"].text = "DELETE FROM no_such_table WHERE 1 = :no_parameter"
        assert claim(store, new_key()) == CLAIMED
        assert claim(store, new_key()) == CLAIMED
    assert "pruning the replay table failed" in caplog.text


@on_postgres
def test_pruning_and_claiming_use_an_index(postgres_url: str) -> None:
    table = new_table()
    with engine_of(postgres_url) as engine, store_in(postgres_url, table) as store:
        statements = store._runner._statements
        with engine.begin() as connection:
            many = "SELECT 'old-' || n, 't', NULL, n, 1 FROM generate_series(1, 50000) AS n"
            connection.execute(text(f"INSERT INTO {table} {many}"))
            connection.execute(text(f"ANALYZE {table}"))
            for statement in (statements.look, statements.prune, statements.extend):
                values = {"key": "old-1", "at_most": MAX_PRUNED_RECORDS, "token": "t", "lease": 1}
                plan = connection.execute(text(f"EXPLAIN {statement}"), values).scalars().all()
                assert "Index Scan" in "".join(plan), plan
                assert "Seq Scan" not in "".join(plan), plan


# How a row is read


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        (("own", 1, 60.0, 900.0), ClaimOutcome(ClaimState.CLAIMED)),
        (("own", 2, 60.0, 900.0), ClaimOutcome(ClaimState.TAKEN_OVER)),
        (("other", 1, 60.0, 900.0), ClaimOutcome(ClaimState.IN_FLIGHT, 60.0)),
        (("other", 3, 0.1, 900.0), ClaimOutcome(ClaimState.IN_FLIGHT, 0.1)),
        (("other", 1, None, 900.0), ClaimOutcome(ClaimState.COMPLETED)),
        (("own", 1, None, 900.0), ClaimOutcome(ClaimState.COMPLETED)),
        (("other", 1, 0.0, 900.0), None),
        (("other", 1, None, 0.0), None),
    ],
    ids=str,
)
def test_a_row_tells_the_outcome(row: tuple[Any, ...], outcome: ClaimOutcome | None) -> None:
    assert outcome_of(row, "own") == outcome
