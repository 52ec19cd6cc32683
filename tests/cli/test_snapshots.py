"""The output of every command at several widths is that of the files in ``snapshots``.

A file has one section for each way to run the command: in a pseudo-terminal of 60, 80 and 120 columns, in a
pipe, and with ``--json``. To rewrite the files after a change, run
``pytest tests/cli/test_snapshots.py --rewrite-snapshots`` and read the difference.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from tests import processes
from tests.cli.servers import serving
from tests.cli.terminal import Step, in_terminal, prepare_folder
from tests.signing import SECRET
from tests.waiting import patience
from webhook_verify import RejectedDelivery, Signer, Verifier
from webhook_verify.cli.group import VERBS

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]

FOLDER = Path(__file__).parent / "snapshots"
WIDTHS = (60, 80, 120)
GIVEN = ["--headers", "@h.txt", "--body", "@b.json", "--at", "1700000000"]
LISTEN = ["listen", "--port", "0", "--explain"]

CALLS = {
    "completion": ["completion", "fish"],
    "demo": ["demo"],
    "doctor": ["doctor"],
    "explain": ["explain", *GIVEN, "-d", '{"type": "invoice.paid"}'],
    "explain_verified": ["explain", *GIVEN],
    "inbox_list": ["inbox", "list", "inboxapp:inbox"],
    "inbox_redrive": ["inbox", "redrive", "inboxapp:inbox", "3", "4"],
    "inbox_show": ["inbox", "show", "inboxapp:inbox", "4", "--body"],
    "inbox_stats": ["inbox", "stats", "inboxapp:inbox"],
    "listen": LISTEN,
    "probe": ["probe", "URL", "--only", "unsigned", "--only", "stale", "--only", "wrong-secret"],
    "probe_no_answer": ["probe", "http://127.0.0.1:9/hook"],
    "providers": ["providers"],
    "providers_name": ["providers", "stripe"],
    "replay": ["replay", "1", "--to", "URL"],
    "replay_as_it_was": ["replay", "1", "--to", "URL", "--as-it-was"],
    "replay_list": ["replay", "--list"],
    "report": ["report", *GIVEN, "-d", '{"type": "invoice.paid"}', "--out", "report.json", "--force"],
    "secret": ["secret", "--kind", "ed25519"],
    "send": ["send", "URL"],
    "send_refused": ["send", "URL", "--scheme", "github"],
    "sign": ["sign", "-d", "{}", "--id", "msg_1", "--timestamp", "1700000000"],
    "sign_curl": ["sign", "-d", "{}", "--id", "msg_1", "--timestamp", "1700000000", "--curl", "--url", "URL"],
    "store_missing": ["replay", "--list", "--store", "absent.sqlite"],
    "usage_error": ["verify", "--from", "recordings/strpe.jsonl"],
    "verify": ["verify", "--from", "several.jsonl", "--scheme", "auto", "--at", "1700000000"],
    "verify_rejected": ["verify", *GIVEN, "--at", "1700001000"],
}
WITHOUT_JSON = {"completion", "sign_curl"}

# Versions and times of this machine, which would change the width of a column.
PREAMBLE = """
import importlib.metadata, os, platform, ssl, sys, time
if sys.argv[1] == "doctor":
    import webhook_verify
    webhook_verify.__version__ = "1.2.3"
    importlib.metadata.version = lambda name: "1.2.3"
    platform.python_version = lambda: "3.13.0"
    platform.python_implementation = lambda: "CPython"
    platform.system, platform.machine = lambda: "Linux", lambda: "x86_64"
    ssl.OPENSSL_VERSION = "OpenSSL 3.5.0"
if sys.argv[1] == "demo":
    time.perf_counter_ns = lambda: 0
os.environ["TZ"] = "UTC"
time.tzset()
from webhook_verify.cli import main
main()
"""
PROGRAM = [sys.executable, "-c", PREAMBLE]

NORMALIZED = [
    (r"\x1b\[[0-9;?]*[A-Za-z]", ""),  # colours, and the progress of probe
    (r"\r\n?", "\n"),
    (r"(?m)^[\u2800-\u28ff] .*\n+", ""),
    (r"127\.0\.0\.1:[0-9]{4,5}", "127.0.0.1:12345"),
    (r"\b[0-9]{2}:[0-9]{2}:[0-9]{2}(?=  (?:-->|<--))", "10:00:00"),
    (r" in [0-9]+ ms", " in 1 ms"),
    (r'("(?:\w+_)?milliseconds": )[0-9.]+', r"\g<1>1.0"),
    (r'("received_at": )[0-9.]+', r"\g<1>1700000000.0"),
    (r"\bmsg_[0-9a-f]{16}\b", "msg_0123456789abcdef"),
    (r"\b(whsec|whsk|whpk)_[A-Za-z0-9+/]{43,}=*", r"\1_..."),
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_folder(tmp_path, monkeypatch)


MAX_LINES = 130  # The list of the providers grows with each provider, so its snapshot has the beginning.


def normalized(text: str) -> str:
    for pattern, replacement in NORMALIZED:
        text = re.sub(pattern, replacement, text)
    lines = [line.rstrip() for line in text.splitlines()]
    if len(lines) > MAX_LINES:
        lines[MAX_LINES // 10 :] = ["..."]
    return "\n".join(lines).strip("\n")


@contextmanager
def receiver() -> Iterator[str]:
    """Run a receiver that verifies with the secret of the tests; yield its URL."""

    def respond(headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        try:
            Verifier(SECRET).verify(body, headers)
        except RejectedDelivery as error:
            return 401, f"rejected: {error.reason}".encode()
        return 204, b""

    with serving(respond) as server:
        yield server.url


def send_two(printed: str) -> bytes:
    """Send a valid and a tampered delivery to the listener."""
    found = re.search(r"http://127\.0\.0\.1:[0-9]+", printed)
    assert found
    for name, body in (("msg_1", b'{"type": "invoice.paid"}'), ("msg_2", b'{"type":"invoice.paid"}')):
        headers = Signer(SECRET).sign(b'{"type": "invoice.paid"}', id=name)
        httpx2.post(f"{found[0]}/hook", content=body, headers=headers, trust_env=False)
    return b""


LISTEN_STEPS: list[Step] = [("Storing deliveries in", send_two), ("body_reserialized", lambda _: b"\x03")]


def in_pipe(arguments: Sequence[str]) -> str:
    """Return the output and the errors; of a listener, after two deliveries."""
    called = [*PROGRAM, *arguments]
    env = dict(os.environ)
    if arguments[0] != "listen" or "--help" in arguments:
        done = processes.run(
            called,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            stdout=subprocess.PIPE,
            env=env,
            check=False,
        )
        return f"{done.stdout.decode()}"
    # Without a buffer, so that communicate() receives all that readline() has not returned.
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "bufsize": 0}
    with processes.started(called, env=env, **options) as process:
        assert process.stdout is not None
        first = process.stdout.readline().decode()
        send_two(first)
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=patience(60))
    return f"{first}{rest.decode()}"


def sections(arguments: Sequence[str], has_json: bool) -> Iterator[tuple[str, str]]:
    """Yield the name and the output of each way to run the command."""
    steps = LISTEN_STEPS if arguments[0] == "listen" and "--help" not in arguments else []
    for columns in WIDTHS:
        _, printed = in_terminal(*arguments, columns=columns, steps=steps, called=PROGRAM)
        yield f"terminal, {columns} columns", printed.replace("^C", "")
    yield "pipe", in_pipe(arguments)
    if has_json:
        yield "pipe, --json", in_pipe([*arguments, "--json"])


def document(arguments: Sequence[str], has_json: bool, run: Callable[..., Iterator[tuple[str, str]]]) -> str:
    """Return the text of a snapshot."""
    with receiver() as url:
        called = [url if word == "URL" else word for word in arguments]
        parts = [f"=== {name} ===\n{normalized(text)}\n" for name, text in run(called, has_json)]
    return f"$ webhook-verify {' '.join(arguments)}\n\n" + "\n".join(parts)


def check(name: str, text: str, config: pytest.Config) -> None:
    """Compare the text with the snapshot, or rewrite it."""
    path = FOLDER / f"{name}.txt"
    if config.getoption("--rewrite-snapshots"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text, "read the difference; --rewrite-snapshots accepts it"


def test_every_command_has_a_snapshot() -> None:
    assert {arguments[0] for arguments in CALLS.values()} == {*VERBS}
    names = {*CALLS, "help", *(f"help_{verb}" for verb in VERBS)}
    assert {path.stem for path in FOLDER.glob("*.txt")} == names


@pytest.mark.parametrize("name", CALLS)
def test_the_output_is_that_of_the_snapshot(name: str, request: pytest.FixtureRequest) -> None:
    arguments = CALLS[name]
    check(name, document(arguments, name not in WITHOUT_JSON, sections), request.config)


@pytest.mark.parametrize("verb", ["", *sorted(VERBS)])
def test_the_help_is_that_of_the_snapshot(verb: str, request: pytest.FixtureRequest) -> None:
    arguments = [verb, "--help"] if verb else ["--help"]
    check(f"help_{verb}" if verb else "help", document(arguments, False, sections), request.config)
