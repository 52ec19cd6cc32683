"""Every subcommand as a process, in a pipe and in a terminal: no traceback, no long line."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests import processes
from tests.cli.terminal import SCRIPT, in_pipe, in_terminal, prepare_folder, too_wide, width_of
from tests.signing import SECRET
from tests.waiting import patience
from webhook_verify.cli.group import VERBS

pytestmark = pytest.mark.slow

GIVEN = ["--headers", "@h.txt", "--body", "@b.json", "--at", "1700000000"]
SEND = ["send", "http://127.0.0.1:9/hook"]  # where nobody listens

# Each verb in its usual ways, and how it exits.
CALLS = [
    (["completion", "fish"], 0),
    (["demo"], 0),
    (["doctor"], 0),
    (["explain", *GIVEN], 0),
    (["explain", *GIVEN, "--body", "@wide.json"], 16),
    (["explain", "--from", "several.jsonl", "--ignore-time"], 0),
    (["inbox", "stats", "inboxapp:inbox"], 0),
    (["inbox", "list", "inboxapp:inbox"], 0),
    (["inbox", "show", "inboxapp:inbox", "3"], 0),
    (["inbox", "run", "inboxapp:inbox", "--drain"], 0),
    (["listen", "--port", "0"], 0),
    (["probe", "http://127.0.0.1:9/hook"], 3),
    (["providers"], 0),
    (["providers", "twilio"], 0),
    (["providers", "docusign"], 0),
    (["replay", "--list"], 0),
    (["replay", "last", "--to", "http://127.0.0.1:9/hook"], 3),
    (["report", *GIVEN, "--out", "report.json", "--force"], 0),
    (["secret"], 0),
    (["secret", "--kind", "ed25519"], 0),
    ([*SEND], 3),
    ([*SEND, "--body", "@b.json", "--count", "2"], 3),
    (["sign", "--body", "@b.json"], 0),
    (["verify", *GIVEN], 0),
    (["verify", *GIVEN, "--at", "now"], 14),
]
BAD = [
    [],
    ["vrify"],
    ["verify", "--frm", "x"],
    ["verify", "--from", "absent.json"],
    ["verify", "--from", "."],
    ["verify", "--at", "soon"],
    ["verify", "--at", "nan"],
    ["verify", "--at", "2023-11-14T22:13:20"],
    ["verify", "--at", "9999-99-99"],
    ["verify", "--tolerance", "x"],
    ["verify", "--scheme", "strpe"],
    ["verify", *GIVEN, "--entry", "1"],
    ["explain", *GIVEN, "--tolerance", "5", "--ignore-time"],
    ["explain", "--headers", "@b.json", "--body", "@absent"],
    ["sign", "--body", "@b.json", "--curl"],
    ["sign", "--scheme", "square", "--body", "@b.json"],
    ["sign", "--scheme", "adyen", "--body", "@b.json"],
    ["sign", "--timestamp", "soon", "--body", "@b.json"],
    ["inbox", "list", "absent.sqlite"],
    ["inbox", "list", "json:dumps"],
    ["inbox", "show", "inboxapp:inbox", "99"],
    ["inbox", "redrive", "inboxapp:inbox", "--all"],
    ["listen", "x"],
    ["listen", "--port", "65536"],
    ["listen", "--forward", "nowhere"],
    ["listen", "--public-url", "nowhere", "--port", "0"],
    ["listen", "--store", "."],
    ["probe"],
    ["probe", "127.0.0.1:9/hook"],
    ["probe", "http://127.0.0.1:9/hook", "--only", "stal"],
    ["replay"],
    ["replay", "9", "--to", "http://127.0.0.1:9/hook"],
    ["replay", "1"],
    ["replay", "--list", "--store", "absent.sqlite"],
    ["sign", "--scheme", "paypal", "--body", "@b.json"],
    ["send"],
    ["send", "ftp://example.com"],
    ["send", "nowhere"],
    [*SEND, "--count", "0"],
    [*SEND, "-H", "x"],
    [*SEND, "-H", "x: \x1b[31m\n"],
    [*SEND, "--body", "@b.json", "--event", "x"],
    [*SEND, "--scheme", "gitlab-token", "--tamper"],
    [*SEND, "--scheme", "github", "--stale"],
    ["providers", "strpe"],
    ["doctor", "--clock", "x"],
    ["doctor", "--secret-file", "absent.txt"],
    ["completion", "cmd"],
    ["demo", "--port", "70000"],
    ["secret", "--kind", "rsa"],
    ["--plugin", "b.json.py", "providers"],
    ["--plugin", "absent_module", "providers"],
]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prepare_folder(tmp_path, monkeypatch)


# A script for a shell, and a secret or signature that is to be copied whole, are not folded.
AS_IT_IS = {"completion", "secret", "sign"}


def test_every_verb_is_called_here() -> None:
    assert {arguments[0] for arguments, _ in CALLS} >= set(VERBS)


@pytest.mark.parametrize(("arguments", "code"), CALLS, ids=[" ".join(call) for call, _ in CALLS])
def test_a_verb_in_a_pipe(arguments: list[str], code: int) -> None:
    ended, printed, errors = in_pipe(*arguments)
    assert (ended, errors) == (code, "")
    assert printed
    assert "\x1b" not in printed


@pytest.mark.parametrize(("arguments", "code"), CALLS, ids=[" ".join(call) for call, _ in CALLS])
def test_a_verb_in_a_terminal(arguments: list[str], code: int) -> None:
    ended, printed = in_terminal(*arguments)
    assert ended == code
    assert "Traceback" not in printed
    assert arguments[0] in AS_IT_IS or not too_wide(printed)


TABLES = [["providers"], ["doctor"], ["replay", "--list"], ["explain", *GIVEN, "--body", "@wide.json"]]


@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_in_a_pipe_each_row_of_a_table_is_one_line(arguments: list[str]) -> None:
    _, printed, _ = in_pipe(*arguments)
    table = printed.split("\n\n")[0] if arguments[0] != "explain" else printed.split("\n\n")[1]
    rule = next(number for number, line in enumerate(table.splitlines()) if "\u2500" in line)
    assert all(re.match(r" \S", line) for line in table.splitlines()[rule + 1 :])


@pytest.mark.parametrize("columns", [40, 60, 79])
@pytest.mark.parametrize("arguments", TABLES, ids=" ".join)
def test_under_80_columns_each_row_of_a_table_is_a_block(
    arguments: list[str], columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, printed = in_terminal(*arguments, columns=columns)
    assert max(map(width_of, printed.splitlines())) <= columns
    assert "\u2500" not in printed
    assert re.search(r"(?m)^(scheme|check|event): ", printed)
    monkeypatch.setenv("COLUMNS", str(columns))
    assert in_pipe(*arguments)[1].split() == printed.split()


@pytest.mark.parametrize("columns", [60, 120, 150])
def test_help_has_the_width_of_the_terminal(columns: int) -> None:
    _, printed = in_terminal("verify", "--help", columns=columns)
    # The examples are not wrapped, so that they can be copied.
    widths = [width_of(line) for line in printed.splitlines() if not line.startswith("  webhook-verify")]
    assert columns - 12 < max(widths) <= columns


@pytest.mark.parametrize(
    ("arguments", "code"),
    [call for call in CALLS if call[0][0] != "completion"],
    ids=[" ".join(call) for call, _ in CALLS if call[0] != "completion"],
)
def test_json_is_one_ascii_object_a_line(arguments: list[str], code: int) -> None:
    ended, printed, _ = in_pipe(*arguments, "--json")
    assert ended == code
    assert printed.isascii()
    for line in printed.splitlines():
        assert isinstance(json.loads(line), dict)


@pytest.mark.parametrize("arguments", BAD, ids=lambda arguments: " ".join(arguments)[:50] or "nothing")
def test_bad_input_gives_a_sentence_and_code_2(arguments: list[str]) -> None:
    ended, printed, errors = in_pipe(*arguments)
    assert (ended, printed) == (2, "")
    assert "Traceback" not in errors
    assert re.search(r"(?m)^Error: \S", errors) or (not arguments and "\nCommands:\n" in errors)
    assert errors.replace("\n", "").isprintable()


@pytest.mark.parametrize("verb", ["", *sorted(VERBS)])
def test_help_fits_and_has_examples(verb: str) -> None:
    ended, printed, errors = in_pipe(*([verb] if verb else []), "--help")
    assert (ended, errors) == (0, "")
    assert not too_wide(printed)
    assert f"\n  webhook-verify {verb or 'COMMAND'}" in printed or f'"$(webhook-verify {verb}' in printed


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_the_list_of_verbs_says_what_the_verbs_say(verb: str) -> None:
    text = " ".join(in_pipe(verb, "--help")[1].split())
    assert VERBS[verb] in text


def test_whoever_reads_may_have_had_enough() -> None:
    called = f"{SCRIPT} providers --json | head -n 1; echo ${{PIPESTATUS[0]}}"
    done = processes.run(["bash", "-c", called], text=True, check=False)
    line, code = done.stdout.splitlines()
    assert json.loads(line)["scheme"]
    assert code in {"0", "141"}  # 0 if all fitted into the pipe
    assert done.stderr == ""


@pytest.mark.parametrize("arguments", [["--help"], ["providers"], ["providers", "--json"], ["secret"]])
def test_a_reader_that_is_gone_already_is_no_fault(arguments: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = processes.run([SCRIPT, *arguments], stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full, as on macOS")
def test_a_full_disk_is_told() -> None:
    with Path("/dev/full").open("w") as full:
        done = processes.run([SCRIPT, "providers"], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 70
    assert b"No space left" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_closed_output_is_no_fault() -> None:
    called = f"{SCRIPT} providers >&-"
    done = processes.run(["bash", "-c", called], text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_ctrl_c_ends_with_130_and_no_traceback() -> None:
    ended, printed = in_terminal("verify", "--headers", "@h.txt", until="Reading", send=b"\x03")
    assert ended == 130
    assert "Traceback" not in printed


def test_an_interrupt_while_it_sends_ends_with_130() -> None:
    arguments = [SCRIPT, *SEND, "--count", "10000", "--json"]
    with processes.started(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as sending:
        assert sending.stdout is not None
        assert sending.stderr is not None
        sending.stdout.readline()
        sending.send_signal(signal.SIGINT)
        _, errors = sending.communicate(timeout=patience(60))
    assert sending.returncode == 130
    assert errors.strip() == b""


def test_a_person_is_asked_for_the_secret_and_it_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WEBHOOK_SECRET")
    ended, printed = in_terminal("verify", *GIVEN, until="Secret", send=f"{SECRET}\n".encode())
    assert ended == 0
    assert "verified: msg_1" in printed
    assert SECRET not in printed


@pytest.mark.parametrize(
    ("package", "arguments", "code"),
    [
        ("click", ["providers"], 2),
        ("rich", ["providers"], 2),
        ("rich", ["verify", *GIVEN], 0),
        ("httpx2", [*SEND], 2),
        ("httpx2", ["providers"], 0),
        ("uvicorn", ["demo"], 2),
        ("msgspec", [*SEND], 3),
        ("msgspec", [*SEND, "--event", "endpoint.created"], 2),
        ("cryptography", ["verify", *GIVEN], 0),
        ("cryptography", ["secret", "--kind", "ed25519"], 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_a_package_that_is_missing_is_named(package: str, arguments: list[str], code: int) -> None:
    program = f"import sys; sys.modules[{package!r}] = None; from webhook_verify.cli import main; main()"
    called = [sys.executable, "-c", program, *arguments]
    done = processes.run(called, text=True, check=False)
    assert done.returncode == code
    assert "Traceback" not in done.stderr
    assert code != 2 or (package in done.stderr and "pip install 'webhook-verify[" in done.stderr)


def test_an_ascii_terminal_gets_ascii(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    for arguments in (["providers", "meta"], ["demo"], ["explain", *GIVEN]):
        ended, printed, errors = in_pipe(*arguments)
        assert (ended, errors) == (0, "")
        assert printed.isascii()
