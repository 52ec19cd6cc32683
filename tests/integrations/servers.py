"""The apps of ``integrations/`` under the servers that they are run with, one process each.

What a server does before any app has a say is a :class:`Trait` of it, and
:mod:`tests.integrations.contract` says what follows.
"""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from tests import processes
from tests.integrations import loader, sender
from tests.integrations.expected import Trait
from tests.integrations.loader import INTEGRATIONS
from tests.processes import free_port
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]
_SECONDS_TO_START = 60
_SECONDS_TO_ANSWER = 5
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
    Server("litestar", "hypercorn", _hypercorn, _HYPERCORN),
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
    options = {"cwd": directory, "env": environment}
    with (
        log.open("wb") as output,
        processes.started(command, stdout=output, stderr=output, **options) as process,
    ):
        processes.must_live(process, " ".join(command[2:4]))
        _wait_until_it_answers(port, process, log)
        yield process.pid


def _wait_until_it_answers(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    def answers() -> bool:
        assert process.poll() is None, f"the server has ended:\n{log.read_text()}"
        with suppress(OSError, http.client.HTTPException):
            with closing(
                http.client.HTTPConnection("127.0.0.1", port, timeout=_SECONDS_TO_ANSWER)
            ) as connection:
                connection.request("GET", "/", headers={"Connection": "close"})
                answer = connection.getresponse()
                assert answer.status == HTTPStatus.OK, f"GET / answers {answer.status}"
            return True
        return False

    wait_until(answers, seconds=_SECONDS_TO_START, pause=0.05, problem=f"no answer, see {log}")
