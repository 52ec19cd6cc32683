"""The SQL stores of the inbox: the cost of durability, of many waiting rows, and of a queue engine instead.

- put, SQLite: `put` of the store against the bare INSERT into an equal table with the same pragmas. Both
  commits wait for the disk.
- claim and finish: one entry, with 10,000 waiting rows in 1,000 lanes, and with a lane of 10,000 rows behind
  a waiting retry, against 100 rows in 10 lanes.
- put, PostgreSQL: entries per second against `procrastinate.defer` of the same body on the same server, which
  waits for the disk.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from itertools import count
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import procrastinate
from rich.console import Console
from rich.table import Table
from sqlalchemy import create_engine, text

from benchmarks._measure import Call, Series, Target, interleaved
from tests.replay.helpers import Unavailable
from tests.replay.servers_sql import postgres
from webhook_verify.inbox import NewEntry, SQLInboxStore
from webhook_verify.inbox.sql.rows import STORED_COLUMNS, stored_values
from webhook_verify.inbox.store import InboxStore

ROUNDS = 25
SLICE_MS = 60
PAIRS = 10
THREADS = 8
PER_THREAD = 5
BODY = b'{"type": "invoice.paid", "data": {"note": "%s"}}' % (b"x" * 550)

OURS, BARE = "store.put", "bare INSERT"
DEFER = "procrastinate.defer"
FEW, MANY, BLOCKED = "100 rows, 10 lanes", "10,000 rows, 1,000 lanes", "100 rows, and 10,000 behind a retry"

_numbers = count()


def run(console: Console) -> list[Target]:
    """Measure, print the tables, and return the targets."""
    puts = _puts_in_sqlite()
    console.print(_table("put in SQLite", puts, BARE))
    claims = {"SQLite": _claims_in_sqlite()}
    targets = [Target(f"inbox, SQLite: {OURS} / {BARE}", puts.ratio(OURS, BARE), "<=", 1.3)]
    try:
        with postgres(durable=True) as server, ExitStack() as stack:
            url = server.url("postgresql+psycopg", "postgres")
            claims["PostgreSQL"] = _claims(url, stack)
            alone, loaded = _puts_in_postgres(url, stack)
    except Unavailable as missing:
        console.print(f"inbox: {missing}")
    else:
        for name, series in {"1 thread": alone, f"{THREADS} threads": loaded}.items():
            console.print(_table(f"put in PostgreSQL, {name}", series, DEFER))
            speed = series.ratio(DEFER, OURS)
            targets.append(Target(f"inbox, PostgreSQL: puts per {DEFER}, {name}", speed, ">=", 2))
    for database, series in claims.items():
        console.print(_table(f"claim and finish in {database}", series, FEW))
        targets += [
            Target(f"inbox, {database}: claim and finish, {each} / {FEW}", series.ratio(each, FEW), "<=", 1.5)
            for each in (MANY, BLOCKED)
        ]
    return targets


def _table(title: str, series: Series, base: str) -> Table:
    table = Table("contender", title=f"inbox: {title}", title_justify="left")
    table.add_column("microseconds", justify="right")
    table.add_column(f"times {base}", justify="right")
    for name in series.rounds:
        table.add_row(name, f"{series.median(name) / 1_000:,.0f}", f"{series.ratio(name, base):.2f}")
    return table


def _new(lane: str = "") -> NewEntry:
    return NewEntry(
        key=f"{next(_numbers):043}",
        namespace="",
        lane=lane,
        message_id="msg_2b1Yx6vWJvTgZmSsoZzqV0tZzqV",
        event_type="invoice.paid",
        scheme="standard-webhooks",
        secret_label="secret-1",
        received_at=1_790_000_000.0,
        headers=(("webhook-id", "msg_2b1Yx6vWJvTgZmSsoZzqV0tZzqV"), ("webhook-timestamp", "1790000000")),
        parts={"id": "msg_2b1Yx6vWJvTgZmSsoZzqV0tZzqV", "timestamp": 1_790_000_000, "label": "secret-1"},
        body=BODY,
    )


@contextmanager
def _file() -> Generator[Path]:
    with tempfile.TemporaryDirectory() as directory:
        yield Path(directory) / "inbox.sqlite3"


def _puts_in_sqlite() -> Series:
    with _file() as ours, _file() as theirs, ExitStack() as stack:
        store = stack.enter_context(closing(SQLInboxStore(f"sqlite:///{ours}")))
        store.create_table()
        connection = stack.enter_context(closing(sqlite3.connect(theirs, isolation_level=None)))
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(store.ddl())
        columns = (*STORED_COLUMNS, "state", "attempts", "due_at", "claim_at", "token", "error", "audit")
        marks = ", ".join("?" * len(columns))
        statement = f"INSERT INTO webhook_inbox ({', '.join(columns)}) VALUES ({marks})"

        def bare() -> None:
            values = tuple(stored_values(_new()).values())
            connection.execute(statement, (*values, "ready", 0, 1.79e9, 1.79e9, "", "", "[]"))

        contenders: dict[str, Call] = {OURS: lambda: store.put(_new()), BARE: bare}
        return interleaved(contenders, rounds=ROUNDS, slice_ms=SLICE_MS)


def _claims_in_sqlite() -> Series:
    with _file() as file, ExitStack() as stack:
        return _claims(f"sqlite:///{file}", stack)


def _claims(url: str, stack: ExitStack) -> Series:
    stores = {FEW: (100, 10), MANY: (10_000, 1_000), BLOCKED: (100, 10)}
    steps: dict[str, Callable[[], float]] = {}
    for number, (name, (rows, lanes)) in enumerate(stores.items()):
        store = stack.enter_context(closing(SQLInboxStore(url, table=f"claims_{number}")))
        store.create_table()
        if name == BLOCKED:
            _fill(store, url, f"claims_{number}", 10_000, 1, "blocked ")
            (entry,) = store.claim("first", lease=60)
            store.retry(entry.id, "first", delay=100_000, error="")
        _fill(store, url, f"claims_{number}", rows, lanes, "lane ")
        steps[name] = lambda store=store, lanes=lanes: _claimed(store, lanes)  # type: ignore[misc]
    taken: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(ROUNDS):
        for name, step in steps.items():
            taken[name].append(step())
    return Series(taken)


def _fill(store: SQLInboxStore, url: str, table: str, rows: int, lanes: int, prefix: str) -> None:
    """Put one entry in each lane, and copies of them, which wait."""
    for lane in range(lanes):
        store.put(_new(f"{prefix}{lane}"))
    engine = create_engine(url)
    names = ", ".join(name for name in STORED_COLUMNS if name != "entry_key")
    others = "state, attempts, due_at, token, error, audit"
    copies = rows // lanes - 1
    with engine.begin() as connection:
        connection.execute(
            text(
                "WITH RECURSIVE copies (n) AS "
                "(SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < :copies) "
                f"INSERT INTO {table} (entry_key, {names}, {others}) "
                f"SELECT entry_key || '-' || n, {names}, {others} FROM {table}, copies WHERE lane LIKE :lanes"
            ),
            {"copies": copies, "lanes": f"{prefix}%"},
        )
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"ANALYZE {table}")
    engine.dispose()


def _claimed(store: InboxStore, lanes: int) -> float:
    """Return the nanoseconds of a claim and a finish. Filling the store again is not measured."""
    start = perf_counter_ns()
    for _ in range(PAIRS):
        (entry,) = store.claim("token", lease=60)
        assert store.finish(entry.id, "token")
    taken = perf_counter_ns() - start
    for number in range(PAIRS):
        store.put(_new(f"lane {number % lanes}"))
    return taken / PAIRS


def _puts_in_postgres(url: str, stack: ExitStack) -> tuple[Series, Series]:
    store = stack.enter_context(closing(SQLInboxStore(url)))
    store.create_table()
    conninfo = url.replace("postgresql+psycopg", "postgresql")
    connector = procrastinate.SyncPsycopgConnector(conninfo=conninfo, max_size=THREADS)
    app = stack.enter_context(procrastinate.App(connector=connector).open())
    app.schema_manager.apply_schema()
    body = BODY.decode()

    def defer() -> None:
        app.configure_task("deliver").defer(body=body, id=next(_numbers))

    ways: dict[str, Callable[[], Any]] = {OURS: lambda: store.put(_new()), DEFER: defer}
    alone = interleaved(ways, rounds=ROUNDS, slice_ms=SLICE_MS)
    pool = stack.enter_context(ThreadPoolExecutor(THREADS))
    loaded = {name: _at_once(pool, way) for name, way in ways.items()}
    return alone, interleaved(loaded, rounds=ROUNDS, slice_ms=2 * SLICE_MS)


def _at_once(pool: ThreadPoolExecutor, way: Callable[[], Any]) -> Call:
    def several(_: int) -> None:
        for _ in range(PER_THREAD):
            way()

    return lambda: list(pool.map(several, range(THREADS)))
