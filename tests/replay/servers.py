"""A real Redis on a free port of loopback, with a directory of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.replay.parts import Unavailable

__all__ = ["RedisServer", "free_port", "redis_server"]


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


class RedisServer:
    """One ``redis-server``: it can be stopped, killed and started again on the same port and directory.

    ``durable``: with an append-only file that is synced on every write, so that what was answered
    outlives even SIGKILL.
    """

    def __init__(self, directory: Path, *, durable: bool = False) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._directory = directory
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        binary = shutil.which("redis-server") or shutil.which("valkey-server")
        if binary is None:
            raise Unavailable("redis-server is not installed (Debian package redis-server)")
        durability = ["yes", "always"] if self._durable else ["no", "no"]
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self._directory), "save": ""}
        options |= dict(zip(("appendonly", "appendfsync"), durability, strict=True))
        options |= {"maxmemory-policy": "noeviction", "logfile": str(self._directory / "log")}
        command = [binary, *(word for name, value in options.items() for word in (f"--{name}", value))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        self._wait()

    def stop(self) -> None:
        """Stop it as an administrator does."""
        self._end("terminate")

    def kill(self) -> None:
        """SIGKILL."""
        self._end("kill")

    def _end(self, how: str) -> None:
        if self._process is not None:
            getattr(self._process, how)()
            self._process.wait(timeout=20)
            self._process = None

    def _wait(self) -> None:
        until = time.monotonic() + 20
        with redis.Redis(port=self.port, retry=Retry(NoBackoff(), 0)) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.RedisError:  # not yet, or still reading its append-only file
                    if time.monotonic() > until:
                        raise
                    time.sleep(0.01)


@contextmanager
def redis_server(*, durable: bool = False) -> Generator[RedisServer]:
    """A server that has started. Raises :class:`Unavailable` if none is installed."""
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(Path(directory), durable=durable)
        try:
            server.start()
            yield server
        finally:
            server.kill()
