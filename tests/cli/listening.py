"""``webhook-verify listen`` as a real process, for the tests of it and of ``replay``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2

from tests import processes
from tests.waiting import patience

__all__ = ["SCRIPT", "Listening", "listening", "post"]

SCRIPT = str(Path(sys.executable).with_name("webhook-verify"))


class Listening:
    """The process, and what it prints. ``origin``: where it listens."""

    def __init__(self, process: subprocess.Popen[str], origin: str) -> None:
        self.process = process
        self.origin = origin
        self.errors = ""

    def line(self) -> str:
        """The next line, without its end; "" at the end of all."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def told(self) -> dict[str, Any]:
        """The next line of JSON."""
        found: dict[str, Any] = json.loads(self.line())
        return found

    def stop(self, how: int = signal.SIGINT) -> tuple[int, list[str]]:
        """Interrupt it: its exit code and what it still printed."""
        self.process.send_signal(how)
        rest, self.errors = self.process.communicate(timeout=patience(15))
        return self.process.returncode, rest.splitlines()


@contextmanager
def listening(
    store: Path, *arguments: str, secret: str, as_json: bool = True, plugin: Path | None = None
) -> Generator[Listening]:
    """It listens at a free port until the end of the block, and was not killed by then."""
    options = ["--port", "0", "--store", str(store), *(["--json"] if as_json else []), *arguments]
    with processes.started(
        [SCRIPT, *([] if plugin is None else ["--plugin", str(plugin)]), "listen", *options],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "WEBHOOK_SECRET": secret},
    ) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        assert first, process.stderr.read() if process.stderr else ""
        origin = json.loads(first)["listening"] if as_json else first.split()[2]
        yield Listening(process, origin)


def post(
    url: str, body: bytes, headers: dict[str, str] | None = None, method: str = "POST"
) -> httpx2.Response:
    """The answer to a request, without the environment's proxies."""
    with httpx2.Client(trust_env=False, timeout=patience(30)) as client:
        return client.request(method, url, content=body, headers=headers or {})
