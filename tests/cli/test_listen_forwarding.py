"""``listen`` with a real application: the forwarded requests of any scheme, and the responses."""

from __future__ import annotations

import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.listen_target import BODY, OK, Application, all_kept, signed
from tests.cli.listening import listening, post
from tests.cli.servers import serving
from tests.integrations import sender, servers
from tests.providers.samples import SAMPLES
from tests.signing import SECRET
from webhook_verify import Signer

pytestmark = pytest.mark.server


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
    request = f"POST {sent} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {len(BODY)}\r\n{head}\r\n"
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("answer", "after", "status", "fault"),
    [
        (b"HTTP/1.1 500 Oh\r\ncontent-length: 2\r\n\r\nno", 0, 500, None),
        (b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n", 0, 302, None),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 0, 204, None),
        (OK, 1.5, 504, "no response within 0.5 s"),
        (b"", 0, 502, "no response (RemoteProtocolError)"),
        (b"what?\r\n\r\n", 0, 502, "no response (RemoteProtocolError)"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n", 0, 502, "no response (RemoteProtocolError)"),
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
    assert lines[1].endswith(
        "<-- no connection: is the application running?; responded 502 to the sender (#1)"
    )


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
    assert all_kept(store)[0].body == body


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
        assert one.line().endswith("GET /hooks  handshake dropbox challenge, responded 200")
        assert post(f"{one.origin}/hooks", b"", method="PUT").status_code == 405
        assert one.line().endswith("PUT /hooks  not a delivery, responded 405")
    assert all_kept(store) == []
