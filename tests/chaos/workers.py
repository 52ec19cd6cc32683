"""Four worker processes that share a store, under a production server."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tests.chaos import apps
from tests.integrations.servers import ROOT, started
from tests.processes import free_port

__all__ = ["SERVERS", "WORKERS", "Running", "running"]

WORKERS = 4


def _gunicorn(port: int, module: str) -> list[str]:
    # It loads the application before the fork, so that a killed worker is replaced immediately.
    return [
        "gunicorn",
        f"--bind=127.0.0.1:{port}",
        f"--workers={WORKERS}",
        "--threads=16",
        "--preload",
        "--backlog=1024",
        "--graceful-timeout=1",
        "--log-level=warning",
        "--no-control-socket",
        f"{module}:flask_app()",
    ]


def _uvicorn(port: int, module: str) -> list[str]:
    return ["tests.chaos.uvicorn_workers", str(port), str(WORKERS), module]


SERVERS: dict[str, Callable[[int, str], list[str]]] = {"gunicorn": _gunicorn, "uvicorn": _uvicorn}
"""The module to run on a port with the module of an application, and its arguments, by name."""


@dataclass(frozen=True)
class Running:
    """Workers that serve a port on loopback, and their ledger."""

    port: int
    master: int
    ledger: Path

    def pids(self) -> set[int]:
        """Return the running workers."""
        children = Path(f"/proc/{self.master}/task/{self.master}/children").read_text()
        return {int(each) for each in children.split()}

    def kill(self, pid: int) -> None:
        """Send SIGKILL to a worker. Its process id is valid, because its master has not waited for it."""
        os.kill(pid, signal.SIGKILL)


@contextmanager
def running(
    server: str,
    store_url: str,
    lease: float,
    scratch: Path,
    module: str = apps.__name__,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> Generator[Running]:
    """Run the workers until the end of the block. ``settings`` are added to the environment."""
    port, ledger = free_port(), scratch / "ledger"
    environment = {
        **os.environ,
        **settings,
        apps.STORE: store_url,
        apps.LEDGER: str(ledger),
        apps.LEASE_SECONDS: str(lease),
    }
    command = [sys.executable, "-m", *SERVERS[server](port, module)]
    with started(command, ROOT, environment, port, scratch / "log") as master:
        yield Running(port, master, ledger)
