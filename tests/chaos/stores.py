"""The stores that the workers share: how each is opened, how it fails, and what it has on disk at the end.

A store's own records say which claims were completed, also where a worker was killed before it could note
that. Redis writes each change to its append-only file; in PostgreSQL a trigger keeps them.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import hiredis
import psycopg

from tests.replay.servers import RedisServer, redis_server
from tests.replay.servers_sql import DatabaseServer, postgres
from webhook_verify.replay.sql import DEFAULT_TABLE, SQLStore

__all__ = ["STORES", "Completions", "Outage", "Shared"]

Completions = dict[str, set[str]]
"""By key, the tokens of the claims that were completed."""

# For the workers of either server: the driver that blocks, and the one for asyncio.
_POSTGRES = {"gunicorn": "postgresql+psycopg", "uvicorn": "postgresql+asyncpg"}
_SQLITE = {"gunicorn": "sqlite", "uvicorn": "sqlite+aiosqlite"}


@dataclass(frozen=True)
class Outage:
    """One way to fail: what begins it, what ends it, and how long it lasts, in seconds."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]
    seconds: float


@dataclass(frozen=True)
class Shared:
    """A store that runs: its URL, its outages, and what it knows of completions; none for an attack's."""

    url: str
    outages: list[Outage] = field(default_factory=list[Outage])
    completions: Callable[[], Completions] = dict


@contextmanager
def _redis(server: str) -> Generator[Shared]:
    # Synced on every write. By default Redis may answer first, and write when the disk has time for it,
    # so that a claim is lost with SIGKILL; the laws are those of a store that remembers what it said.
    with redis_server(durable=True) as redis:
        outages = [
            Outage("stopped", redis.stop, redis.start, 1.0),
            Outage("killed", redis.kill, redis.start, 0.5),
            # Longer than the client waits for an answer. It hears later what was asked meanwhile.
            Outage("hanging", redis.pause, redis.resume, 2.5),
        ]
        yield Shared(redis.url, outages, partial(_in_append_only_file, redis))


def _in_append_only_file(server: RedisServer) -> Completions:
    reader = hiredis.Reader()
    for path in sorted(Path(server.options["dir"], "appendonlydir").glob("*.incr.aof")):
        reader.feed(path.read_bytes())
    found: Completions = defaultdict(set)
    while command := reader.gets():
        if command[0] == b"SET" and command[2].startswith(b"0 "):
            key = command[1].split(b"{")[1].rstrip(b"}").decode()
            found[key].add(command[2][2:].decode())
    return found


@contextmanager
def _postgres(server: str) -> Generator[Shared]:
    with postgres(durable=True) as database:
        store = SQLStore(database.url("postgresql+psycopg", "postgres"))
        store.create_table()
        store.close()
        with _connected(database) as connection:
            connection.execute(_WITNESS)
        outages = [
            Outage("stopped", database.stop, database.start, 1.0),
            Outage("crashed", database.crash, database.start, 0.5),
        ]
        yield Shared(database.url(_POSTGRES[server], "postgres"), outages, partial(_in_table, database))


_WITNESS = f"""
CREATE TABLE completions (delivery_key text, token text);
CREATE FUNCTION keep_completion() RETURNS trigger LANGUAGE plpgsql AS
    'BEGIN INSERT INTO completions VALUES (NEW.delivery_key, NEW.token); RETURN NULL; END';
CREATE TRIGGER keep AFTER INSERT OR UPDATE ON {DEFAULT_TABLE} FOR EACH ROW WHEN (NEW.leased_until IS NULL)
    EXECUTE FUNCTION keep_completion();
"""


def _in_table(server: DatabaseServer) -> Completions:
    found: Completions = defaultdict(set)
    with _connected(server) as connection:
        for key, token in connection.execute("SELECT delivery_key, token FROM completions"):
            found[key].add(token)
    return found


def _connected(server: DatabaseServer) -> psycopg.Connection:
    return psycopg.connect(host="127.0.0.1", port=server.port, user="tester", dbname="postgres")


@contextmanager
def _sqlite(server: str) -> Generator[Shared]:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "replay.db")
        store = SQLStore(f"sqlite:///{path}")
        store.create_table()
        store.close()
        yield Shared(f"{_SQLITE[server]}:///{path}")


STORES: dict[str, Callable[[str], AbstractContextManager[Shared]]] = {
    "redis": _redis,
    "postgres": _postgres,
    "sqlite": _sqlite,
}
"""By name, what opens one for the workers of a server. Raises :class:`Unavailable` if none is installed."""
