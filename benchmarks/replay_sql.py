"""The cost of replay protection in PostgreSQL, compared with the two necessary statements.

One server on loopback waits for its disk, which is the default, and one does not, so that the cost of the
client is visible. A delivery is a claim and a completion. The contenders:

- ours, URL: ``SQLStore`` with its own pool, which is the fastest configuration.
- ours, Engine: ``SQLStore`` with the application's engine. Each connection is set to autocommit and back.
- bare psycopg: the same two statements on an open connection in autocommit, as the baseline.
- bare SQLAlchemy: the same two statements as ``text()`` through an engine in autocommit.

The target compares eight threads, each with its own deliveries, with eight connections of bare psycopg. The
other figures are for one thread, where the share of the client is largest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from itertools import count
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, create_engine, text

from benchmarks._measure import Call, Series, Target, interleaved
from tests.replay.helpers import Unavailable
from tests.replay.servers_sql import DatabaseServer, postgres
from webhook_verify.replay import SQLStore
from webhook_verify.replay.sql import DEFAULT_TABLE
from webhook_verify.replay.sql.statements import Statements, statements_for

ROUNDS = 25
SLICE_MS = 60
THREADS = 8
PER_THREAD = 5
LEASE, KEEP = 60.0, 345_600.0
TOKEN = "t" * 22
MAX_RATIO_TO_BARE = 1.25

OURS, SHARED = "ours, URL", "ours, Engine"
BARE, CORE = "bare psycopg", "bare SQLAlchemy"

_numbers = count()

Deliver = Callable[[], Any]


def run(console: Console) -> list[Target]:
    """Measure, print the table, and return the targets."""
    try:
        durable = _measured(durable=True)
        hasty = _measured(durable=False)
    except Unavailable as missing:
        console.print(f"replay_sql: {missing}")
        return []
    series = {
        "one thread": durable[0],
        f"{THREADS} threads": durable[1],
        "one thread, no fsync": hasty[0],
        f"{THREADS} threads, no fsync": hasty[1],
    }
    console.print(_table(series))
    return [
        Target(f"SQLStore / bare psycopg, {name}", each.ratio(OURS, BARE), "<=", MAX_RATIO_TO_BARE)
        for name, each in list(series.items())[:2]
    ]


def _table(measured: dict[str, Series]) -> Table:
    title = "replay_sql: microseconds per delivery (times bare psycopg)"
    table = Table("PostgreSQL", title=title, title_justify="left")
    for name in (OURS, SHARED, BARE, CORE):
        table.add_column(name, justify="right")
    for name, series in measured.items():
        deliveries = THREADS * PER_THREAD if "threads" in name else 1
        cells = (
            f"{series.median(each) / deliveries / 1_000:,.0f} ({series.ratio(each, BARE):.2f})"
            for each in series.rounds
        )
        table.add_row(name, *cells)
    return table


def _measured(*, durable: bool) -> tuple[Series, Series]:
    with postgres(durable=durable) as server, ExitStack() as stack:
        url = server.url("postgresql+psycopg", "postgres")
        own = stack.enter_context(closing(SQLStore(url)))
        own.create_table()
        engine = stack.enter_context(_engine(url, pool_size=THREADS))
        plain = stack.enter_context(_engine(url, pool_size=THREADS, isolation_level="AUTOCOMMIT"))
        one, *rest = [stack.enter_context(_connection(server)) for _ in range(THREADS)]
        ways: dict[str, list[Deliver]] = {
            OURS: [partial(_by_store, own)] * THREADS,
            SHARED: [partial(_by_store, SQLStore(engine))] * THREADS,
            BARE: [partial(_by_psycopg, each) for each in (one, *rest)],
            CORE: [partial(_by_sqlalchemy, plain)] * THREADS,
        }
        alone = interleaved(
            {name: deliver[0] for name, deliver in ways.items()}, rounds=ROUNDS, slice_ms=SLICE_MS
        )
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        loaded = {name: _at_once(pool, deliver) for name, deliver in ways.items()}
        return alone, interleaved(loaded, rounds=ROUNDS, slice_ms=2 * SLICE_MS)


@contextmanager
def _engine(url: str, **options: Any) -> Generator[Engine]:
    engine = create_engine(url, **options)
    yield engine
    engine.dispose()


def _connection(server: DatabaseServer) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host="127.0.0.1", port=server.port, user="tester", dbname="postgres", autocommit=True
    )


def _at_once(pool: ThreadPoolExecutor, deliver: list[Deliver]) -> Call:
    def several(one: Deliver) -> None:
        for _ in range(PER_THREAD):
            one()

    return lambda: list(pool.map(several, deliver))


def _claimed() -> dict[str, Any]:
    return {"key": f"{next(_numbers):043}", "token": TOKEN, "lease": LEASE, "keep": KEEP}


def _completed(claimed: dict[str, Any]) -> dict[str, Any]:
    return {"key": claimed["key"], "token": TOKEN, "keep": KEEP}


def _statements(style: str) -> Statements:
    known = statements_for("postgresql", DEFAULT_TABLE, "unused")
    return Statements(**{name: re.sub(r":(\w+)", style, each) for name, each in vars(known).items()})


_OF_PSYCOPG, _OF_SQLALCHEMY = _statements(r"%(\1)s"), _statements(r":\1")
_CLAIM, _COMPLETE = text(_OF_SQLALCHEMY.claim), text(_OF_SQLALCHEMY.complete)


def _by_store(store: SQLStore) -> None:
    key = f"{next(_numbers):043}"
    store.claim(key, TOKEN, lease=LEASE, retention=KEEP)
    store.complete(key, TOKEN, retention=KEEP)


def _by_psycopg(connection: psycopg.Connection[Any]) -> None:
    claimed = _claimed()
    connection.execute(_OF_PSYCOPG.claim, claimed).fetchall()
    connection.execute(_OF_PSYCOPG.complete, _completed(claimed)).fetchall()


def _by_sqlalchemy(engine: Engine) -> None:
    claimed = _claimed()
    with engine.connect() as connection:
        connection.execute(_CLAIM, claimed).all()
    with engine.connect() as connection:
        connection.execute(_COMPLETE, _completed(claimed)).all()
