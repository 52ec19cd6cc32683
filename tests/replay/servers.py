"""A real Redis on a free port on loopback, with its own directory.

``REDIS_SERVER=valkey-server pytest tests/replay -k redis`` runs the tests with Valkey.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests import processes
from tests.processes import free_port
from tests.replay.helpers import Unavailable
from tests.waiting import wait_until

__all__ = ["RedisServer", "redis_cluster", "redis_server"]


class RedisServer:
    """A ``redis-server`` that can be stopped, killed and started again on the same port and directory.

    If ``durable``, it has an append-only file that is synced on every write, so that its data survives
    SIGKILL. ``options`` are further settings of the server.
    """

    def __init__(
        self, directory: Path, *, durable: bool = False, options: dict[str, str] | None = None
    ) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.options = {
            "port": str(self.port),
            "bind": "127.0.0.1",
            "dir": str(directory),
            "logfile": str(directory / "log"),
            "save": "",
            "appendonly": "yes" if durable else "no",
            "appendfsync": "always",
            **(options or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server, and wait until it responds."""
        name = os.environ.get("REDIS_SERVER", "redis-server")
        binary = shutil.which(name)
        if binary is None:
            raise Unavailable(f"{name} is not installed (Debian package redis-server)")
        command = [binary, *(word for name, value in self.options.items() for word in (f"--{name}", value))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        processes.must_live(self._process, name)
        self._wait(self._process)

    def stop(self) -> None:
        """Stop the server regularly."""
        self._end("terminate")

    def kill(self) -> None:
        """Kill the server with SIGKILL."""
        self._end("kill")

    def pause(self) -> None:
        """Suspend the server: it accepts connections, but does not respond."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Resume the server, which then handles the pending requests."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def _end(self, how: str) -> None:
        if self._process is not None:
            getattr(self._process, how)()
            processes.end(self._process, politely=False)
            self._process = None

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        with redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0)) as client:

            def answers() -> bool:
                assert process.poll() is None, "redis-server has ended"
                with suppress(redis.RedisError):  # not started yet, or still reading its append-only file
                    client.ping()
                    return True
                return False

            wait_until(answers, pause=0.01)


@contextmanager
def redis_server(*, durable: bool = False) -> Generator[RedisServer]:
    """Start a server, and yield it. Raises `Unavailable` if it is not installed."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory), durable=durable)
        try:
            server.start()
            yield server
        finally:
            server.kill()


@contextmanager
def redis_cluster() -> Generator[list[RedisServer]]:
    """Start a cluster of three nodes without replicas. Raises `Unavailable` like `redis_server`."""
    with tempfile.TemporaryDirectory() as directory:
        nodes = [_cluster_node(Path(directory) / str(number)) for number in range(3)]
        try:
            for node in nodes:
                node.start()
            _join(nodes)
            yield nodes
        finally:
            for node in nodes:
                node.kill()


def _cluster_node(directory: Path) -> RedisServer:
    directory.mkdir()
    return RedisServer(directory, options={"cluster-enabled": "yes", "cluster-port": str(free_port())})


def _join(nodes: list[RedisServer]) -> None:
    """Distribute the slots over the nodes, and wait until all nodes know them."""
    first = nodes[0]
    with ExitStack() as stack:
        clients: list[Any] = [stack.enter_context(redis.Redis(port=node.port)) for node in nodes]
        for number, client in enumerate(clients):
            share = 16_384 * number // len(nodes), 16_384 * (number + 1) // len(nodes) - 1
            client.execute_command("CLUSTER ADDSLOTSRANGE", *share)
            client.execute_command("CLUSTER MEET", "127.0.0.1", first.port, first.options["cluster-port"])
        wait_until(
            lambda: all(client.cluster("INFO")["cluster_state"] == "ok" for client in clients),
            problem="the nodes of the cluster do not find each other",
        )
