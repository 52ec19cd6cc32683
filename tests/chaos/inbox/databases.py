"""The databases of the inbox: their start, their outages, and their rows at the end."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Engine, create_engine, text

from tests.chaos.stores import Outage
from tests.replay.servers_sql import postgres
from webhook_verify.inbox import EntryState
from webhook_verify.inbox.sql import SQLInboxStore
from webhook_verify.inbox.sql.databases import DEFAULT_TABLE

__all__ = ["DATABASES", "Database", "Row", "Work"]

_SERIAL = {"sqlite": "INTEGER PRIMARY KEY AUTOINCREMENT", "postgresql": "BIGSERIAL PRIMARY KEY"}


@dataclass(frozen=True)
class Row:
    """An entry at the end."""

    id: int
    message_id: str
    lane: str
    state: EntryState
    attempts: int
    error: str


@dataclass(frozen=True)
class Work:
    """The committed work of a handler, in the order of the commits of a lane."""

    entry: int
    lane: str


@dataclass(frozen=True)
class Database:
    """A running database: its URL for the workers, and its outages."""

    url: str
    engine: Engine
    outages: list[Outage] = field(default_factory=list[Outage])

    def unfinished(self) -> int:
        """Return how many entries are ready or running."""
        query = text(f"SELECT count(*) FROM {DEFAULT_TABLE} WHERE state IN ('ready', 'running')")
        with self.engine.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def rows(self) -> list[Row]:
        """Return all entries in the order of arrival."""
        query = f"SELECT id, message_id, lane, state, attempts, error FROM {DEFAULT_TABLE} ORDER BY id"
        with self.engine.connect() as connection:
            found = connection.execute(text(query))
            return [Row(row[0], row[1], row[2], EntryState(row[3]), row[4], row[5]) for row in found]

    def works(self) -> list[Work]:
        """Return the committed work."""
        with self.engine.connect() as connection:
            return [
                Work(*row) for row in connection.execute(text("SELECT entry, lane FROM work ORDER BY number"))
            ]


@contextmanager
def _created(url: str) -> Generator[Engine]:
    with closing(SQLInboxStore(url)) as store:
        store.create_table()
    engine = create_engine(url, pool_pre_ping=True)
    with engine.begin() as connection:
        serial = _SERIAL[engine.dialect.name]
        connection.execute(text(f"CREATE TABLE work (number {serial}, entry BIGINT, lane TEXT)"))
    yield engine
    engine.dispose()


@contextmanager
def _postgres(server: str) -> Generator[Database]:
    driver = {"gunicorn": "postgresql+psycopg", "uvicorn": "postgresql+asyncpg"}[server]
    with postgres(durable=True) as started, _created(started.url("postgresql+psycopg", "postgres")) as engine:
        outages = [
            Outage("stopped", started.stop, started.start, 1.0),
            Outage("crashed", started.crash, started.start, 0.5),
        ]
        yield Database(started.url(driver, "postgres"), engine, outages)


@contextmanager
def _sqlite(server: str) -> Generator[Database]:
    driver = {"gunicorn": "sqlite", "uvicorn": "sqlite+aiosqlite"}[server]
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "inbox.sqlite3")
        with _created(f"sqlite:///{path}") as engine:
            yield Database(f"{driver}:///{path}", engine)


DATABASES: dict[str, Callable[[str], AbstractContextManager[Database]]] = {
    "sqlite": _sqlite,
    "postgres": _postgres,
}
"""The functions that start a database for the workers. They raise `Unavailable` without the server."""
