"""``replay``: deliveries that ``listen`` stored are sent again to real receivers."""

from __future__ import annotations

import json
import re
import shlex
import stat
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests.cli.listening import listening, post
from tests.cli.servers import serving
from tests.cli.terminal import in_pipe, in_terminal, too_wide
from tests.cli.test_leaks import leaks
from tests.providers.samples import SAMPLES
from tests.signing import SECRET
from webhook_verify import Signer
from webhook_verify.cli.group import command
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery

pytestmark = pytest.mark.server

BODY = b'{"type":"invoice.paid","data":{"amount":4200}}'


def hour_ago() -> int:
    return int(time.time()) - 3600


def keep(store: Path, headers: dict[str, str], body: bytes = BODY, **given: Any) -> None:
    """A delivery that was kept an hour ago."""
    pairs = [("content-type", "application/json"), *headers.items()]
    given = {"scheme": "standard-webhooks", "verdict": "verified", "target": "/", "url": "", **given}
    kept = DeliveryStore(store)
    kept.add(StoredDelivery(received_at=hour_ago(), method="POST", headers=pairs, body=body, **given))
    kept.close()


def keep_one(store: Path, id: str = "msg_1", **given: Any) -> None:
    keep(store, Signer(SECRET).sign(BODY, id=id, timestamp=hour_ago()), message_id=id, **given)


def replay(store: Path, *arguments: str, secret: str = SECRET, **environment: str) -> Result:
    env = {"WEBHOOK_SECRET": secret, "WEBHOOK_VERIFY_STORE": str(store), **environment}
    return CliRunner().invoke(command, ["replay", *arguments], env=env)


# Judged by a real receiver


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["svix", "standard-webhooks", "stripe", "github", "twilio", "mailgun", "adyen"]
)
def test_a_delivery_of_an_hour_ago_is_verified_again_and_known_as_the_same(
    name: str, store: Path, tmp_path: Path
) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed(timestamp=hour_ago())
    options = ["--scheme", name, *(["--public-url", "https://example.com"] if sample.url else [])]
    target = (sample.url or "https://example.com/hooks").removeprefix("https://example.com")
    with listening(tmp_path / "other.sqlite", *options, secret=sample.secret) as receiver:
        keep(store, headers, body, scheme=name, target=target, url=sample.url or "", message_id="msg_1")
        to = ["--to", receiver.origin]
        found = [replay(store, "1", *to, secret=sample.secret) for _ in range(2)]
        told = [receiver.told() for _ in found]
        as_it_was = replay(store, "1", "--as-it-was", *to, secret="")
        old = receiver.told()
    assert [one.exit_code for one in found] == [0, 0], found[0].output
    assert [one["verdict"] for one in told] == ["verified", "verified"]
    assert told[0]["path"] == target.partition("?")[0]
    if "webhook-id" in headers or "svix-id" in headers or name in ("mailgun", "stripe"):
        assert [one["id"] for one in told] == ["msg_1", "msg_1"]
        assert told[1]["duplicate_of"] == 1
    is_stamped = name not in ("github", "twilio", "adyen")
    assert (as_it_was.exit_code, old["reason"]) == ((1, "too_old") if is_stamped else (0, None))


@pytest.mark.slow
def test_what_listen_has_kept_goes_where_it_went(store: Path) -> None:
    with (
        serving(lambda headers, body: (200, b"thanks")) as app,
        listening(store, "--forward", app.url, secret=SECRET, as_json=False) as one,
    ):
        assert [one.line() for _ in range(2)]
        post(f"{one.origin}/?x=1", BODY, Signer(SECRET, scheme="svix").sign(BODY, id="msg_1"))
        assert [one.line() for _ in range(2)]
        # Two processes and one file, while listen runs.
        ended, printed, errors = in_pipe_with(store, "replay", "msg_1")
    assert (ended, errors) == (0, "")
    first, second = (headers for headers, _ in app.requests)
    assert "--> POST" in printed
    assert "[msg_1]  re-signed" in printed
    assert "<-- 200 in " in printed
    assert "thanks" in printed
    assert second["svix-id"] == first["svix-id"] == "msg_1"
    assert "webhook-id" not in second
    assert {body for _, body in app.requests} == {BODY}


def in_pipe_with(store: Path, *arguments: str) -> tuple[int, str, str]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("WEBHOOK_SECRET", SECRET)
        patched.setenv("WEBHOOK_VERIFY_STORE", str(store))
        return in_pipe(*arguments)


def test_as_it_was_sends_the_very_bytes_and_headers(store: Path) -> None:
    before = Signer(SECRET).sign(BODY, id="msg_1", timestamp=hour_ago())
    keep(store, before, message_id="msg_1")
    with serving(lambda headers, body: (200, b"")) as app:
        assert replay(store, "msg_1", "--as-it-was", "--to", app.url, secret="").exit_code == 0
    headers, body = app.requests[0]
    assert body == BODY
    assert before.items() <= headers.items()


def test_a_new_id_makes_it_another_delivery(store: Path, tmp_path: Path) -> None:
    keep_one(store)
    with listening(tmp_path / "other", secret=SECRET) as receiver:
        for _ in range(2):
            assert replay(store, "1", "--new-id", "--to", receiver.origin).exit_code == 0
        told = [receiver.told() for _ in range(2)]
    assert len({one["id"] for one in told} | {"msg_1"}) == 3
    assert {one["duplicate_of"] for one in told} == {None}


@pytest.mark.slow
def test_a_rejected_one_is_signed_anew_with_the_id_that_it_had(store: Path, tmp_path: Path) -> None:
    with listening(store, secret=SECRET) as one, listening(tmp_path / "other", secret=SECRET) as receiver:
        forged = {**Signer(SECRET).sign(BODY, id="msg_" + "9" * 60), "webhook-signature": "v1,x"}
        assert post(one.origin, BODY, forged).status_code == 401
        assert replay(store, "last", "--to", receiver.origin).exit_code == 0
        assert receiver.told()["id"] == forged["webhook-id"]


# Edited


def editor(tmp_path: Path, code: str) -> dict[str, str]:
    """The environment in which an editor does this to the text of ``path``."""
    script = tmp_path / "editor.py"
    script.write_text(
        f"import sys, pathlib\npath = pathlib.Path(sys.argv[1])\ntext = path.read_text()\n{code}"
    )
    return {"EDITOR": f"{sys.executable} {script}", "VISUAL": ""}


def test_the_edited_body_is_signed(store: Path, tmp_path: Path) -> None:
    keep_one(store)
    # As editors do, it ends the last line; the body had no end of line.
    own = editor(tmp_path, "path.write_text(text.replace('4200', '1') + '\\n')")
    with listening(tmp_path / "other", secret=SECRET) as receiver:
        assert replay(store, "1", "--edit", "--to", receiver.origin, **own).exit_code == 0
        assert receiver.told()["verdict"] == "verified"
        receiver.stop()
    with closing(DeliveryStore(tmp_path / "other")) as kept:
        assert next(kept.all()).body == BODY.replace(b"4200", b"1")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("path.write_text('{')", "not valid JSON"),
        ("path.write_text('')", "the body is empty"),
        ("sys.exit(1)", "the editor failed"),
    ],
)
def test_what_is_no_json_any_more_is_not_sent(store: Path, tmp_path: Path, code: str, says: str) -> None:
    keep_one(store)
    with serving(lambda headers, body: (200, b"")) as app:
        done = replay(store, "1", "--edit", "--to", app.url, **editor(tmp_path, code))
    assert done.exit_code == 2
    assert says in done.output
    assert app.requests == []


def test_a_person_is_asked_to_edit_again(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_one(store)
    once = "path.write_text('{' if '4200' in text else '{\"type\": \"second\"}')"
    for name, value in editor(tmp_path, once).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    with serving(lambda headers, body: (200, b"")) as app:
        arguments = ["replay", "1", "--edit", "--to", app.url, "--store", str(store)]
        ended, _ = in_terminal(*arguments, until="Edit again?", send=b"y\n")
    assert ended == 0
    assert [body for _, body in app.requests] == [b'{"type": "second"}']


# Shown


def test_list_shows_what_is_kept(store: Path) -> None:
    keep_one(store, event_type="invoice.paid", status=200)
    keep_one(store, "msg_2", event_type="x\x1b[31m", verdict="rejected", reason="too_old", status=401)
    printed = replay(store, "--list").output
    rows = [line.split() for line in printed.splitlines() if "msg_" in line]
    assert [row[0] for row in rows] == ["1", "2"]
    assert rows[0][3:] == ["invoice.paid", "msg_1", "verified", "200"]
    assert rows[1][3:] == ["x\\x1b[31m", "msg_2", "too_old", "401"]
    listed = [json.loads(line) for line in replay(store, "--list", "--json").output.splitlines()]
    assert [(one["number"], one["id"], one["verdict"]) for one in listed] == [
        (1, "msg_1", "verified"),
        (2, "msg_2", "rejected"),
    ]


@pytest.mark.parametrize("arguments", [["--list"], ["1"]])
def test_a_terminal_of_80_columns(store: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    keep_one(store, "msg_" + "x" * 60, event_type="y" * 60, forwarded_to="http://127.0.0.1:9/hooks")
    ended, printed = in_terminal("replay", *arguments, "--store", str(store))
    assert ended == (0 if "--list" in arguments else 3)
    assert too_wide(printed) == []


def test_json_is_one_object(store: Path) -> None:
    keep_one(store)
    with serving(lambda headers, body: (500, b"oh")) as app:
        done = replay(store, "1", "--json", "--to", f"{app.url}?token=abc")
    told = json.loads(done.output)
    assert told.pop("milliseconds") > 0
    assert told == {
        "number": 1,
        "id": "msg_1",
        "to": app.url,
        "signed": "fresh",
        "status": 500,
        "fault": None,
    }
    assert done.exit_code == 1


def test_nobody_there_is_exit_code_3(store: Path) -> None:
    keep_one(store)
    done = replay(store, "1", "--to", "http://127.0.0.1:9/")
    assert done.exit_code == 3
    assert "no connection" in done.output
    assert json.loads(replay(store, "1", "--to", "http://127.0.0.1:9/", "--json").output)["status"] is None


def test_a_saved_one_can_be_explained(store: Path, tmp_path: Path) -> None:
    keep_one(store)
    saved = tmp_path / "saved.json"
    assert replay(store, "1", "--save", str(saved)).exit_code == 0
    assert stat.S_IMODE(saved.stat().st_mode) == 0o600
    done = CliRunner().invoke(command, ["verify", "--from", str(saved)], env={"WEBHOOK_SECRET": SECRET})
    assert (done.exit_code, done.output.split()[:2]) == (0, ["verified:", "msg_1"])


PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "command.md").read_text("utf-8")


@pytest.mark.slow
def test_the_commands_of_the_page_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("WEBHOOK_SECRET", raising=False)
    monkeypatch.setenv("WEBHOOK_VERIFY_STORE", str(store))
    Path("secret.txt").write_text(SECRET)
    with serving(lambda headers, body: (204, b"")) as app:
        lines = re.findall(
            r"(?m)^\$ webhook-verify ((?:listen|replay) .*)",
            PAGE.replace("http://localhost:8000/hook", app.url),
        )
        (verb, *options), *others = map(shlex.split, lines)
        assert verb == "listen"
        with listening(store, *options, secret="") as one:
            post(one.origin, BODY, Signer(SECRET).sign(BODY, id="msg_1"))
        done = [in_pipe(*arguments) for arguments in others]
    assert [(code, errors) for code, _, errors in done] == [(0, "")] * len(others)
    assert len(app.requests) == 4


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--list"),
        (["1", "--list"], "--list"),
        (["7"], "no stored delivery has this id"),
        (["1"], "--to URL"),
        (["1", "--to", "nowhere"], "--to must be a URL"),
        (["1", "--as-it-was", "--edit"], "--as-it-was cannot be used with"),
        (["1", "--as-it-was", "--new-id"], "--as-it-was cannot be used with"),
        (["2", "--to", "http://127.0.0.1:9"], "its body was not stored"),
        (["3", "--to", "http://127.0.0.1:9"], "only PayPal can sign its deliveries"),
        (["4", "--to", "http://127.0.0.1:9"], "--plugin"),
        (["1", "--to", "http://127.0.0.1:9", "--scheme", "twilio"], "cannot sign for twilio"),
        (
            ["1", "--to", "http://127.0.0.1:9", "--scheme", "emporix", "--new-id"],
            "no header for the message id",
        ),
        (["5", "--to", "http://127.0.0.1:9"], "dot"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_and_exits_with_2(store: Path, arguments: list[str], says: str) -> None:
    keep_one(store)
    keep_one(store, is_whole=False)
    keep_one(store, scheme="paypal")
    keep_one(store, scheme="gone")
    signed = Signer(SECRET).sign(BODY, id="msg_1", timestamp=hour_ago())
    keep(store, {**signed, "webhook-id": "a.b"})
    done = replay(store, *arguments)
    assert done.exit_code == 2
    assert says in done.output


def test_a_store_that_is_not_there_is_not_made(store: Path) -> None:
    done = replay(store, "--list")
    assert done.exit_code == 2
    assert "webhook-verify listen" in done.output
    assert not store.exists()


def test_a_timestamp_in_the_body_cannot_be_made_fresh(store: Path) -> None:
    sample = next(each for each in SAMPLES.values() if _is_stamped_in_body(each.name))
    body, headers = sample.signed(timestamp=hour_ago())
    keep(store, headers, body, scheme=sample.name)
    done = replay(store, "1", "--to", "http://127.0.0.1:9", secret=sample.secret)
    assert (done.exit_code, "--edit" in done.output) == (2, True)


def _is_stamped_in_body(name: str) -> bool:
    from webhook_verify import schemes

    scheme = schemes.get(name)
    return scheme.has_timestamp_in_body and not scheme.has_signature_in_body and scheme.tolerance < 3600


@pytest.mark.slow
@pytest.mark.parametrize("name", ["standard-webhooks", "stripe", "github", "gitlab-token", "mailgun"])
@pytest.mark.parametrize("arguments", [["1"], ["1", "--json"], ["1", "--as-it-was"], ["--list"]])
def test_neither_secret_nor_signature_is_printed(store: Path, name: str, arguments: list[str]) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed(timestamp=hour_ago())
    keep(store, headers, body, scheme=name, message_id="msg_1")
    sent: list[str] = []

    def answer(headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        sent.extend(headers.values())
        return 500, json.dumps([headers, body.decode()]).encode()

    with serving(answer) as app:
        to = [] if "--list" in arguments else ["--to", app.url]
        printed = replay(store, *arguments, *to, secret=sample.secret).output
    values = [part for value in (*sent, *headers.values()) for part in value.replace("=", " ", 1).split()]
    shown = {"application/json"}
    assert (
        leaks(printed, sample.secret, *(one for one in values if len(one) >= 16 and one not in shown)) == []
    )


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "SECRET"],
        ["replay", "--list", "--store", "SECRET"],
        ["replay", "1", "--to", "SECRET"],
        ["replay", "1", "--to", "http://SECRET"],
        ["replay", "1", "--scheme", "SECRET"],
        ["replay", "1", "--save", "SECRET"],
        ["replay", "1", "--public-url", "SECRET"],
        ["listen", "SECRET"],
        ["listen", "--forward", "SECRET"],
        ["listen", "--forward", "http://x:SECRET@localhost/"],
        ["listen", "--host", "SECRET", "--port", "0"],
        ["listen", "--store", "SECRET/x", "--port", "0"],
        ["listen", "--public-url", "SECRET", "--port", "0"],
        ["listen", "--scheme", "SECRET"],
        ["listen", "--secret-file", "SECRET"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize(
    "secret", [SECRET, "correct horse battery staple", "0123456789abcdef0123456789abcdef"]
)
def test_a_secret_in_the_wrong_place_is_not_repeated(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], secret: str
) -> None:
    monkeypatch.chdir(tmp_path)
    Path(secret).write_text("")  # so that a folder of this name cannot be made
    keep_one(store)
    called = [word.replace("SECRET", secret) for word in arguments]
    env = {"WEBHOOK_SECRET": SECRET, "WEBHOOK_VERIFY_STORE": str(store)}
    done = CliRunner().invoke(command, called, env=env)
    assert done.exit_code in (0, 2, 3)
