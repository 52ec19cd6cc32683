"""The HTTP client of the probe, with servers that respond with anything, nothing, too much or too late."""

from __future__ import annotations

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.cli.probe.helpers import faults_of, probe, verdicts_of
from tests.cli.probe.reference_receiver import HOOK, LIMIT, Receiver, serving
from tests.waiting import patience
from webhook_verify.cli.probe.raw_http import (
    CLOSED,
    NOT_HTTP,
    TIMED_OUT,
    RawClient,
    RawRequest,
    RawResponse,
    Unreachable,
)

Talk = Callable[[socket.socket], None]
HEAD = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n"


@contextmanager
def talking(talk: Talk) -> Generator[int]:
    """A server that does this with each connection, and closes it then."""

    def serve() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                with connection, suppress(OSError):
                    talk(connection)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=serve, daemon=True).start()
        yield listening.getsockname()[1]


def answers(text: bytes, wait: float = 0.0) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.recv(65_536)
        time.sleep(wait)
        connection.sendall(text)

    return talk


def drips(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(100):
        connection.sendall(b"X-A: b\r\n")
        time.sleep(0.05)


def never_ends(connection: socket.socket) -> None:
    connection.recv(65_536)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


@pytest.mark.parametrize(
    ("talk", "status", "failure"),
    [
        (answers(b"HTTP/1.1 204 No Content\r\n\r\n"), 204, ""),
        (answers(b"HTTP/1.0 401 \r\n\r\n"), 401, ""),
        (answers(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), 200, ""),
        (answers(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort"), 200, ""),
        (answers(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"), 200, ""),
        (answers(b""), 0, CLOSED),
        (answers(b"HTTP/1.1 200 OK\r\n", wait=2), 0, TIMED_OUT),
        (answers(b"SSH-2.0-OpenSSH_9.0\r\n"), 0, NOT_HTTP),
        (answers(b"HTTP/1.1 abc\r\n\r\n"), 0, NOT_HTTP),
        (answers(b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200 + b"\r\n"), 0, NOT_HTTP),
        (answers(b"HTTP/1.1 " + b"9" * 100_000), 0, NOT_HTTP),
        (drips, 0, TIMED_OUT),
        (never_ends, 200, ""),
    ],
)
def test_whatever_comes_back_is_an_answer_in_bounded_time(talk: Talk, status: int, failure: str) -> None:
    with talking(talk) as port:
        started = time.monotonic()
        answer = RawClient("127.0.0.1", port, tls=False, timeout=0.4).exchange(RawRequest(HEAD + b"body"))
    assert (answer.status, answer.failure) == (status, failure)
    assert len(answer.body) <= 65_536
    assert time.monotonic() - started < 1.5


def test_an_answer_that_comes_early_ends_the_sending() -> None:
    text = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n"
    with talking(answers(text)) as port:
        chunks = tuple(b"x" * 65_536 for _ in range(200))
        answer = RawClient("127.0.0.1", port, tls=False, timeout=2).exchange(
            RawRequest(HEAD, chunks, pause=0.01)
        )
    assert answer.status == 413
    assert answer.seconds < 1


def test_a_server_that_never_says_continue_gets_the_body_all_the_same() -> None:
    received = list[bytes]()

    def talk(connection: socket.socket) -> None:
        received.append(connection.recv(65_536))
        received.append(connection.recv(65_536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    with talking(talk) as port:
        sending = RawRequest(HEAD, (b"body",), expects_continue=True)
        assert RawClient("127.0.0.1", port, tls=False, timeout=patience(20)).exchange(sending).status == 200
    assert received == [HEAD, b"body"]


def test_several_are_sent_at_once() -> None:
    class Meets(Receiver):
        """It answers nobody before all have come."""

        barrier = threading.Barrier(4)

        def once(self, msg_id: str, body: bytes) -> tuple[int, bytes]:
            self.barrier.wait(5)
            return 200, b""

        def verify(self, headers: object, body: bytes) -> str:
            return ""

    with serving(Meets()) as url:
        port = int(url.rpartition(":")[2])
        sendings = [RawRequest(HEAD + b"body")] * 4
        answers = RawClient("127.0.0.1", port, tls=False, timeout=patience(20)).together(sendings)
    assert [answer.status for answer in answers] == [200] * 4


@pytest.mark.parametrize("host", ["127.0.0.1", "no-such-host.invalid", "x" * 70 + ".invalid"])
def test_no_connection_is_told_as_such(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    wire = RawClient(host, port, tls=False, timeout=1)
    with pytest.raises(Unreachable):
        wire.exchange(RawRequest(HEAD))
    assert {answer.status for answer in wire.together([RawRequest(HEAD)] * 3)} == {0}


def test_a_server_that_dies_on_the_way_has_a_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closing:
        taken = list[bytes]()

        def serve() -> None:
            with suppress(OSError):
                for status in (b"200 OK", b"401 No"):
                    connection, _ = closing.accept()
                    taken.append(connection.recv(65_536))
                    with connection:
                        connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
            closing.close()

        thread = threading.Thread(target=serve)
        thread.start()
        url = f"http://127.0.0.1:{closing.getsockname()[1]}/"
        result = probe(url, "--json", "--only", "unsigned", "--only", "wrong-secret", "--only", "still-alive")
        thread.join()
    assert faults_of(result) == {
        "wrong-secret": "another secret: no longer accepts connections",
        "still-alive": "a valid delivery: no longer accepts connections",
    }
    assert len(taken) == 2


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1 that has signed itself, and its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "pair.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_a_receiver_may_be_behind_tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate)
    rows = ("genuine", "oversize-body", "dripped-body", "expect-continue", "in-flight", "stale")
    only = [word for row in rows for word in ("--only", row)]
    with serving(Receiver(), server) as url:
        options = ("--json", "--oversize", str(LIMIT * 4), "--count-url", f"{url}/count", *only)
        untrusted = probe(url + HOOK, *only)
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        trusted = probe(url + HOOK, *options)
    assert (untrusted.exit_code, untrusted.output[:35]) == (3, "no connection: TLS handshake failed")
    assert verdicts_of(trusted) == dict.fromkeys(verdicts_of(trusted), "pass")
    assert set(verdicts_of(trusted)) == set(rows)


def test_an_answer_knows_its_headers() -> None:
    answer = RawResponse(503, (("Retry-After", "30"),))
    assert (answer.header("retry-after"), answer.header("date")) == ("30", "")
