"""Input formats of ``verify`` and ``explain``: stored records, HAR, curl and plain HTTP."""

from __future__ import annotations

import json
import os
import shutil
import threading
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests import processes
from tests.effort import examples
from tests.signing import NOW, SECRET
from webhook_verify import Signer
from webhook_verify.cli.capture_formats import parse_capture
from webhook_verify.cli.group import command
from webhook_verify.cli.recording import RecordedRequest

GITHUB_SECRET = "It's a Secret to Everybody"
BODY = '{"type": "invoice.paid", "customer": "Zoë"}\r\n'.encode()
HEADERS = Signer(SECRET).sign(BODY, id="msg_1", timestamp=NOW)
URL = "https://example.com/hooks?a=1"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("body.json").write_bytes(BODY)


def run(*arguments: str, secret: str = SECRET) -> Result:
    return CliRunner().invoke(command, arguments, env={"WEBHOOK_SECRET": secret})


def record(body: bytes = BODY, received_at: float | None = NOW) -> str:
    return json.dumps(
        RecordedRequest(list(HEADERS.items()), body, url=URL, received_at=received_at).as_dict()
    )


def har(**changed: object) -> str:
    headers = [{"name": name, "value": value} for name, value in {":path": "/hooks", **HEADERS}.items()]
    request = {
        "method": "POST",
        "url": URL,
        "headers": headers,
        "postData": {"mimeType": "application/json", "text": BODY.decode()},
    }
    page = {"request": {"method": "GET", "url": URL, "headers": []}}
    entry = {"startedDateTime": "2023-11-14T22:13:21.5Z", "request": request | changed}
    return json.dumps({"log": {"version": "1.2", "entries": [page, entry]}})


LINES = "".join(f"{name}: {value}\r\n" for name, value in HEADERS.items())
VERBOSE = "\n".join(
    [
        "*   Trying 127.0.0.1:443...",
        "* SSL connection using TLSv1.3",
        "> POST /hooks?a=1 HTTP/1.1",
        "> Host: example.com",
        *(f"> {name}: {value}" for name, value in HEADERS.items()),
        "> ",
        "} [45 bytes data]",
        "< HTTP/1.1 200 OK",
        "",
    ]
)
HTTP = f"POST /hooks?a=1 HTTP/1.1\r\nHost: example.com\r\n{LINES}\r\n".encode() + BODY


def trace() -> str:
    """As curl 7.88 --trace writes it; see :func:`test_what_curl_itself_writes` for the real one."""
    head = f"POST /hooks?a=1 HTTP/1.1\r\nHost: example.com\r\n{LINES}\r\n".encode()
    parts = ["== Info: TLS handshake"]
    for name, octets in (("header", head), ("data", BODY)):
        parts.append(f"=> Send {name}, {len(octets)} bytes (0x{len(octets):x})")
        for start in range(0, len(octets), 16):
            some = octets[start : start + 16]
            shown = "".join(chr(one) if 32 <= one < 127 else "." for one in some)
            parts.append(f"{start:04x}: {' '.join(f'{one:02x}' for one in some):<47} {shown}")
    return "\n".join([*parts, "<= Recv header, 17 bytes (0x11)", "0000: 48 54 54 50 HTTP", ""])


FILES: dict[str, Callable[[], str | bytes]] = {
    "record": record,
    "record, indented": lambda: json.dumps(json.loads(record()), indent=1),
    "record among other lines": lambda: f'{{"listening": "http://127.0.0.1"}}\n{record()}\n',
    "record of headers as an object": lambda: json.dumps(json.loads(record()) | {"headers": HEADERS}),
    "record in base64": lambda: json.dumps(
        {"headers": list(HEADERS.items()), "body_base64": b64encode(BODY).decode(), "received_at": NOW}
    ),
    "HAR": har,
    "HAR with a byte order mark": lambda: "\ufeff" + har(),
    "HAR in base64": lambda: har(postData={"text": b64encode(BODY).decode(), "encoding": "base64"}),
    "curl --trace": trace,
    "HTTP": lambda: HTTP,
}


@pytest.mark.parametrize("name", FILES)
def test_a_delivery_may_come_whole_in_a_file(name: str) -> None:
    made = FILES[name]()
    Path("given").write_bytes(made if isinstance(made, bytes) else made.encode())
    result = run("verify", "--from", "given", "--ignore-time")
    assert result.output == "verified: msg_1 signed at 2023-11-14T22:13:20+00:00 with secret-1\n"


def test_curl_shows_headers_and_the_body_is_given_beside_them() -> None:
    Path("given").write_text(VERBOSE)
    assert run("verify", "--from", "given", "--body", "@body.json", "--at", str(NOW)).exit_code == 0
    refused = run("verify", "--from", "given")
    assert (refused.exit_code, "pass --body @FILE" in " ".join(refused.output.split())) == (2, True)


@pytest.mark.parametrize("made", [HTTP, VERBOSE.encode(), trace().encode(), har().encode()])
def test_the_address_is_told_with_the_rest(made: bytes) -> None:
    (found,) = parse_capture(made, b"")
    assert (found.method, found.url) == ("POST", URL)


def test_a_record_is_verified_at_the_time_that_it_tells() -> None:
    Path("given").write_text(record())
    assert run("verify", "--from", "given").exit_code == 0
    assert run("verify", "--from", "given", "--at", "now").exit_code == 14
    assert run("verify", "--from", "given", "--at", "0").exit_code == 15
    Path("given").write_text(record(received_at=None))
    assert run("verify", "--from", "given").exit_code == 14
    assert run("verify", "--from", "given", "--at", "2023-11-14T22:13:20Z").exit_code == 0
    assert run("verify", "--from", "given", "--at", "2023-11-14T22:18:21Z").exit_code == 14


def test_of_several_each_has_its_line_and_the_first_that_is_rejected_tells_the_code() -> None:
    Path("given").write_text(
        "\n".join([record(), record(BODY + b" "), record(received_at=1.0), record(b"\xff")])
    )
    result = run("verify", "--from", "given", "--json")
    lines = [json.loads(line) for line in result.output.splitlines()]
    assert [(line["entry"], line.get("reason")) for line in lines] == [
        (1, None),
        (2, "signature_mismatch"),
        (3, "too_new"),
        (4, "signature_mismatch"),
    ]
    assert result.exit_code == 16
    assert run("verify", "--from", "given", "--entry", "3").exit_code == 15
    assert run("verify", "--from", "given", "--entry", "5").exit_code == 2


def test_headers_that_are_given_beside_a_file_stand_for_its_own() -> None:
    Path("given").write_text(record())
    assert run("verify", "--from", "given", "-H", "Webhook-Id: other").exit_code == 16


def test_a_scheme_that_signs_the_address_is_told_it() -> None:
    secret = "k" * 32
    headers = Signer(secret, scheme="square").sign(BODY, url=URL, method="POST")
    Path("headers.json").write_text(json.dumps(headers))
    parts = ["verify", "--scheme", "square", "--headers", "@headers.json", "--body", "@body.json"]
    assert run(*parts, "--url", URL, secret=secret).exit_code == 0
    assert run(*parts, "--url", URL + "2", secret=secret).exit_code == 16
    assert "--url" in run(*parts, secret=secret).output


def test_the_tolerance_is_the_schemes_own() -> None:
    secret = "k" * 32
    headers = Signer(secret, scheme="workos").sign(BODY, timestamp=NOW)
    Path("headers.json").write_text(json.dumps(headers))
    parts = ["verify", "--scheme", "workos", "--headers", "@headers.json", "--body", "@body.json"]
    assert run(*parts, "--at", str(NOW + 180), secret=secret).exit_code == 0
    assert run(*parts, "--at", str(NOW + 181), secret=secret).exit_code == 14
    assert run(*parts, "--at", str(NOW + 181), "--tolerance", "181", secret=secret).exit_code == 0


def test_a_delivery_without_an_id_or_time_is_told_as_such() -> None:
    headers = Signer(GITHUB_SECRET, scheme="github").sign(BODY)
    Path("headers.json").write_text(json.dumps(headers))
    parts = ["verify", "--scheme", "github", "--headers", "@headers.json", "--body", "@body.json"]
    told = run(*parts, "--json", secret=GITHUB_SECRET)
    assert json.loads(told.output)["timestamp"] is None
    assert " of " not in run(*parts, secret=GITHUB_SECRET).output


class Receiver(BaseHTTPRequestHandler):
    """Takes what curl sends."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is to be logged."""


@pytest.mark.skipif(
    shutil.which("curl") is None and "WEBHOOK_VERIFY_NO_SKIPS" not in os.environ,
    reason="curl is not installed, and its own words are what is read",
)
@pytest.mark.parametrize("option", ["-v", "--trace"])
def test_what_curl_itself_writes_is_read(option: str) -> None:
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        url = f"http://127.0.0.1:{server.server_address[1]}/hooks?a=1"
        sent = [word for name, value in HEADERS.items() for word in ("-H", f"{name}: {value}")]
        written = ["-v"] if option == "-v" else ["--trace", "-"]
        command = ["curl", "-s", *written, *sent, "--data-binary", "@body.json", url]
        done = processes.run(command)
        thread.join()
    Path("given").write_bytes(done.stderr or done.stdout)
    body = ["--body", "@body.json"] if option == "-v" else []
    assert run("verify", "--from", "given", *body, "--ignore-time").exit_code == 0
    assert parse_capture(Path("given").read_bytes(), BODY)[0].url == url


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "the format of the file is unknown"),
        ("hello", "the format of the file is unknown"),
        ("{", "neither a HAR file nor"),
        ('{"a": 1}', "headers in JSON"),
        ('{"headers": 3, "body": ""}', "headers in JSON"),
        ('{"headers": [["a"]], "body": ""}', "headers in JSON"),
        ('{"headers": []}', "must have a body"),
        ('{"headers": [], "body_base64": "%"}', "base64"),
        ('{"headers": [], "body": "", "received_at": "soon"}', "Unix seconds"),
        ('{"headers": [], "body": "", "received_at": NaN}', "Unix seconds"),
        ('{"headers": [], "body": "", "received_at": 1e400}', "Unix seconds"),
        ('{"headers": [], "body": "", "url": 1}', "must be strings"),
        ('{"headers": [], "body": "\xff"}'.encode("latin-1"), "UTF-8"),
        ('{"log": []}', "log.entries"),
        ('{"log": {"entries": [1]}}', "HAR 1.2"),
        ('{"log": {"entries": []}}', "no delivery"),
        (har(postData={"params": []}), "does not contain the request body"),
        ("[" * 100_000, "the format of the file is unknown"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("=> Send header, 3 bytes (0x3)\n0000: 61 62 63\n", "the format of the file is unknown"),
        (
            "=> Send header, 19 bytes (0x13)\n0000: POST / HT\n=> Send data, 2 bytes (0x2)\n0000: {}\n",
            "instead of --trace-ascii",
        ),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(content: str | bytes, says: str) -> None:
    Path("given").write_bytes(content if isinstance(content, bytes) else content.encode())
    result = run("verify", "--from", "given")
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


@given(st.binary(max_size=200), st.sampled_from([b"", b"{", b"> POST / HTTP/1.1\n", b"=> Send header, 1\n"]))
@examples(200)
def test_any_file_gives_records_or_a_value_error(octets: bytes, start: bytes) -> None:
    with suppress(ValueError):
        assert parse_capture(start + octets, b"")
