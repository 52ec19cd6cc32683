"""``--from`` reads curl commands as curl itself does, and the output of ``curl --trace-ascii``."""

from __future__ import annotations

import os
import re
import shutil
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from tests import processes
from tests.effort import examples
from tests.rows import rows
from tests.signing import NOW, SECRET
from webhook_verify import Signer
from webhook_verify.cli.capture_formats import parse_capture
from webhook_verify.cli.group import command

JSON = '{"type": "invoice.paid", "customer": "Zo\\u00eb"}'
BODY = JSON.encode()
URL = "https://example.com/hooks?a=1"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("body.json").write_bytes(b'{\r\n  "a": "b"\n}\n')
    Path("headers.txt").write_text("x-one: 1\nx-two: 2\n")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments, env={"WEBHOOK_SECRET": SECRET})


def signed_command(body: bytes, option: str, url: str = URL) -> str:
    headers = Signer(SECRET).sign(body, id="msg_1", timestamp=NOW)
    lines = [f"  -H '{name}: {value}'" for name, value in headers.items()]
    return " \\\n".join([f"curl -sS -X POST '{url}'", *lines, f"  {option}"])


@rows(
    "text, body, method",
    [
        ("curl URL -d '{}'", b"{}", "POST"),
        ("curl -XPUT -d{} URL", b"{}", "PUT"),
        ("curl -sSd '{}' --url URL", b"{}", "POST"),
        ("curl URL -d a=1 -d b=2", b"a=1&b=2", "POST"),
        ("curl URL -d @body.json", b'{  "a": "b"}', "POST"),
        ("curl URL --data-ascii @body.json", b'{  "a": "b"}', "POST"),
        ("curl URL --data-binary @body.json", b'{\r\n  "a": "b"\n}\n', "POST"),
        ("curl URL --json @body.json", b'{\r\n  "a": "b"\n}\n', "POST"),
        ("curl URL --json '{\"a\":' --json '1}'", b'{"a":1}', "POST"),
        ("curl URL --data-raw @body.json", b"@body.json", "POST"),
        ("curl URL --data-urlencode 'n=a b&ü~' --data-urlencode '=x y' --data-urlencode plain/",
         b"n=a+b%26%C3%BC~&x+y&plain%2F", "POST"),
        ("curl URL --data-urlencode f@body.json", b"f=%7B%0D%0A++%22a%22%3A+%22b%22%0A%7D%0A", "POST"),
        ("curl -T body.json URL", b'{\r\n  "a": "b"\n}\n', "PUT"),
        ("curl URL -d ''", b"", "POST"),
        ("curl -X POST URL", b"", "POST"),
        ("curl -u me:pw -o out.txt -m 5 -L --compressed -A x URL -d 1", b"1", "POST"),
        ("curl 'URL' \\\n  -H 'a: b' \\\n  --data-raw $'it\\'s \\u00fc\\n\\x41\\101\\t'",
         "it's ü\nAA\t".encode(),
         "POST"),
        ('curl "URL" -d "{\\"a\\": \\"\\$5 \\`x\\`\\"}"', b'{"a": "$5 `x`"}', "POST"),
        ("curl URL -d 'two\nlines'", b"two\nlines", "POST"),
        ("curl URL --data-binary @- <<'EOF'\n{\"a\": \"$1\"}\nEOF\n", b'{"a": "$1"}\n', "POST"),
        ("curl URL -d @- <<EOF | cat\n{}\nEOF\n", b"{}", "POST"),
        ("curl URL --data-binary @- <<< '{}'", b"{}\n", "POST"),
        ("curl URL --data-binary @- < body.json", b'{\r\n  "a": "b"\n}\n', "POST"),
        ("curl URL -d {} > out.txt 2>&1", b"{}", "POST"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_a_command_has_the_body_that_curl_sends(text: str, body: bytes, method: str) -> None:
    (record,) = parse_capture(text.replace("URL", URL if "'URL'" in text else f"'{URL}'").encode())
    assert (record.body, record.method) == (body, method)
    assert record.url is not None
    assert record.url.strip('"') in {URL, f"'{URL}'"}


@rows(
    "start",
    [
        "",
        "$ ",
        "user@host:~/hooks$ ",
        "% ",
        "# a comment's apostrophe\n",
        "    ",
        "```sh\n",
        "TOKEN=1 ",
        "/usr/bin/",
        "cat x | ",
    ],
)
@rows("end", ["", "\n", " | jq .\n", '\n{"error": "don\'t"}\n', "; echo 'done\n"])
def test_a_command_is_found_between_prompts_and_output(start: str, end: str) -> None:
    (record,) = parse_capture(f"{start}curl {URL} \\\n> -H 'a: b' -d '{{}}'{end}".encode())
    assert (record.body, dict(record.headers)["a"]) == (b"{}", "b")


def test_several_commands_are_several_deliveries() -> None:
    text = f"curl {URL} -d 1\n\necho 'x'\ncurl {URL}\ncurl {URL} -d 2 --next {URL} -d 3\n"
    assert [record.body for record in parse_capture(text.encode())] == [b"1", b"2", b"3"]


@rows(
    "options, headers",
    [
        ("-d 1", [("Content-Type", "application/x-www-form-urlencoded")]),
        ("--json 1", [("Content-Type", "application/json"), ("Accept", "application/json")]),
        ("-d 1 -H 'content-type: text/plain'", [("content-type", "text/plain")]),
        ("-d 1 -H 'Content-Type:' -H 'X-Empty;' -H x:1 -H x:2", [("X-Empty", ""), ("x", "1"), ("x", "2")]),
        ("-d 1 -H content-type:a -H @headers.txt", [("content-type", "a"), ("x-one", "1"), ("x-two", "2")]),
    ],
)
def test_a_command_has_the_headers_that_curl_sends(options: str, headers: list[tuple[str, str]]) -> None:
    (record,) = parse_capture(f"curl {URL} {options}".encode())
    assert record.headers == headers


@rows(
    "text, says",
    [
        ("curl URL -d '{", "unclosed quote"),
        ("curl URL -d $'{", "unclosed quote, $'"),
        ('curl URL -d "$BODY"', "the variable $BODY: replace it by its value"),
        ("curl URL -d ${BODY}", "the variable $BODY"),
        ('curl URL -d {} -H "t: $(date +%s)"', "substitution"),
        ("curl URL -d {} -H `x`", "substitution"),
        ("curl URL -d \u2018{}\u2019", "typographic quotes"),
        ("curl URL -d", "ends after the option data"),
        ("curl URL -d @absent.json", "cannot read absent.json"),
        ("curl URL -d @.", "not a regular file"),
        ("curl URL -d @-", "from standard input"),
        ("curl URL -F a=b", "random boundary"),
        ("curl -K options.txt", "--config"),
        ("curl URL", "no delivery"),
        ("curl -G URL -d a=1", "no delivery"),
        ('curl ^"URL^" ^\n -d ^"x^"', "Copy as cURL (bash)"),
    ],
    ids=lambda value: value,
)
def test_a_command_that_is_not_reproducible_is_an_error(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        parse_capture(text.replace("URL", "https://example.com").encode())


def test_a_relative_file_is_in_the_folder_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("recorded").mkdir()
    Path("recorded/event.json").write_bytes(BODY)
    Path("recorded/curl.sh").write_text(signed_command(BODY, "--data-binary @event.json"))
    assert run("verify", "--from", "recorded/curl.sh", "--at", str(NOW)).exit_code == 0
    assert run("verify", "--from", "recorded/curl.sh", "--at", str(NOW), "-d", JSON).exit_code == 0
    Path("recorded/event.json").unlink()
    assert run("verify", "--from", "recorded/curl.sh", "--at", str(NOW)).exit_code == 2
    assert run("verify", "--from", "recorded/curl.sh", "--at", str(NOW), "-d", JSON).exit_code == 0


def test_a_signed_command_of_sign_is_verified() -> None:
    signed = run("sign", "-d", JSON, "--curl", "--url", URL)
    Path("curl.sh").write_text(signed.output)
    assert run("verify", "--from", "curl.sh").exit_code == 0


class Receiver(BaseHTTPRequestHandler):
    """Stores the last request."""

    request_body: bytes = b""

    def do_POST(self) -> None:
        type(self).request_body = self.rfile.read(int(self.headers["content-length"]))
        self.send_response(204)
        self.end_headers()

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, format: str, *args: object) -> None:
        """Do not log."""


needs_curl = pytest.mark.skipif(
    shutil.which("curl") is None and "WEBHOOK_VERIFY_NO_SKIPS" not in os.environ,
    reason="curl is not installed, and its output is the input of the test",
)


@needs_curl
@rows(
    "options",
    [
        "-d @body.json -d 'a b'",
        "--data-binary @body.json --data-binary x",
        "--data-urlencode 'n=ä b/~*' --data-urlencode 'f@body.json' --data-urlencode '=q&'",
        "--json '[1,' --json '2]'",
        "--data-raw $'\\u00e9\\x41\\n'",
        '-d "a\\"b\\\\c\\$d\\\'e"',
        "-T body.json",
        "--data-binary @- <<'EOF'\n{}\nEOF\n",
    ],
)
def test_curl_sends_the_body_that_is_read(options: str) -> None:
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        text = f"curl -s http://127.0.0.1:{server.server_address[1]}/hook {options}"
        processes.run(["bash", "-c", text], env={**os.environ, "LC_ALL": "C.UTF-8"})
        thread.join()
    (record,) = parse_capture(text.encode())
    assert record.body == Receiver.request_body


@needs_curl
@rows(
    "body, says",
    [
        (b'{"type":"invoice.paid"}', ""),
        (b"a=1&b=x.y" + b"z" * 500, ""),
        (b'{"a": "b",\r\n "c": 1}\r\n\r\n', ""),
        (b"x" * 64 + b"\r\n" + b"y" * 128 + b"\r\n", ""),
        (b'{\n  "a": 1\n}\n', "curl --trace - instead of --trace-ascii"),
    ],
)
def test_the_output_of_curl_trace_ascii_is_read_if_it_is_certain(body: bytes, says: str) -> None:
    Path("sent").write_bytes(body)
    with HTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        text = signed_command(body, "--trace-ascii - --trace-time --data-binary @sent")
        text = text.replace(URL, f"http://127.0.0.1:{server.server_address[1]}/hook")
        Path("trace").write_bytes(processes.run(["bash", "-c", text]).stdout)
        thread.join()
    result = run("verify", "--from", "trace", "--at", str(NOW))
    assert result.exit_code == (2 if says else 0), result.output
    assert says in result.output
    assert run("verify", "--from", "trace", "--at", str(NOW), "--body", "@sent").exit_code == 0


def trace_ascii(body: bytes, length: str, size: int | None = None) -> str:
    head = ["POST /hook HTTP/1.1", "Host: example.com", f"Content-Length: {length}", ""]
    lines, offset = list[str](), 0
    for line in head:
        lines.append(f"{offset:04x}: {line}")
        offset += len(line) + 2
    shown = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in body)
    data = [f"=> Send data, {len(body) if size is None else size} bytes (0x1)", f"0000: {shown}"]
    return "\n".join([f"=> Send header, {offset} bytes (0x1)", *lines, *data, ""])


@rows(
    "text, says",
    [
        (trace_ascii(b"{}", "3"), "2 bytes of the body, but Content-Length is 3"),
        (trace_ascii(b"{}", "2", size=3), "does not show every byte of the data"),
        (trace_ascii(b'{"a":\n1}', "8"), "a dot in the trace was another byte"),
        (
            trace_ascii(b"{}", "2").replace("Host: example.com", "Host: ëxample.com"),
            "does not show every byte",
        ),
    ],
)
def test_an_incomplete_or_uncertain_trace_says_how_to_record_again(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as error:
        parse_capture(text.encode("latin-1"))
    assert "curl --trace - instead of --trace-ascii" in str(error.value)


def test_a_rejected_body_with_dots_comes_with_a_warning() -> None:
    text = trace_ascii(b'{"a":"\xc3\xab."}', "11")
    assert parse_capture(text.encode())[0].body == b'{"a":"..."}'
    Path("trace").write_text(text)
    headers = ["-H", "webhook-id: 1", "-H", f"webhook-timestamp: {NOW}", "-H", "webhook-signature: v1,x"]
    result = run("verify", "--from", "trace", "--at", str(NOW), *headers)
    assert result.exit_code == 16
    assert "Warning: curl --trace-ascii shows every byte that is not printable as a dot" in result.output


@given(
    st.text(alphabet=st.sampled_from("curl -dHX'\"$\\\n<@|;#{}\u2018\udcff") | st.characters(), max_size=60)
)
@examples(300)
def test_every_text_after_curl_is_requests_or_a_value_error(text: str) -> None:
    with suppress(ValueError):
        assert parse_capture(f"curl {text}".encode("utf-8", "surrogatepass"), b"")
