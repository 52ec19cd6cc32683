"""Runs the command as a process: in a pipe, or in a pseudo-terminal of some width."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import Any

import pytest

from tests import processes
from tests.cli import inboxapp
from tests.signing import SECRET
from tests.waiting import patience
from webhook_verify import Signer
from webhook_verify.cli.store.delivery_store import DeliveryStore, StoredDelivery

__all__ = ["SCRIPT", "Step", "in_pipe", "in_terminal", "prepare_folder", "too_wide", "width_of"]

SCRIPT = str(Path(sys.executable).with_name("webhook-verify"))
BODY = b'{"type":"invoice.paid"}'

Step = tuple[str, Callable[[str], bytes]]
"""A text to wait for, and a function of the output so far that returns the bytes to type."""


def prepare_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Change to a folder with a delivery, a store and other files for the calls of the tests."""
    monkeypatch.chdir(folder)
    for name in ("COLUMNS", "NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("TERM", "xterm-256color")
    headers = Signer(SECRET).sign(BODY, id="msg_1", timestamp=1_700_000_000)
    Path("h.txt").write_text("\n".join(f"{name}: {value}" for name, value in headers.items()))
    Path("b.json").write_bytes(BODY)
    Path("wide.json").write_bytes(b'{"type": "' + "\u202e\x1b[31m\U0001f600\u754c".encode() * 100 + b'"}')
    record = json.dumps({"headers": headers, "body": BODY.decode()})
    Path("several.jsonl").write_text(f"{record}\n{record}\n")
    shutil.copy(str(inboxapp.__file__), "inboxapp.py")
    monkeypatch.setenv("WEBHOOK_VERIFY_STORE", "kept.sqlite")
    store = DeliveryStore(Path("kept.sqlite"))
    for name in ("msg_1", "msg_" + "\u202e\x1b[31m\u754c" * 20):
        fields: dict[str, Any] = {
            "scheme": "standard-webhooks",
            "verdict": "rejected",
            "reason": "too_old",
            "target": "/hook",
        }
        store.add(
            StoredDelivery(
                1.7e9, "POST", headers=[*headers.items()], body=BODY, url="", message_id=name, **fields
            )
        )
    store.close()


def in_pipe(*arguments: str) -> tuple[int, str, str]:
    """Return the exit code, the output and the errors. `listen` is interrupted after its first line."""
    called = [SCRIPT, *arguments]
    if _listens(arguments):
        with processes.started(
            called, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_environment()
        ) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            rest, errors = process.communicate(timeout=patience(60))
        return process.returncode, (first + rest).decode(), errors.decode()
    done = processes.run(called, stdin=subprocess.DEVNULL, env=_environment(), check=False)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def _environment() -> dict[str, str]:
    """Return the variables of Python. The C library has more: readline sets COLUMNS and LINES."""
    return dict(os.environ)


def _listens(arguments: Sequence[str]) -> bool:
    return [*arguments[:3]] == ["listen", "--port", "0"]


def in_terminal(
    *arguments: str,
    until: str = "",
    send: bytes = b"",
    columns: int = 80,
    steps: Sequence[Step] = (),
    called: Sequence[str] = (SCRIPT,),
) -> tuple[int, str]:
    """Return the exit code and the output in a terminal. `send` is typed once `until` is printed."""
    remaining = [*steps]
    if until:
        remaining = [(until, lambda _: send)]
    elif not steps and _listens(arguments):
        remaining = [("Storing deliveries in", lambda _: b"\x03")]
    process, terminal = pty.fork()
    if not process:
        ioctl(0, TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execve(called[0], [*called, *arguments], _environment())
    printed, ends = b"", time.monotonic() + patience(60)
    with suppress(OSError):  # EIO: the other side has ended
        while time.monotonic() < ends:
            if select.select([terminal], [], [], 1)[0]:
                piece = os.read(terminal, 65536)
                if not piece:
                    break
                printed += piece
            if remaining and remaining[0][0].encode() in printed:
                os.write(terminal, remaining.pop(0)[1](printed.decode()))
    if time.monotonic() >= ends:
        os.kill(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    os.close(terminal)
    return os.waitstatus_to_exitcode(status), printed.decode()


def width_of(line: str) -> int:
    """Return the number of columns of a line in a terminal."""
    shown = re.sub(r"\x1b\[[0-9;]*m", "", line)
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in shown)


def too_wide(printed: str) -> list[str]:
    """Return the lines of more than 80 columns."""
    return [line for line in printed.splitlines() if width_of(line) > 80]
