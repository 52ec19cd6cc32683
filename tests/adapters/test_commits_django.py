"""As :mod:`tests.adapters.test_commits`, for Django and Django REST framework behind real servers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import http_client, processes
from tests.adapters.commits.database import HANDLED_BEFORE, post
from tests.processes import listens
from tests.waiting import wait_until

ROOT = Path(__file__).parents[2]

TRANSACTIONS = [
    "plain",
    "atomic-above",
    "atomic-twice",
    "called-by-a-view",
    "streamed",
    "drf-function",
    "drf-view",
    "drf-mixin",
    "set/hook/",
    "on-commit",
    "drf-on-commit",
    "on-commit-later",
    "foreign-decorator",
    "async-below-atomic",
    "async-of-blocking-below-atomic",
]

SERVERS = {
    "gunicorn": ["gunicorn", "--threads=4", "--log-level=critical"],
    "uvicorn": ["uvicorn", "--log-level=critical"],
}

pytestmark = pytest.mark.server


@contextmanager
def project(server: str, scratch: Path, middleware: str = "", *, settling: bool = False) -> Generator[str]:
    """The project under a server; gives its URL."""
    port = processes.free_port()
    module = "tests.adapters.commits.django_project"
    where = {
        "gunicorn": [f"--bind=127.0.0.1:{port}", f"{module}:application"],
        "uvicorn": [f"--port={port}", f"{module}:asgi_application"],
    }
    command = [sys.executable, "-m", *SERVERS[server], *where[server]]
    environ = os.environ | {
        "PYTHONPATH": str(ROOT),
        "COMMITS_DATABASE": str(scratch / "database"),
        "COMMITS_MIDDLEWARE": middleware,
        "COMMITS_SETTLING": "yes" if settling else "",
    }
    with processes.started(command, cwd=scratch, env=environ, stderr=subprocess.DEVNULL):
        wait_until(lambda: listens(port))
        yield f"http://127.0.0.1:{port}"


def committed(url: str, message_id: str) -> int:
    return int(http_client.get(f"{url}/rows/{message_id}").text)


def settled_answer(url: str, path: str, message_id: str) -> tuple[int, bytes]:
    """What a duplicate is answered once the claim is settled, which may be after the last answer was sent."""
    answers: list[tuple[int, bytes]] = []

    def is_settled() -> bool:
        answers.append(post(f"{url}/{path}", message_id))
        return answers[-1][0] != 409

    wait_until(is_settled)
    return answers[-1]


def deliver_with_one_failing_commit(url: str, path: str) -> None:
    message_id = "msg_" + path.strip("/").replace("/", "_")
    first, _ = post(f"{url}/{path}", message_id, fails=True)
    assert (first, committed(url, message_id)) == (500, 0), f"{path}: the first delivery"
    second, body = settled_answer(url, path, message_id)
    assert (second, committed(url, message_id)) == (200, 1), f"{path}: the retry"
    assert body != HANDLED_BEFORE
    assert settled_answer(url, path, message_id) == (200, HANDLED_BEFORE), f"{path}: the duplicate"
    assert committed(url, message_id) == 1


@pytest.mark.parametrize("settling", [False, True], ids=["alone", "SettlingMiddleware"])
@pytest.mark.parametrize("server", SERVERS)
def test_a_commit_that_fails_in_django_is_retried(server: str, settling: bool, tmp_path: Path) -> None:
    with project(server, tmp_path, settling=settling) as url:
        for path in TRANSACTIONS:
            deliver_with_one_failing_commit(url, path)


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("middleware", ["foreign_middleware", "atomic_middleware"])
def test_a_commit_that_fails_in_djangos_middleware_is_retried(
    server: str, middleware: str, tmp_path: Path
) -> None:
    with project(server, tmp_path, middleware) as url:
        deliver_with_one_failing_commit(
            url, {"foreign_middleware": "in-middleware"}.get(middleware, "called-by-a-view")
        )


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("path", "middleware"),
    [
        ("forgiving-above", ""),
        ("drf-failing", ""),
        ("failing", "ForgivingMiddleware"),
    ],
)
def test_an_error_that_is_answered_2xx_counts_as_handled(
    server: str, path: str, middleware: str, tmp_path: Path
) -> None:
    with project(server, tmp_path, middleware) as url:
        assert post(f"{url}/{path}", "msg_1")[0] == 200
        assert settled_answer(url, path, "msg_1") == (200, HANDLED_BEFORE)
        assert committed(url, "msg_1") == 1
