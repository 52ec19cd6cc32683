"""Processes of the tests: each has a time limit, and has ended at the end of its test.

The tests do not call `subprocess` directly. `with Popen(...)` waits without a limit if its block raises an
exception, so a process that never ends would stop the whole run.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from tests.waiting import patience

__all__ = ["children", "end", "ended_servers", "free_port", "listens", "must_live", "run", "started"]

_RANDOM = random.SystemRandom()

_servers: dict[subprocess.Popen[Any], str] = {}

_SECONDS_TO_RUN = 60.0
_SECONDS_TO_END = 10.0


@contextmanager
def started(command: Sequence[str | Path], **options: Any) -> Generator[subprocess.Popen[Any]]:
    """Start a process, and kill it at the end of the block if it still runs.

    `options` are passed to `subprocess.Popen`.
    """
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[Any], *, politely: bool = True) -> int:
    """Terminate a running process, kill it if it does not end, and return its exit code.

    `politely=False` sends no SIGTERM, because the caller has already sent a signal.
    """
    _servers.pop(process, None)
    if politely and process.poll() is None:
        process.terminate()
    try:
        process.wait(patience(_SECONDS_TO_END))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(patience(_SECONDS_TO_END))
    for stream in (process.stdin, process.stdout, process.stderr):
        _close(stream)
    return process.returncode


def _close(stream: IO[Any] | None) -> None:
    if stream is not None:
        stream.close()


def run(
    command: Sequence[str | Path], *, seconds: float = _SECONDS_TO_RUN, **options: Any
) -> subprocess.CompletedProcess[Any]:
    """Run a process, which must end within `seconds` on an idle machine.

    `options` are passed to `subprocess.run`. By default it captures the output and checks the exit code.
    """
    if "stdout" not in options and "stderr" not in options:
        options.setdefault("capture_output", True)
    options.setdefault("check", True)
    return subprocess.run(command, timeout=patience(seconds), **options)


def must_live(process: subprocess.Popen[Any], name: str) -> None:
    """Register a shared server: the session fails immediately if it ends before `end` is called."""
    _servers[process] = name


def ended_servers() -> list[str]:
    """Return the names of the shared servers that have ended unexpectedly."""
    return [name for process, name in _servers.items() if process.poll() is not None]


def children() -> list[str]:
    """Return the command lines of the processes that this one has started and not waited for.

    Processes of multiprocessing are excluded, because they end with this process.
    """
    found = []
    for task in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(task.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = task.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):  # it has ended in the meantime
            continue
        if parent == os.getpid() and "multiprocessing" not in command:
            found.append(f"{task.name}: {command.strip() or 'a process that was not waited for'}")
    return found


def free_port() -> int:
    """Return a free port on loopback, below the range for clients.

    The range matters because a server binds to it later. The choice is independent of the workers' shared
    seed.
    """
    while True:
        port = _RANDOM.randrange(12_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def listens(port: int) -> bool:
    """Return whether a server accepts connections on this port on loopback."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
