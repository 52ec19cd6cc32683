"""``listen`` as a real process: its output for deliveries, and its end."""

from __future__ import annotations

import json
import re
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests import processes
from tests.cli.listen_target import BODY, OK, Application, signed
from tests.cli.listening import SCRIPT, listening, post
from tests.cli.servers import serving
from tests.cli.terminal import in_terminal, width_of
from tests.cli.test_leaks import leaks
from tests.providers.samples import SAMPLES
from tests.signing import SECRET
from tests.waiting import patience, wait_until
from webhook_verify.cli.group import command

pytestmark = pytest.mark.server


# What it prints


def test_a_delivery_and_its_answer_are_two_arrows(store: Path) -> None:
    with (
        serving(lambda headers, body: (204, b"")) as app,
        listening(store, "--forward", app.url, secret=SECRET, as_json=False) as one,
    ):
        said = [one.line(), one.line()]
        assert post(one.origin, BODY, signed(id="msg_1")).status_code == 204
        lines = [one.line(), one.line()]
        ended, rest = one.stop()
    assert app.url in said[0]
    assert str(store.name) in said[1]
    assert re.fullmatch(
        r"\d\d:\d\d:\d\d  --> endpoint\.created \[msg_1\]  verified key=WEBHOOK_SECRET \(#1\)", lines[0]
    )
    assert re.fullmatch(r"\d\d:\d\d:\d\d  <-- 204 in \d+ ms \(#1\)", lines[1])
    assert (ended, rest, one.errors) == (0, ["stopped"], "")


def test_the_secret_in_use_is_named_after_its_file(store: Path, tmp_path: Path) -> None:
    new, old = tmp_path / "2026-11.txt", tmp_path / "2026-05.txt"
    new.write_text("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD")
    old.write_text(SECRET)
    files = ["--secret-file", str(new), "--secret-file", str(old)]
    with listening(store, *files, secret="") as one:
        post(one.origin, BODY, signed())
        assert one.told()["key"] == "2026-05"


def test_a_rejection_tells_its_reason_and_is_not_passed_on(store: Path) -> None:
    with (
        serving(lambda headers, body: (200, b"")) as app,
        listening(store, "--forward", app.url, "--no-explain", secret=SECRET, as_json=False) as one,
    ):
        assert [one.line() for _ in range(2)]
        answer = post(one.origin, BODY + b" ", signed(id="msg_1"))
        assert (answer.status_code, answer.json()) == (401, {"result": "unauthorized"})
        assert one.line().endswith(
            "endpoint.created [msg_1]  rejected: signature_mismatch, responded 401 (#1)"
        )
        detail = one.line()
        stale = post(one.origin, BODY, signed(timestamp=int(time.time()) - 3600))
        assert stale.status_code == 401
        assert "rejected: too_old, responded 401 (#2)" in one.line()
    assert detail.startswith(" " * 14)
    assert app.requests == []


@pytest.mark.slow
@pytest.mark.parametrize("option", [[], ["--explain"]])
def test_the_first_cause_is_told_by_default(store: Path, option: list[str]) -> None:
    spaced = json.dumps(json.loads(BODY)).encode()
    with listening(store, *option, secret=SECRET, as_json=False) as one:
        one.line()
        post(one.origin, spaced, signed())
        assert "rejected: signature_mismatch" in one.line()
        assert "body_reserialized (certain): " in one.line()
    with listening(store, *option, secret=SECRET) as one:
        post(one.origin, spaced, signed())
        assert one.told()["diagnosis"]["causes"][0]["cause"] == "body_reserialized"


def test_no_explain_tells_the_reason_alone(store: Path) -> None:
    with listening(store, "--no-explain", secret=SECRET) as one:
        post(one.origin, BODY + b" ", signed())
        told = one.told()
    assert (told["reason"], "diagnosis" in told) == ("signature_mismatch", False)


@pytest.mark.slow
def test_a_faulty_plugin_costs_the_explanation_alone(store: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "faulty.py"
    plugin.write_text(
        "from webhook_verify.schemes import HeaderScheme, register\n"
        "class Faulty(HeaderScheme):\n"
        "    def verifying_key(self, secret):\n"
        "        raise RuntimeError(secret.reveal())\n"
        "register(Faulty('faulty', signature_header='x-faulty-signature'))\n"
    )
    with listening(store, secret=SECRET, plugin=plugin) as one:
        post(one.origin, BODY + b"x", {**signed(), "X-Faulty-Signature": "0a" * 32})
        assert one.told()["reason"] == "signature_mismatch"
        one.stop()
    assert json.loads(one.errors) == {"warning": "could not explain a rejection: RuntimeError"}


def test_json_is_one_object_per_request(store: Path) -> None:
    with listening(store, secret=SECRET) as one:
        headers = signed(id="msg_1")
        post(one.origin + "/hooks?token=abc", BODY, headers)
        verified = one.told()
        post(one.origin + "/hooks", BODY, headers)
        again = one.told()
        post(one.origin + "/hooks", b"{}", {"webhook-id": "msg_2"})
        rejected = one.told()
        ended, rest = one.stop()
    assert verified.pop("received_at") == pytest.approx(time.time(), abs=60)
    assert verified == {
        "number": 1,
        "method": "POST",
        "path": "/hooks",
        "id": "msg_1",
        "event_type": "endpoint.created",
        "scheme": "standard-webhooks",
        "verdict": "verified",
        "reason": None,
        "detail": None,
        "key": "WEBHOOK_SECRET",
        "duplicate_of": None,
        "body_bytes": len(BODY),
        "status": 200,
    }
    assert again["duplicate_of"] == 1
    assert (rejected["verdict"], rejected["reason"], rejected["status"]) == (
        "rejected",
        "missing_header",
        400,
    )
    assert (ended, rest) == (0, [])


def test_a_duplicate_is_shown_as_such_and_passed_on(store: Path) -> None:
    """Whether the application knows it again is to be seen."""
    with (
        serving(lambda headers, body: (200, b"")) as app,
        listening(store, "--forward", app.url, secret=SECRET, as_json=False) as one,
    ):
        assert [one.line() for _ in range(2)]
        for _ in range(2):
            post(one.origin, BODY, signed(id="msg_1"))
        lines = [one.line() for _ in range(4)]
    assert lines[2].endswith("verified key=WEBHOOK_SECRET, duplicate of #1 (#2)")
    assert len(app.requests) == 2


HOSTILE = "\x1b[2J\x1b]0;owned\x07 a\u202eb\x9b31m\r\nx\x7f"


@pytest.mark.slow
def test_what_comes_from_the_network_moves_no_cursor(store: Path) -> None:
    body = json.dumps({"type": HOSTILE}).encode()
    for as_json in (False, True):
        with listening(store, secret=SECRET, as_json=as_json) as one:
            post(one.origin + "/%1b[2J%9b", body, signed(body))
            post(one.origin + "/%1b[2J%9b", b"\x1b[31m", signed(body))
            printed = "\n".join(one.stop()[1])
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", printed)
        assert "owned" in printed


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.*forkpty:DeprecationWarning")  # the child executes the command at once
@pytest.mark.parametrize("mode", [[], ["--json"]])
def test_a_terminal_of_80_columns_and_ctrl_c(
    store: Path, monkeypatch: pytest.MonkeyPatch, mode: list[str]
) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TERM", "xterm-256color")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    body = json.dumps({"type": "wide.\x1b[2J" + "界" * 60}).encode()
    headers = signed(body, id="msg_" + "x" * 60)

    def send() -> None:
        wait_until(lambda: _is_up(port))
        post(f"http://127.0.0.1:{port}/", body, headers)
        post(f"http://127.0.0.1:{port}/", body + b" ", headers)

    sender = threading.Thread(target=send)
    sender.start()
    arguments = ["listen", "--port", str(port), "--store", str(store), *mode]
    ended, printed = in_terminal(*arguments, until="rejected", send=b"\x03")
    sender.join()
    assert ended == 0
    assert "Traceback" not in printed
    assert "\x1b[2J" not in printed
    if not mode:
        assert [line for line in printed.splitlines() if width_of(line) > 80 and "界" not in line] == []


def _is_up(port: int) -> bool:
    with socket.socket() as trying:
        return trying.connect_ex(("127.0.0.1", port)) == 0


# The end, and mistakes


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_with_0_and_the_answer_in_flight_is_given(store: Path, how: int) -> None:
    with (
        Application(OK, after=1) as (origin, requests),
        listening(store, "--forward", origin, secret=SECRET) as one,
        ThreadPoolExecutor(1) as sending,
    ):
        answer = sending.submit(post, one.origin, BODY, signed())
        wait_until(lambda: bool(requests))
        assert one.stop(how)[0] == 0
        assert answer.result().status_code == 200
    assert one.errors == ""


@pytest.mark.slow
def test_it_ends_when_nobody_reads_it_any_more(store: Path) -> None:
    with listening(store, secret=SECRET) as one:
        assert one.process.stdout is not None
        one.process.stdout.close()
        assert post(one.origin, BODY, signed()).status_code == 503
        assert one.process.wait(timeout=patience(15)) == 141
        assert one.process.stderr is not None
        assert one.process.stderr.read() == ""


def test_a_port_that_is_taken_is_told(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = CliRunner().invoke(
            command, ["listen", "--port", port, "--store", str(store)], env={"WEBHOOK_SECRET": SECRET}
        )
    assert done.exit_code == 2
    assert f"cannot listen on port {port}" in done.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--forward", "nowhere"], "--forward must be a URL"),
        (["--forward", "ftp://example.com"], "--forward must be a URL"),
        (["--forward", "http://a:b@example.com"], "must not contain a user"),
        (["--forward", "http://example.com:x"], "--forward must be a URL"),
        (["--forward", "http://localhost:4243", "--port", "4243"], "not of this listener"),
        (["--public-url", "example.com"], "--public-url"),
        (["--host", "no.such.host.invalid"], "--host"),
        (["--tolerance", "0"], "it cannot be disabled"),
        (["--keep", "-1"], "--keep"),
        (["--scheme", "strpe"], "stripe"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_mistake_is_told_and_exits_with_2(store: Path, arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(
        command,
        ["listen", "--port", "0", "--store", str(store), *arguments],
        env={"WEBHOOK_SECRET": SECRET},
    )
    assert done.exit_code == 2
    assert says in done.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "arguments"),
    [("standard-webhooks", []), ("stripe", ["--json"]), ("gitlab-token", []), ("mailgun", ["--json"])],
)
def test_neither_secret_nor_signature_is_printed(store: Path, name: str, arguments: list[str]) -> None:
    sample = SAMPLES[name]
    body, headers = sample.signed(timestamp=int(time.time()))
    stale = sample.signed(timestamp=int(time.time()) - 7200)
    with listening(store, "--scheme", name, *arguments, secret=sample.secret) as one:
        post(f"{one.origin}/{sample.secret.replace(' ', '')}", body, headers)
        post(one.origin, body + b" ", {name: value + "x" for name, value in headers.items()})
        post(one.origin, *stale)
        printed = "\n".join(one.stop()[1]) + one.errors
    values = [part for value in headers.values() for part in re.split(r"[ ,=]", value)]
    values += re.findall(rb"[0-9a-f]{40,}", body)
    texts = [each.decode() if isinstance(each, bytes) else each for each in values]
    assert printed
    assert leaks(printed, sample.secret, *(text for text in texts if len(text) >= 16)) == []


@pytest.mark.slow
def test_help_has_examples() -> None:
    for verb in ("listen", "replay"):
        printed = processes.run([SCRIPT, verb, "--help"], text=True, check=False)
        assert f"webhook-verify {verb} " in printed.stdout
