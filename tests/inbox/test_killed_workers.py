"""An entry that kills its process ends as a dead letter, and the other entries are processed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

from tests import processes

PROGRAM = """
import os, sys
from tests.inbox.inboxes import new_entry
from webhook_verify.inbox import Backoff, WorkerOptions
from webhook_verify.inbox.inbox import Inbox

inbox = Inbox(sys.argv[1])

@inbox.handler("*", retry=Backoff(first=0, max_attempts=3))
def handle(delivery):
    if delivery.event_type == "kill":
        os._exit(7)

if sys.argv[2:]:
    for event_type in ("kill", "other"):
        inbox.store.put(new_entry(event_type))
print(inbox.drain(options=WorkerOptions(lease=0.2)))
print([str(entry.state) for entry in inbox.store.list()])
"""


@pytest.mark.slow
def test_an_entry_that_kills_its_process_is_dead_after_its_last_attempt(tmp_path: Path) -> None:
    if importlib.util.find_spec("webhook_verify.inbox.inbox") is None:
        pytest.skip("needs the SQL store of the inbox, which processes share")
    command = [
        sys.executable,
        "-c",
        f"import time; time.sleep(0.3)\n{PROGRAM}",
        str(tmp_path / "inbox.sqlite3"),
    ]
    folder = Path(__file__).parents[2]
    codes = [processes.run([*command, "put"], cwd=folder, check=False).returncode]
    for _ in range(3):
        done = processes.run(command, cwd=folder, check=False, text=True)
        codes.append(done.returncode)
    assert codes == [7, 7, 7, 0]
    assert done.stdout.splitlines()[-1] == "['dead', 'done']"
