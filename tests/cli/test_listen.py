"""``listen``: a real process that real deliveries are sent to, and a real application behind it."""

from __future__ import annotations

import json
import re
import signal
import socket
import sqlite3
import stat
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from click.testing import CliRunner

from tests import processes
from tests.cli.listening import SCRIPT, listening, post
from tests.cli.servers import serving
from tests.cli.test_leaks import leaks
from tests.cli.test_terminal import in_terminal, width_of
from tests.integrations import sender, servers
from tests.providers.samples import SAMPLES
from tests.signing import SECRET
from tests.waiting import patience, wait_until
from webhook_verify import Signer
from webhook_verify.cli.group import command
from webhook_verify.cli.store.delivery_store import DeliveryStore, DeliveryStoreError, StoredDelivery

pytestmark = pytest.mark.server

BODY = b'{"type":"endpoint.created","data":{}}'


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite"


def signed(body: bytes = BODY, **given: Any) -> dict[str, str]:
    return Signer(SECRET).sign(body, **given)


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
        listening(store, "--forward", app.url, secret=SECRET, as_json=False) as one,
    ):
        assert [one.line() for _ in range(2)]
        answer = post(one.origin, BODY + b" ", signed(id="msg_1"))
        assert (answer.status_code, answer.json()) == (401, {"result": "unauthorized"})
        assert one.line().endswith(
            "endpoint.created [msg_1]  rejected: signature_mismatch, answered 401 (#1)"
        )
        detail = one.line()
        stale = post(one.origin, BODY, signed(timestamp=int(time.time()) - 3600))
        assert stale.status_code == 401
        assert "rejected: too_old, answered 401 (#2)" in one.line()
    assert detail.startswith(" " * 14)
    assert app.requests == []


@pytest.mark.slow
def test_explain_tells_the_first_cause(store: Path) -> None:
    spaced = json.dumps(json.loads(BODY)).encode()
    with listening(store, "--explain", secret=SECRET, as_json=False) as one:
        one.line()
        post(one.origin, spaced, signed())
        assert "rejected: signature_mismatch" in one.line()
        assert "body_reserialized (certain): " in one.line()
    with listening(store, "--explain", secret=SECRET) as one:
        post(one.origin, spaced, signed())
        assert one.told()["diagnosis"]["causes"][0]["cause"] == "body_reserialized"


@pytest.mark.slow
def test_a_faulty_plugin_costs_the_explanation_alone(store: Path, tmp_path: Path) -> None:
    plugin = tmp_path / "faulty.py"
    plugin.write_text(
        "from webhook_verify.schemes import HeaderScheme, register\n"
        "class Faulty(HeaderScheme):\n"
        "    def verifying_key(self, secret):\n"
        "        raise RuntimeError(secret.reveal())\n"
        "register(Faulty('faulty', signature_header='webhook-signature'))\n"
    )
    with listening(store, "--explain", secret=SECRET, plugin=plugin) as one:
        post(one.origin, BODY + b"x", signed())
        assert one.told()["reason"] == "signature_mismatch"
        one.stop()
    assert json.loads(one.errors) == {"warning": "a rejection could not be explained: RuntimeError"}


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
    arguments = ["listen", "--port", str(port), "--store", str(store), "--explain", *mode]
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


# Passing on


def test_the_application_gets_the_bytes_and_headers_as_they_came(store: Path) -> None:
    body = b'{"type": "x",  "a": "Zo\xc3\xab\\u00eb"}\n'
    given = {**signed(body), "X-Odd": "a,  b", "Content-Type": "application/json; charset=utf-8"}
    with (
        serving(lambda headers, body: (202, b"thanks")) as app,
        listening(store, "--forward", app.url, secret=SECRET) as one,
    ):
        answer = post(one.origin, body, {**given, "Connection": "x-hop", "X-Hop": "1", "TE": "trailers"})
        told = one.told()
    headers, came = app.requests[0]
    assert came == body
    assert {name.lower(): value for name, value in given.items()}.items() <= headers.items()
    assert not headers.keys() & {"x-hop", "te", "connection"}
    assert headers["host"] == app.url.split("/")[2]
    assert (answer.status_code, answer.content) == (202, b"thanks")
    assert (told["status"], told["fault"]) == (202, None)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("forward", "sent", "called"),
    [
        ("", "/a%2Fb/../c?x=%20+1", "/a%2Fb/../c?x=%20+1"),
        ("/", "/a", "/a"),
        ("/hooks", "/a?x=1", "/hooks?x=1"),
        ("/hooks?y=2", "/a?x=1", "/hooks?y=2&x=1"),
    ],
)
def test_an_origin_gets_the_path_and_a_whole_address_the_query(
    store: Path, forward: str, sent: str, called: str
) -> None:
    head = "".join(f"{name}: {value}\r\n" for name, value in signed().items())
    request = f"POST {sent} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(BODY)}\r\n{head}\r\n"
    with (
        Application(OK) as (origin, requests),
        listening(store, "--forward", origin + forward, secret=SECRET) as one,
        socket.create_connection(_address(one.origin)) as plain,
    ):
        plain.sendall(request.encode() + BODY)
        assert plain.recv(4096).startswith(b"HTTP/1.1 200")
    assert requests[0].startswith(f"POST {called} HTTP/1.1\r\n".encode())


def _address(origin: str) -> tuple[str, int]:
    host, _, port = origin.removeprefix("http://").partition(":")
    return host, int(port)


class Application:
    """An application of few words: it keeps the head of each request, and gives one answer."""

    def __init__(self, answer: bytes, after: float = 0) -> None:
        self._answer, self._after = answer, after
        self._requests: list[bytes] = []

    def __enter__(self) -> tuple[str, list[bytes]]:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}", self._requests

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            with connection:
                request = b""
                while not request.endswith(BODY):
                    request += connection.recv(65536)
                self._requests.append(request)
                time.sleep(self._after)
                connection.sendall(self._answer)

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join()


OK = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "after", "status", "fault"),
    [
        (b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno", 0, 500, None),
        (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n", 0, 302, None),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 0, 204, None),
        (OK, 1.5, 504, "no answer within 0.5 s"),
        (b"", 0, 502, "no answer (RemoteProtocolError)"),
        (b"what?\r\n\r\n", 0, 502, "no answer (RemoteProtocolError)"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n", 0, 502, "no answer (RemoteProtocolError)"),
    ],
    ids=["500", "redirect", "204", "slow", "nothing", "no HTTP", "half an answer"],
)
def test_the_sender_is_answered_as_the_application_answers(
    store: Path, answer: bytes, after: float, status: int, fault: str | None
) -> None:
    with (
        Application(answer, after) as (origin, requests),
        listening(store, "--forward", origin, "--timeout", "0.5", secret=SECRET) as one,
    ):
        assert post(one.origin, BODY, signed()).status_code == status
        told = one.told()
    assert (told["status"], told["fault"]) == (status, fault)
    assert len(requests) == 1


def test_a_sender_comes_back_when_the_application_is_down(store: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with listening(store, "--forward", f"http://127.0.0.1:{port}", secret=SECRET, as_json=False) as one:
        assert [one.line() for _ in range(2)]
        assert post(one.origin, BODY, signed()).status_code == 502
        lines = [one.line(), one.line()]
    assert lines[1].endswith("<-- no connection: is the application up?, so the sender is answered 502 (#1)")


FLASK = servers.Server("flask", "gunicorn-gthread", servers._gthread, frozenset())


@pytest.mark.slow
def test_the_flask_application_behind_it_verifies_the_same_deliveries(store: Path, tmp_path: Path) -> None:
    with servers.running(FLASK, tmp_path) as app:
        url = f"http://127.0.0.1:{app.port}/webhooks/svix"
        secret = sender.SECRET
        with listening(store, "--forward", url, secret=secret) as one:
            signer = Signer(secret)
            sent = [f"msg_{number}" for number in range(20)]
            with ThreadPoolExecutor(20) as at_once:
                answers = list(
                    at_once.map(lambda name: post(one.origin, BODY, signer.sign(BODY, id=name)), sent)
                )
            told = [one.told() for _ in sent]
            assert post(one.origin, BODY + b" ", signer.sign(BODY)).status_code == 401
        assert {answer.status_code for answer in answers} == {200}
        assert sorted(app.handled_ids()) == sorted(sent)
    assert sorted(each["id"] for each in told) == sorted(sent)
    assert sorted(each["number"] for each in told) == list(range(1, 21))
    assert {each["verdict"] for each in told} == {"verified"}


# Schemes


@pytest.mark.slow
@pytest.mark.parametrize("name", ["svix", "stripe", "github", "twilio", "mailgun"])
def test_every_scheme_is_verified_kept_and_passed_on(name: str, store: Path, tmp_path: Path) -> None:
    sample = SAMPLES[name]
    options = ["--scheme", name]
    target = "/"
    if sample.url:
        options += ["--public-url", "https://example.com"]
        target = sample.url.removeprefix("https://example.com")
    behind = tmp_path / "behind.sqlite"
    with (
        listening(behind, *options, secret=sample.secret) as app,
        listening(store, *options, "--forward", app.origin, secret=sample.secret) as one,
    ):
        body, headers = sample.signed(timestamp=int(time.time()))
        assert post(one.origin + target, body, headers).status_code == 200
        assert (app.told()["verdict"], one.told()["verdict"]) == ("verified", "verified")
        forged, headers = sample.signed(sample.other_secret, timestamp=int(time.time()))
        assert post(one.origin + target, forged, headers).status_code == 401
        assert one.told()["reason"] == "signature_mismatch"
        assert app.stop() == (0, [])  # it heard nothing of that
        _, rest = one.stop()
        assert rest == []
    assert _all(store)[0].body == body


def _all(store: Path) -> list[StoredDelivery]:
    kept = DeliveryStore(store, must_exist=True)
    found = list(kept.all())
    kept.close()
    return found


def test_without_a_public_url_the_address_that_is_called_is_the_signed_one(store: Path) -> None:
    sample = SAMPLES["twilio"]
    with listening(store, "--scheme", "twilio", secret=sample.secret) as one:
        url = f"{one.origin}/hooks?tenant=1"
        headers = sample.signer().sign(b"Body=1", url=url, method="POST")
        assert post(url, b"Body=1", headers).status_code == 200
        assert one.told()["verdict"] == "verified"


def test_a_handshake_is_answered_shown_and_not_passed_on(store: Path) -> None:
    sample = SAMPLES["slack"]
    body = b'{"type": "url_verification", "challenge": "abc123"}'
    with (
        serving(lambda headers, body: (200, b"")) as app,
        listening(store, "--scheme", "slack", "--forward", app.url, secret=sample.secret) as one,
    ):
        answer = post(one.origin, body, sample.signer().sign(body))
        told = one.told()
    assert (answer.status_code, answer.text) == (200, "abc123")
    assert (told["verdict"], told["status"]) == ("handshake", 200)
    assert "url_verification" in told["reason"]
    assert app.requests == []


def test_an_unsigned_handshake_is_answered_too(store: Path) -> None:
    with listening(store, "--scheme", "dropbox", secret="dropbox-app-secret", as_json=False) as one:
        one.line()
        answer = post(f"{one.origin}/hooks?challenge=abc123", b"", method="GET")
        assert (answer.status_code, answer.text) == (200, "abc123")
        assert one.line().endswith("GET /hooks  handshake dropbox challenge, answered 200")
        assert post(f"{one.origin}/hooks", b"", method="PUT").status_code == 405
        assert one.line().endswith("PUT /hooks  no delivery, answered 405")
    assert _all(store) == []


# Limits, and what is kept


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
    found = _all(store)
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
        (_foreign, "the file of another program"),
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
    assert json.loads(one.errors) == {"warning": "a delivery could not be kept: SQLite says SQLITE_ERROR"}


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
    assert f"cannot listen at port {port}" in done.output


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--forward", "nowhere"], "--forward is an address"),
        (["--forward", "ftp://example.com"], "--forward is an address"),
        (["--forward", "http://a:b@example.com"], "no user"),
        (["--forward", "http://example.com:x"], "--forward is an address"),
        (["--forward", "http://localhost:4243", "--port", "4243"], "this listens at"),
        (["--public-url", "example.com"], "--public-url"),
        (["--host", "no.such.host.invalid"], "--host"),
        (["--tolerance", "0"], "no off switch"),
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
    with listening(store, "--scheme", name, "--explain", *arguments, secret=sample.secret) as one:
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
