"""What a test fetches from a registry: once, into a directory that is kept for the next run.

::

    directory, problem = kept("npm", PACKAGES, install)
    needed(problem)
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests import processes

__all__ = ["kept", "needed", "run"]

_TIMEOUT_SECONDS = 300  # seconds, of one command


def kept(kind: str, what: object, install: Callable[[Path], str]) -> tuple[Path, str]:
    """Where it is, and else why not. One process installs; the others wait for it.

    ``what`` names it with its versions: another one makes a new directory. ``install`` fills the directory
    and returns "", or says what the problem was.
    """
    digest = hashlib.sha256(repr(what).encode()).hexdigest()[:12]
    directory = Path(tempfile.gettempdir()) / f"webhook-verify-{kind}-{os.getuid()}-{digest}"
    directory.mkdir(mode=0o700, exist_ok=True)
    if directory.lstat().st_uid != os.getuid():
        return directory, f"{directory} belongs to somebody else"
    with (directory / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        complete = directory / "complete"
        problem = "" if complete.exists() else install(directory)
        if not problem:
            complete.touch()
        return directory, problem


def needed(problem: str) -> None:
    """Skip the test where there is a problem; with WEBHOOK_VERIFY_NO_SKIPS it fails."""
    if problem and "WEBHOOK_VERIFY_NO_SKIPS" in os.environ:
        raise RuntimeError(problem)
    if problem:
        pytest.skip(f"cannot be had: {problem}")


def run(command: Sequence[str], directory: Path, text: str = "") -> subprocess.CompletedProcess[str]:
    """The command, which is given ``text`` as its input, when it is done."""
    return processes.run(
        command,
        cwd=directory,
        input=text,
        encoding="utf-8",
        check=False,
    )
