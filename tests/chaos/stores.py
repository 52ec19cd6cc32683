"""The stores that the workers share: their start, their outages, and their records at the end.

The records of a store show the completed claims, even if a worker was killed before it could write to the
ledger. Redis writes each change to its append-only file, and in PostgreSQL a trigger records them.
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
"""The tokens of the completed claims, by key."""

# For the workers of either server: the synchronous driver, and the one for asyncio.
_POSTGRES = {"gunicorn": "postgresql+psycopg", "uvicorn": "postgresql+asyncpg"}
_SQLITE = {"gunicorn": "sqlite", "uvicorn": "sqlite+aiosqlite"}


@dataclass(frozen=True)
class Outage:
    """A kind of outage: its start, its end, and its duration in seconds."""

    name: str
    begin: Callable[[], None]
    end: Callable[[], None]
    seconds: float


@dataclass(frozen=True)
class Shared:
    """A running store: its URL, its outages, and its completed claims (not for an attack)."""

    url: str
    outages: list[Outage] = field(default_factory=list[Outage])
    completions: Callable[[], Completions] = dict


@contextmanager
def _redis(server: str) -> Generator[Shared]:
    # Synced on every write. By default, Redis may respond before it has written to the disk,
    # so that SIGKILL loses a claim. The guarantees require a store that does not lose its responses.
    with redis_server(durable=True) as redis:
        outages = [
            Outage("stopped", redis.stop, redis.start, 1.0),
            Outage("killed", redis.kill, redis.start, 0.5),
            # Longer than the timeout of the client. The store receives the requests later.
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
"""The functions that start a store for the workers. They raise `Unavailable` without the server."""
