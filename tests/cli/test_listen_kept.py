"""Deliveries that ``listen`` stores: their content, access and limits."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from tests.cli.listen_target import BODY, all_kept, signed
from tests.cli.listening import listening, post
from tests.signing import SECRET
from tests.waiting import patience
from webhook_verify.cli.group import command
from webhook_verify.cli.store.delivery_store import DeliveryStore, DeliveryStoreError, StoredDelivery

pytestmark = pytest.mark.server


def test_a_body_over_the_limit_is_refused_and_shown(store: Path) -> None:
    body = b'{"padding": "' + b"x" * 2000 + b'"}'
    with listening(store, "--max-body", "1000", secret=SECRET) as one:
        assert post(one.origin, body, signed(body)).status_code == 413
        told = one.told()
        pieces = iter([body[:900], body[900:]])
        with httpx2.Client(trust_env=False, timeout=patience(20)) as client:
            assert client.post(one.origin, content=pieces, headers=signed(body)).status_code == 413
        assert one.told()["reason"] == "body_too_large"
        assert post(one.origin, BODY, signed()).status_code == 200
    assert (told["reason"], told["body_bytes"], told["status"]) == ("body_too_large", None, 413)


@pytest.mark.slow
def test_only_the_last_are_kept_as_they_came_for_the_owner_alone(store: Path) -> None:
    with listening(store, "--keep", "3", secret=SECRET) as one:
        headers = [signed(id=f"msg_{number}") for number in range(5)]
        for each in headers:
            post(f"{one.origin}/hooks?x=1", BODY, each)
            one.told()
        files = [path for path in store.parent.iterdir() if path.name.startswith(store.name)]
        assert len(files) == 3  # with the log and the index of SQLite
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    found = all_kept(store)
    assert [each.number for each in found] == [3, 4, 5]
    assert [each.message_id for each in found] == ["msg_2", "msg_3", "msg_4"]
    assert (found[0].target, found[0].method, found[0].body) == ("/hooks?x=1", "POST", BODY)
    assert set(headers[2].items()) <= set(found[0].headers)
    with sqlite3.connect(store) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()


def test_bodies_are_bounded_together_and_the_newest_stays(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("webhook_verify.cli.store.delivery_store.MAX_STORE_BYTES", 100)
    kept = DeliveryStore(store, 50)
    found: list[list[int]] = []
    for size in (40, 40, 40, 500, 10):
        kept.add(_kept(body=b"x" * size))
        found.append([each.number for each in kept.all()])
    kept.close()
    assert found == [[1], [1, 2], [2, 3], [4], [5]]


def _kept(**given: Any) -> StoredDelivery:
    return StoredDelivery(1.0, "POST", "/", "", [("webhook-signature", "v1,secret")], **given)


def test_a_kept_delivery_shows_nothing_by_its_repr() -> None:
    assert "secret" not in repr(_kept())


def test_keep_0_writes_no_file_and_still_knows_a_duplicate(store: Path) -> None:
    with listening(store, "--keep", "0", secret=SECRET) as one:
        for _ in range(2):
            post(one.origin, BODY, signed(id="msg_1"))
        assert [one.told()["duplicate_of"], one.told()["duplicate_of"]] == [None, 1]
    assert not store.exists()


@pytest.mark.slow
def test_two_may_share_a_file(store: Path) -> None:
    with listening(store, secret=SECRET) as one, listening(store, secret=SECRET) as other:
        post(one.origin, BODY, signed(id="msg_1"))
        post(other.origin, BODY, signed(id="msg_1"))
        assert (one.told()["number"], other.told()["duplicate_of"]) == (1, 1)


def _foreign(path: Path) -> None:
    with sqlite3.connect(path) as plain:
        plain.execute("CREATE TABLE theirs (a)")
    plain.close()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda path: path.write_text("no database " * 100), "SQLITE_NOTADB"),
        (_foreign, "the file belongs to another program"),
        (lambda path: path.symlink_to(path.parent / "absent" / "x"), "SQLITE_CANTOPEN"),
    ],
    ids=["text", "another's", "dangling"],
)
def test_a_file_of_another_kind_is_left_alone(store: Path, make: Callable[[Path], Any], says: str) -> None:
    make(store)
    before = store.read_bytes() if store.is_file() else b""
    with pytest.raises(DeliveryStoreError, match=says):
        DeliveryStore(store)
    assert (store.read_bytes() if store.is_file() else b"") == before
    done = CliRunner().invoke(
        command, ["listen", "--port", "0", "--store", str(store)], env={"WEBHOOK_SECRET": SECRET}
    )
    assert done.exit_code == 2
    assert says in done.output


@pytest.mark.slow
def test_a_full_disk_costs_no_delivery(store: Path) -> None:
    with listening(store, secret=SECRET) as one:
        with sqlite3.connect(store) as plain:
            plain.execute("DROP TABLE kept")
        plain.close()
        assert post(one.origin, BODY, signed()).status_code == 200
        assert one.told()["number"] is None
        one.stop()
    assert json.loads(one.errors) == {"warning": "could not store a delivery: SQLite error SQLITE_ERROR"}
