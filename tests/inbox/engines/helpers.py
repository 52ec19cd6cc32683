"""Shared code of the engines' tests: a receiver with a hand-off, posts to it, and worker processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests import processes
from tests.replay_harness import BODY
from tests.signing import SECRET
from tests.test_receiver_inbox import post
from tests.waiting import wait_until
from webhook_verify import Receiver, Verifier
from webhook_verify.inbox import Handoff

__all__ = ["BODY", "KEY", "Worker", "post", "receiver_with", "working"]

KEY = "a key of the application, for its queue"
_HERE = Path(__file__).parent


def receiver_with(put: Any, **options: Any) -> Receiver:
    """A receiver that hands deliveries to an engine. ``lane``: a function of the delivery."""
    lane = options.pop("lane", None)
    return Receiver(Verifier(SECRET), inbox=Handoff(put, key=KEY, lane=lane), **options)


class Worker:
    """A worker in a process of its own, which appends the id of each handled delivery to a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self._log = log

    def handled(self, at_least: int) -> list[str]:
        """Return the ids that it has handled, once there are so many."""

        def are_handled() -> bool:
            assert self.process.poll() is None, "the worker ended"
            return len(self.lines()) >= at_least

        wait_until(are_handled)
        return self.lines()

    def lines(self) -> list[str]:
        return self._log.read_text("utf-8").split() if self._log.exists() else []


@contextmanager
def working(log: Path, module: str, *command: str, **environ: str) -> Generator[Worker]:
    """Start a worker: ``module`` is a file of tests/inbox/engines, or "" for a command of an engine."""
    script = [str(_HERE / f"{module}.py")] if module else ["-m"]
    with processes.started(
        [sys.executable, *script, *command],
        stdout=subprocess.DEVNULL,
        stderr=None if "SHOW" in os.environ else subprocess.DEVNULL,
        env={**os.environ, "HANDLED": str(log), "QUEUE_KEY": KEY, **environ},
        cwd=Path(__file__).parents[3],
    ) as process:
        yield Worker(process, log)
