"""Started processes: each has a time limit, and has ended at the end of its test.

The tests call nothing of `subprocess` directly. `with Popen(...)` waits without a limit where the block
raises, so that one process that never ends stops the whole suite.
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
    """Start a process that has ended, or is killed, by the end of the block.

    `options` are those of `subprocess.Popen`.
    """
    process = subprocess.Popen(command, **options)
    try:
        yield process
    finally:
        end(process)


def end(process: subprocess.Popen[Any], *, politely: bool = True) -> int:
    """Terminate a process that still runs, and kill it where it does not end; return its exit code.

    `politely=False` sends no SIGTERM: the caller has sent the signal that is to end it.
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
    """Run a process to its end, which must come within `seconds` on a quiet machine.

    `options` are those of `subprocess.run`, which captures the output and checks the exit code by default.
    """
    if "stdout" not in options and "stderr" not in options:
        options.setdefault("capture_output", True)
    options.setdefault("check", True)
    return subprocess.run(command, timeout=patience(seconds), **options)


def must_live(process: subprocess.Popen[Any], name: str) -> None:
    """Note a server that many tests share: the session fails at once when it ends before `end` is called."""
    _servers[process] = name


def ended_servers() -> list[str]:
    """Return the names of the servers that have ended by themselves, or were killed from outside."""
    return [name for process, name in _servers.items() if process.poll() is not None]


def children() -> list[str]:
    """Return the command lines of the processes that this one has started and not waited for.

    Those of multiprocessing are left out, which end with this process.
    """
    found = []
    for task in Path("/proc").glob("[0-9]*"):
        try:
            parent = int(task.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = task.joinpath("cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (OSError, ValueError):  # it has ended meanwhile
            continue
        if parent == os.getpid() and "multiprocessing" not in command:
            found.append(f"{task.name}: {command.strip() or 'a process that was not waited for'}")
    return found


def free_port() -> int:
    """Return a free port of loopback, below those that the system gives to clients.

    A server takes a while to bind to it. The choice does not depend on the seed that all workers share.
    """
    while True:
        port = _RANDOM.randrange(12_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


def listens(port: int) -> bool:
    """Return whether something accepts connections on this port of loopback."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
        return True
    return False
