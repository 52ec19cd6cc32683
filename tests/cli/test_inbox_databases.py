"""``inbox`` on a SQLite file, and on the URL of a database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Generator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.inbox.inboxes import new_entry
from tests.replay.helpers import skipping
from tests.replay.servers_sql import postgres
from webhook_verify.cli.group import command
from webhook_verify.inbox.sql import SQLInboxStore

POSTGRES = pytest.mark.xdist_group("postgres"), pytest.mark.slow, pytest.mark.server


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, ["inbox", *arguments])


def records(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def fill(url: str) -> None:
    """Put five entries: the first is done, the second and the third are dead."""
    with closing(SQLInboxStore(url)) as store:
        store.create_table()
        for event_type in ("a", "a", "b", "a", "b"):
            store.put(new_entry(event_type))
        first, *others = store.claim("token", lease=60, limit=3)
        store.finish(first.id, "token")
        for entry in others:
            store.bury(entry.id, "token", error="ValueError: no customer")


@pytest.fixture(params=["file", "url", "aiosqlite", pytest.param("asyncpg", marks=POSTGRES)])
def inbox(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[str]:
    monkeypatch.chdir(tmp_path)
    if request.param == "asyncpg":
        with ExitStack() as stack:
            with skipping():
                server = stack.enter_context(postgres())
            fill(server.url("postgresql+psycopg", "postgres"))
            yield server.url("postgresql+asyncpg", "postgres")
        return
    fill("sqlite:///inbox.sqlite3")
    names = {"file": "inbox.sqlite3", "url": "sqlite:///inbox.sqlite3"}
    yield names.get(request.param, "sqlite+aiosqlite:///inbox.sqlite3")


def test_each_subcommand_works_on_a_database(inbox: str, tmp_path: Path) -> None:
    def ids(*options: str) -> list[int]:
        return [record["id"] for record in records("list", inbox, *options)]

    assert ids() == [1, 2, 3, 4, 5]
    assert (ids("--state", "dead"), ids("--type", "b"), ids("--after", "4")) == ([2, 3], [3, 5], [5])
    [stats] = records("stats", inbox)
    assert stats.pop("oldest_ready") > 0
    assert stats == {"ready": 2, "running": 0, "done": 1, "dead": 2, "discarded": 0}
    [record] = records("show", inbox, "2")
    assert (record["state"], record["error"]) == ("dead", "ValueError: no customer")
    assert records("redrive", inbox, "2", "--by", "zoe") == [{"redriven": 1}]
    assert records("show", inbox, "2")[0]["audit"][0]["by"] == "zoe"
    assert records("discard", inbox, "--all", "--yes") == [{"discarded": 1}]
    assert records("prune", inbox, "--older-than", "1", "--yes") == [{"pruned": 0}]
    assert records("export", inbox, "--out", str(tmp_path / "out.jsonl")) == [{"entries": 5}]
    assert ids("--state", "discarded") == [3]


@pytest.mark.parametrize("name", [str, "sqlite:///{}".format], ids=["file", "url"])
def test_a_database_without_an_inbox_gets_no_table(tmp_path: Path, name: Callable[[Path], str]) -> None:
    absent, other = tmp_path / "absent.sqlite3", tmp_path / "other.sqlite3"
    other.touch()
    result = run("list", name(absent))
    assert (result.exit_code, absent.exists()) == (2, False)
    assert "does not exist" in result.output
    result = run("list", name(other))
    assert result.exit_code == 2
    with closing(sqlite3.connect(other)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == []
    assert "has no table of an inbox" in result.output.replace("\n", " ")


@pytest.mark.parametrize(
    "url", ["oracle://user:password@host/a", "postgresql+psycopg://u:password@127.0.0.1:1/a"]
)
def test_an_unusable_url_is_refused_without_its_password(url: str) -> None:
    result = run("stats", url)
    assert (result.exit_code, "password" in result.output) == (2, False)
