"""``replay``: where it sends a delivery without ``--to``, and what ``--save`` overwrites."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from tests.cli.listening import listening, post
from tests.cli.servers import serving
from tests.cli.test_replay import BODY, keep_one, replay
from tests.signing import SECRET
from webhook_verify import Signer

pytestmark = pytest.mark.server


@pytest.mark.slow
def test_a_rejected_or_failed_one_goes_where_it_would_have_gone(store: Path) -> None:
    statuses = iter([500, 200, 200, 200])
    with (
        serving(lambda headers, body: (next(statuses), b"")) as app,
        serving(lambda headers, body: (200, b"")) as other,
    ):
        with listening(store, "--forward", app.url, secret=SECRET) as one:
            post(f"{one.origin}/hooks?x=1", BODY + b" ", Signer(SECRET).sign(BODY, id="msg_1"))
            post(f"{one.origin}/hooks", BODY, Signer(SECRET).sign(BODY, id="msg_2"))
            told = [one.told() for _ in range(2)]
        sent = [replay(store, number, "--json") for number in ("1", "2")]
        elsewhere = replay(store, "1", "--to", other.url)
    assert [each["verdict"] for each in told] == ["rejected", "verified"]
    assert [each["status"] for each in told] == [401, 500]
    assert [each.exit_code for each in sent] == [0, 0]
    assert [json.loads(each.stdout)["to"] for each in sent] == [app.url] * 2
    assert [headers["webhook-id"] for headers, _ in app.requests] == ["msg_2", "msg_1", "msg_2"]
    assert f"--> POST {other.url} [msg_1]" in elsewhere.stdout
    assert len(other.requests) == 1


def test_without_forward_the_target_must_be_passed(store: Path) -> None:
    keep_one(store, verdict="rejected")
    done = replay(store, "1")
    assert done.exit_code == 2
    assert "listen received this delivery without --forward: pass --to URL" in done.stderr


def test_save_overwrites_a_file_only_with_force(store: Path, tmp_path: Path) -> None:
    keep_one(store)
    saved, link = tmp_path / "saved.json", tmp_path / "link.json"
    saved.write_text("mine")
    saved.chmod(0o644)
    link.symlink_to(saved)
    for name in (saved, link):
        refused = replay(store, "1", "--save", str(name))
        assert (refused.exit_code, saved.read_text()) == (2, "mine")
        assert f"{name} exists: pass --force to overwrite it" in refused.stderr.replace("\n", " ")
    assert replay(store, "1", "--save", str(link), "--force").exit_code == 0
    assert json.loads(saved.read_text())["body"] == BODY.decode()
    assert (link.is_symlink(), stat.S_IMODE(saved.stat().st_mode)) == (True, 0o600)
    assert sorted(tmp_path.glob("*.json")) == [link, saved]
    assert list(tmp_path.glob(".webhook-verify-*")) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["1", "--force"], "--force can only be used with --save"),
        (["1", "--save", "FOLDER", "--force"], "not a regular file"),
        (["1", "--save", "/dev/null", "--force"], "not a regular file"),
        (["1", "--save", "FOLDER/absent/saved.json", "--force"], "No such file or directory"),
    ],
)
def test_what_cannot_be_overwritten_is_said(
    store: Path, tmp_path: Path, arguments: list[str], says: str
) -> None:
    keep_one(store)
    done = replay(store, *(each.replace("FOLDER", str(tmp_path)) for each in arguments))
    assert done.exit_code == 2
    assert says in done.stderr
