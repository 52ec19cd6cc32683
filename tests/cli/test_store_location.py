"""The default path of the delivery store, and the move of the file from its old path."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests import processes
from tests.cli.listen_target import all_kept
from tests.cli.listening import SCRIPT
from tests.signing import SECRET
from webhook_verify.cli.group import command
from webhook_verify.cli.store import location
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery
from webhook_verify.cli.store.location import move_old_store

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the folders are those of Linux")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "WEBHOOK_VERIFY_STORE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def old_of(home: Path) -> Path:
    return home / ".config" / "webhook-verify" / "deliveries.sqlite"


def new_of(home: Path) -> Path:
    return home / ".local" / "share" / "webhook-verify" / "deliveries.sqlite"


def keep(path: Path, *ids: str) -> None:
    with opened(path) as store:
        for each in ids:
            store.add(StoredDelivery(1.0, "POST", "/", "", [], b"{}", message_id=each))


@contextmanager
def opened(path: Path) -> Iterator[DeliveryStore]:
    store = DeliveryStore(path)
    try:
        yield store
    finally:
        store.close()


def ids_of(path: Path) -> list[str]:
    return [stored.message_id for stored in all_kept(path)]


def listed() -> Result:
    return CliRunner().invoke(command, ["replay", "--list", "--json"])


def test_the_default_path_is_in_the_data_folder(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert location.default_path() == new_of(home)
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    assert location.default_path() == home / "data" / "webhook-verify" / "deliveries.sqlite"


def test_an_old_file_is_moved_once_and_said_in_one_line(home: Path) -> None:
    keep(old_of(home), "msg_1", "msg_2")
    first, second = listed(), listed()
    assert [json.loads(line)["id"] for line in first.stdout.splitlines()] == ["msg_1", "msg_2"]
    assert json.loads(first.stderr) == {
        "warning": f"moved the stored deliveries from {old_of(home)} to {new_of(home)}"
    }
    assert (second.stdout, second.stderr) == (first.stdout, "")
    assert not old_of(home).parent.exists()


def test_what_a_killed_listener_has_left_in_the_log_is_moved_too(home: Path) -> None:
    keep(old_of(home), "msg_1")
    code = (
        "import os, sys; from pathlib import Path; from tests.cli.test_store_location import DeliveryStore\n"
        "from webhook_verify.cli.store.delivery_store import StoredDelivery\n"
        "DeliveryStore(Path(sys.argv[1])).add(StoredDelivery(1.0, 'POST', '/', '', [], message_id='msg_2'))\n"
        "os._exit(0)"
    )
    processes.run([sys.executable, "-c", code, str(old_of(home))], cwd=Path(__file__).parents[2])
    assert (old_of(home).parent / "deliveries.sqlite-wal").stat().st_size > 0
    assert listed().exit_code == 0
    assert ids_of(new_of(home)) == ["msg_1", "msg_2"]
    assert not old_of(home).parent.exists()


def test_the_moved_file_and_its_folder_are_private(home: Path) -> None:
    keep(old_of(home), "msg_1")
    old_of(home).chmod(0o644)
    before = os.umask(0)
    try:
        assert listed().exit_code == 0
    finally:
        os.umask(before)
    assert stat.S_IMODE(new_of(home).stat().st_mode) == 0o600
    assert stat.S_IMODE(new_of(home).parent.stat().st_mode) == 0o700


def test_the_numbers_go_on_where_they_were(home: Path) -> None:
    keep(old_of(home), "msg_1", "msg_2")
    with closing(sqlite3.connect(old_of(home), isolation_level=None)) as plain:
        plain.execute("DELETE FROM kept WHERE number = 2")
    assert listed().exit_code == 0
    keep(new_of(home), "msg_3")
    assert [stored.number for stored in all_kept(new_of(home))] == [1, 3]


@pytest.mark.slow
def test_processes_that_start_at_once_move_it_once_and_all_read_it(home: Path) -> None:
    ids = [f"msg_{number}" for number in range(50)]
    keep(old_of(home), *ids)
    listing = [SCRIPT, "replay", "--list", "--json"]
    with ThreadPoolExecutor(5) as pool:
        done = list(pool.map(lambda _: processes.run(listing, text=True), range(5)))
    printed = [(one.stdout, one.stderr) for one in done]
    assert [[json.loads(line)["id"] for line in out.splitlines()] for out, _ in printed] == [ids] * 5
    assert [error.count("moved the stored") for _, error in printed].count(1) == 1
    assert (old_of(home).exists(), ids_of(new_of(home))) == (False, ids)


@pytest.mark.slow
def test_a_file_that_another_process_uses_stays_and_is_used(home: Path) -> None:
    old, new = old_of(home), new_of(home)
    keep(old, "msg_1")
    with opened(old) as listener:
        path, sentence = move_old_store(old, new)
        listener.add(StoredDelivery(2.0, "POST", "/", "", [], message_id="msg_2"))
        assert (path, new.exists()) == (old, False)
        assert "stay in" in sentence
        assert "SQLITE_BUSY" in sentence
    assert move_old_store(old, new)[0] == new
    assert ids_of(new) == ["msg_1", "msg_2"]


def test_on_a_full_disk_nothing_is_lost(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = old_of(home), new_of(home)
    keep(old, "msg_1")

    connect = sqlite3.connect

    class Full(sqlite3.Connection):
        """A copy fails as on a full disk."""

        def backup(self, target: sqlite3.Connection, **options: Any) -> None:
            target.execute("PRAGMA page_size = 512")
            target.execute("PRAGMA max_page_count = 1")
            target.execute("CREATE TABLE full (a)")

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        return connect(*arguments, **options, factory=Full)

    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", connected)
        path, sentence = move_old_store(old, new)
    assert (path, "SQLITE_FULL" in sentence) == (old, True)
    assert list(new.parent.iterdir()) == []
    assert ids_of(old) == ["msg_1"]
    assert move_old_store(old, new)[0] == new
    assert ids_of(new) == ["msg_1"]


def test_the_rest_of_a_move_that_was_killed_is_replaced(home: Path) -> None:
    old, new = old_of(home), new_of(home)
    keep(old, "msg_1")
    new.parent.mkdir(parents=True)
    new.with_name("deliveries.sqlite.partial").write_bytes(b"half a page")
    assert move_old_store(old, new)[0] == new
    assert ids_of(new) == ["msg_1"]
    assert not new.with_name("deliveries.sqlite.partial").exists()


def test_a_folder_that_cannot_be_written_keeps_the_old_file_in_use(home: Path) -> None:
    keep(old_of(home), "msg_1")
    new_of(home).parent.parent.mkdir(parents=True)
    new_of(home).parent.write_text("a file in the place of the folder")
    done = listed()
    assert (done.exit_code, json.loads(done.stdout)["id"]) == (0, "msg_1")
    assert "stored deliveries stay in" in done.stderr
    assert ids_of(old_of(home)) == ["msg_1"]


def test_two_files_are_both_left_as_they_are(home: Path) -> None:
    keep(old_of(home), "msg_1")
    keep(new_of(home), "msg_2")
    assert move_old_store(old_of(home), new_of(home)) == (new_of(home), "")
    assert (ids_of(old_of(home)), ids_of(new_of(home))) == (["msg_1"], ["msg_2"])


@pytest.mark.parametrize("content", [b"", b"no database " * 100])
def test_a_file_of_another_kind_is_left_alone(home: Path, content: bytes) -> None:
    old_of(home).parent.mkdir(parents=True)
    old_of(home).write_bytes(content)
    assert move_old_store(old_of(home), new_of(home)) == (new_of(home), "")
    assert old_of(home).read_bytes() == content


def test_another_store_keep_0_and_completion_move_nothing(home: Path) -> None:
    keep(old_of(home), "msg_1")
    keep(home / "mine.sqlite", "msg_2")
    mine = ["replay", "--list", "--json", "--store", str(home / "mine.sqlite")]
    assert json.loads(CliRunner().invoke(command, mine).stdout)["id"] == "msg_2"
    CliRunner().invoke(
        command,
        ["listen", "--keep", "0", "--port", "0", "--forward", "nothing"],
        env={"WEBHOOK_SECRET": SECRET},
    )
    CliRunner().invoke(command, ["replay", "--help"])
    assert (old_of(home).exists(), new_of(home).exists()) == (True, False)
