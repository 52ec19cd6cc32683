"""The apps of ``integrations/`` under the servers that they are run with, one process each.

What a server does before any app has a say is a :class:`Trait` of it, and
:mod:`tests.integrations.contract` says what follows.
"""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from tests.integrations import loader, sender
from tests.integrations.contract import Trait
from tests.integrations.loader import INTEGRATIONS

ROOT = Path(__file__).parents[2]
_SECONDS_TO_START = 30
_SECONDS_TO_END = 5
_LOADED = "tests.integrations.loader:app"

Command = Callable[[int], list[str]]


@dataclass(frozen=True)
class Server:
    """An app, by its directory and attribute, under one server; and what the server does by itself."""

    app: str
    name: str
    command: Command
    traits: frozenset[Trait]
    attribute: str = "app"

    def __str__(self) -> str:
        return f"{self.app}-{self.name}"

    @property
    def is_there(self) -> bool:
        """Whether the app has been written."""
        return (INTEGRATIONS / self.app / "app.py").exists()


@dataclass(frozen=True)
class Running:
    """A server that answers on a port of the loopback interface."""

    server: Server
    pid: int
    port: int
    handled: Path
    log: Path

    def handled_ids(self) -> list[str]:
        """The ids of the deliveries that the handler has run for."""
        return self.handled.read_text().split()


def _uvicorn(port: int) -> list[str]:
    return ["uvicorn", "--host=127.0.0.1", f"--port={port}", "--log-level=warning", "--http=h11", _LOADED]


def _hypercorn(port: int) -> list[str]:
    return ["hypercorn", f"--bind=127.0.0.1:{port}", "--graceful-timeout=0", _LOADED]


def _gunicorn(port: int) -> list[str]:
    return [
        "gunicorn",
        f"--bind=127.0.0.1:{port}",
        "--graceful-timeout=1",
        "--log-level=warning",
        _LOADED,
    ]


def _gthread(port: int) -> list[str]:
    return [*_gunicorn(port), "--threads=4"]


def _gateway(version: str) -> Command:
    return lambda port: ["tests.integrations.gateway", str(port), version]


# All three parse with h11.
_H11 = frozenset({Trait.UNFOLDS, Trait.PREFERS_CHUNKS, Trait.ANY_METHOD})
_UVICORN = _H11 | {Trait.CLOSES_WITH}
_HYPERCORN = _H11 | {Trait.UPPER_METHOD, Trait.NOTHING_AFTER, Trait.HEADERS_431}
_WSGI = frozenset({Trait.JOINS, Trait.HEADERS_431})
# Its ASGI handler spools the body to a file, and puts the method in upper case, before any middleware runs.
_DJANGO_ASGI = _UVICORN | {Trait.READS_FIRST, Trait.UPPER_METHOD}
_LAMBDA = _H11 | {Trait.READS_FIRST, Trait.HEADERS_431}

SERVERS = [
    Server("starlette", "uvicorn", _uvicorn, _UVICORN),
    Server("starlette", "hypercorn", _hypercorn, _HYPERCORN),
    Server("fastapi", "uvicorn", _uvicorn, _UVICORN),
    Server("litestar", "hypercorn", _hypercorn, _HYPERCORN | {Trait.OPTIONS_204}),
    Server("flask", "gunicorn-sync", _gunicorn, _WSGI),
    Server("flask", "gunicorn-gthread", _gthread, _WSGI),
    Server("wsgi", "gunicorn-sync", _gunicorn, _WSGI),
    Server("wsgi", "gunicorn-gthread", _gthread, _WSGI),
    Server("django", "gunicorn-sync", _gunicorn, _WSGI, "application"),
    Server("django", "uvicorn", _uvicorn, _DJANGO_ASGI, "asgi"),
    Server("aws_lambda", "v1", _gateway("1.0"), _LAMBDA | {Trait.CRASH_IS_502}, "function"),
    Server("aws_lambda", "v2", _gateway("2.0"), _LAMBDA | {Trait.JOINS}, "function"),
]


@contextmanager
def running(server: Server, scratch: Path) -> Generator[Running]:
    """The server in a process of its own, until the end of the block."""
    port = free_port()
    handled, log = scratch / "handled", scratch / "log"
    handled.touch()
    environment = {
        **os.environ,
        "WEBHOOK_SECRET": sender.SECRET,
        loader.APP: server.app,
        loader.ATTRIBUTE: server.attribute,
        loader.KEYS: f"{sender.SECRET} {sender.OLD_SECRET} {sender.PUBLIC}",
        loader.HANDLED: str(handled),
    }
    command = [sys.executable, "-m", *server.command(port)]
    with started(command, ROOT, environment, port, log) as pid:
        yield Running(server, pid, port, handled, log)


@contextmanager
def started(
    command: list[str], directory: Path, environment: dict[str, str], port: int, log: Path
) -> Generator[int]:
    """A process that answers GET / on the port, until the end of the block; its id."""
    with (
        log.open("wb") as output,
        subprocess.Popen(command, cwd=directory, env=environment, stdout=output, stderr=output) as process,
    ):
        try:
            _wait_until_it_answers(port, process, log)
            yield process.pid
        finally:
            _end(process)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while process.poll() is None and time.monotonic() < until:
        with suppress(OSError, http.client.HTTPException):
            with closing(
                http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS_TO_END)
            ) as connection:
                connection.request("GET", "/", headers={"Connection": "close"})
                answer = connection.getresponse()
                assert answer.status == HTTPStatus.OK, f"GET / answers {answer.status}"
            return
        time.sleep(0.05)
    raise AssertionError(f"the server does not answer:\n{log.read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=_SECONDS_TO_END)
    except subprocess.TimeoutExpired:
        process.kill()
