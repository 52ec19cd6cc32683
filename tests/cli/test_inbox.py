"""``inbox``: its lists, its decisions, and what it never prints."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tests import processes
from tests.cli import inboxapp
from tests.cli.terminal import SCRIPT, in_terminal
from tests.rows import rows
from tests.waiting import patience
from webhook_verify.cli.group import command
from webhook_verify.inbox.entries import EntryState

APP = "inboxapp:inbox"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copy(str(inboxapp.__file__), "inboxapp.py")


@pytest.fixture
def inbox(monkeypatch: pytest.MonkeyPatch) -> inboxapp.MemoryInbox:
    """The inbox that the commands of a test share."""
    inbox = inboxapp.filled()
    monkeypatch.setattr(inboxapp, "inbox", inbox)
    return inbox


def run(*arguments: str) -> Result:
    found = "tests.cli.inboxapp:inbox" if "many" not in arguments else "tests.cli.inboxapp:many"
    words = [found if word in (APP, "many") else word for word in arguments]
    return CliRunner().invoke(command, ["inbox", *words])


def records(*arguments: str) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


@rows(
    "options, ids",
    [
        ([], [1, 2, 3, 4, 5]),
        (["--state", "dead"], [3]),
        (["--state", "discarded"], [4]),
        (["--type", "invoice.paid"], [1, 5]),
        (["--since", "1700000004"], [4, 5]),
        (["--since", "2023-11-14T22:13:24Z"], [4, 5]),
        (["--after", "3"], [4, 5]),
        (["--limit", "2"], [1, 2]),
        (["--state", "dead", "--type", "invoice.paid"], []),
    ],
)
def test_entries_are_listed(options: list[str], ids: list[int]) -> None:
    assert [record["id"] for record in records("list", APP, *options)] == ids
    printed = run("list", APP, *options).output
    assert all(f"msg_{number}" in printed for number in ids)
    assert "no entries" in printed or ids


def test_all_pages_are_listed() -> None:
    assert len(records("list", "many", "--limit", "1000")) == 250
    assert "pass --after 120" in run("list", "many", "--limit", "120").output


def test_show_prints_neither_signatures_nor_control_characters(inbox: inboxapp.MemoryInbox) -> None:
    for number in map(str, range(1, 6)):
        for options in ([], ["--body"], ["--json"], ["--json", "--body"]):
            printed = run("show", APP, number, *options).output
            assert inboxapp.SIGNATURE not in printed
            assert "\x1b" not in printed
            assert "[not shown]" in printed
            assert "Svix/1.2" in printed


def test_show_prints_the_error_and_the_audit(inbox: inboxapp.MemoryInbox) -> None:
    printed = " ".join(run("show", APP, "3").output.split())
    assert "ValueError: no customer \\x1b[31m with this id" in printed
    assert "app/billing.py:12 in charge" in printed
    printed = run("show", APP, "4").output
    assert "redrive by ann, after 1 attempts" in printed
    assert "discard by ann" in printed
    [record] = records("show", APP, "4")
    assert [note["action"] for note in record["audit"]] == ["redrive", "discard"]


def test_show_prints_a_body_on_request_only(inbox: inboxapp.MemoryInbox) -> None:
    assert '{"type"' not in run("show", APP, "1").output
    assert '{"type": "invoice.paid"}' in run("show", APP, "1", "--body").output
    assert "fffe 0001" in run("show", APP, "4", "--body").output
    assert "body" not in records("show", APP, "1")[0]
    assert records("show", APP, "1", "--body")[0]["body"] == '{"type": "invoice.paid"}'
    assert records("show", APP, "4", "--body")[0]["body_hex"] == "fffe0001"


def test_stats(inbox: inboxapp.MemoryInbox) -> None:
    states = {"ready": 1, "running": 1, "done": 1, "dead": 1, "discarded": 1}
    assert records("stats", APP) == [{**states, "oldest_ready": 0.0}]
    assert "discarded" in run("stats", APP).output


@rows(
    "arguments, changed, code",
    [
        (["redrive", "3"], 1, 0),
        (["redrive", "3", "4"], 2, 0),
        (["redrive", "1"], 0, 1),
        (["redrive", "3", "99"], 1, 1),
        (["redrive", "--all", "--yes"], 1, 0),
        (["redrive", "--type", "message.sent", "--yes"], 1, 0),
        (["redrive", "--type", "absent", "--yes"], 0, 0),
        (["redrive", "--since", "1700000009", "--yes"], 0, 0),
        (["discard", "3"], 1, 0),
        (["discard", "5"], 1, 0),
        (["discard", "--all", "--yes"], 1, 0),
        (["discard", "1"], 0, 1),
    ],
)
def test_decisions(arguments: list[str], changed: int, code: int) -> None:
    inbox = inboxapp.inbox = inboxapp.filled()
    action, *others = arguments
    result = run(action, APP, *others, "--by", "zoe", "--json")
    done = {"redrive": "redriven", "discard": "discarded"}[action]
    assert (json.loads(result.output), result.exit_code) == ({done: changed}, code)
    noted = [entry for entry in inbox.store.list() if entry.audit and entry.audit[-1]["by"] == "zoe"]
    assert len(noted) == changed


@rows(
    "arguments, text",
    [
        (["redrive", APP], "pass either ids"),
        (["redrive", APP, "3", "--all"], "pass either ids"),
        (["redrive", APP, "--all"], "pass --yes"),
        (["discard", APP, "--all", "--json"], "pass --yes"),
        (["prune", APP, "--older-than", "1"], "pass --yes"),
        (["show", APP, "99"], "no entry has the id 99"),
        (["list", APP, "--since", "yesterday"], "--since must be"),
        (["list", APP, "--since", "2026-11-30T12:00:00"], "--since must be"),
        (["list", "absent.sqlite"], "the file absent.sqlite does not exist"),
        (["list", "absent_module:inbox"], "import of absent_module failed"),
        (["list", "json:dumps"], "INBOX must name an Inbox"),
        (["run", "json:dumps"], "INBOX must name an Inbox"),
        (["run", "absent.sqlite"], "INBOX must have the form MODULE:NAME"),
        (["list", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"], "[not shown]"),
    ],
)
def test_usage_errors(arguments: list[str], text: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert text in result.output.replace("\n", " ")


def test_a_failing_store_is_named_without_its_message(
    inbox: inboxapp.MemoryInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise ConnectionError("postgresql://user:password@host")

    monkeypatch.setattr(inbox.store, "stats", fail)
    result = run("stats", APP)
    assert (result.exit_code, "password" in result.output) == (2, False)
    assert "the store failed with ConnectionError" in result.output


def test_prune_keeps_dead_letters(inbox: inboxapp.MemoryInbox) -> None:
    assert records("prune", APP, "--older-than", "1", "--bodies", "--yes") == [{"pruned": 2}]
    assert records("prune", APP, "--older-than", "1", "--yes") == [{"pruned": 2}]
    assert inbox.store.list(state=EntryState.DEAD)


def test_export_can_be_read_by_verify(inbox: inboxapp.MemoryInbox) -> None:
    assert records("export", APP, "--out", "out.jsonl", "--state", "dead") == [{"entries": 1}]
    [record] = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    assert ["webhook-signature", inboxapp.SIGNATURE] in record["headers"]
    assert oct(Path("out.jsonl").stat().st_mode)[-3:] == "600"
    assert run("export", APP, "--out", "out.jsonl").exit_code == 2
    assert run("export", APP, "--out", "out.jsonl", "--force").exit_code == 0
    verified = CliRunner().invoke(
        command,
        ["verify", "--from", "out.jsonl", "--entry", "1", "--json"],
        env={"WEBHOOK_SECRET": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"},
    )
    assert '"reason": "missing_header"' in verified.output  # the application has stored no timestamp


@pytest.mark.slow
def test_bulk_work_asks_and_shows_its_progress_in_a_terminal() -> None:
    steps: Any = [("240 dead letters? [y/N]", lambda _: b"y\n")]
    code, printed = in_terminal("inbox", "redrive", "inboxapp:many", "--all", steps=steps)
    assert code == 0
    assert "240 entries were redriven" in printed
    assert "100%" in printed
    code, printed = in_terminal("inbox", "redrive", "inboxapp:many", "--all", until="[y/N]", send=b"n\n")
    assert (code, "redriven" in printed) == (130, False)


@pytest.mark.slow
def test_run_processes_until_a_signal() -> None:
    Path("printing.py").write_text(
        "from inboxapp import inbox\n"
        "inbox.handler('*')(lambda delivery: None)\n"
        "inbox.handler('invoice.paid')(lambda delivery: print('handled', flush=True))\n"
    )
    called = [SCRIPT, "inbox", "run", "printing:inbox", "--json"]
    with processes.started(called, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"workers": 4}
        assert process.stdout.readline() == b"handled\n"
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=patience(30))
    assert process.returncode == 0


def test_run_drains(inbox: inboxapp.MemoryInbox) -> None:
    inbox.handler("*")(lambda delivery: None)
    assert records("run", APP, "--drain") == [{"attempts": 1}]
    assert inbox.store.stats()["done"] == 2


PAGE = Path(__file__).parents[2] / "docs" / "inbox" / "command.md"


@pytest.mark.slow
def test_the_commands_of_the_page_run() -> None:
    lines = [
        line
        for block in re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
        for line in block.splitlines()
    ]
    assert len(lines) >= 10
    for line in lines:
        done = processes.run([SCRIPT, *shlex.split(line)[1:]], text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), line
