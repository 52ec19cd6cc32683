"""Settlement in Django and Django REST framework behind real servers: see `tests.adapters.test_commits`."""

from __future__ import annotations

import http.client
import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests import processes
from tests.adapters.commits.database import HANDLED_BEFORE, IN_FLIGHT, post
from tests.adapters.commits.servers import (
    DJANGO_PATHS,
    DJANGO_SERVERS,
    committed_in_django,
    django_project,
)
from tests.signing import SECRET
from tests.waiting import wait_until
from webhook_verify import Signer

pytestmark = pytest.mark.server

slow = pytest.mark.slow
FIRST_SERVER, *OTHER_SERVERS = DJANGO_SERVERS
EACH_SERVER = pytest.mark.parametrize(
    "server", [FIRST_SERVER, *(pytest.param(server, marks=slow) for server in OTHER_SERVERS)]
)


def settled_answer(url: str, path: str, message_id: str) -> tuple[int, bytes]:
    """What a duplicate is answered once the claim is settled, which may be after the last answer was sent."""
    answers: list[tuple[int, bytes]] = []

    def is_settled() -> bool:
        answers.append(post(f"{url}/{path}", message_id))
        return answers[-1][1] != IN_FLIGHT

    wait_until(is_settled)
    return answers[-1]


def deliver_with_one_failing_commit(url: str, path: str) -> None:
    message_id = "msg_" + path.strip("/").replace("/", "_")
    first, _ = post(f"{url}/{path}", message_id, fails=True)
    assert (first, committed_in_django(url, message_id)) == (500, 0), f"{path}: the first delivery"
    second, body = settled_answer(url, path, message_id)
    assert (second, committed_in_django(url, message_id)) == (200, 1), f"{path}: the retry"
    assert body != HANDLED_BEFORE
    assert settled_answer(url, path, message_id) == (200, HANDLED_BEFORE), f"{path}: the duplicate"
    assert committed_in_django(url, message_id) == 1


@pytest.mark.parametrize(
    "settling", [False, pytest.param(True, marks=slow)], ids=["alone", "SettlingMiddleware"]
)
@pytest.mark.parametrize(
    "middleware",
    [pytest.param(name, marks=slow if name else (), id=name or "no middleware") for name in DJANGO_PATHS],
)
@EACH_SERVER
@pytest.mark.slow
def test_a_commit_that_fails_in_django_is_retried(
    server: str, middleware: str, settling: bool, tmp_path: Path
) -> None:
    with django_project(server, tmp_path, middleware, settling=settling) as url:
        for path in DJANGO_PATHS[middleware].values():
            deliver_with_one_failing_commit(url, path)


@EACH_SERVER
@pytest.mark.parametrize(
    ("path", "middleware"),
    [
        pytest.param("failing", "ForgivingMiddleware", marks=slow),
        pytest.param("forgiving-above", "", marks=slow),
        pytest.param("drf-failing", "", marks=slow),
    ],
)
def test_an_error_that_is_answered_2xx_counts_as_handled(
    server: str, path: str, middleware: str, tmp_path: Path
) -> None:
    with django_project(server, tmp_path, middleware) as url:
        assert post(f"{url}/{path}", "msg_1")[0] == 200
        assert settled_answer(url, path, "msg_1") == (200, HANDLED_BEFORE)
        assert committed_in_django(url, "msg_1") == 1


@slow
@EACH_SERVER
def test_a_plain_view_runs_to_its_end_when_the_sender_hangs_up(server: str, tmp_path: Path) -> None:
    with django_project(server, tmp_path) as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=0.3)
        connection.request("POST", "/slow", b"{}", Signer(SECRET).sign(b"{}", id="msg_1"))
        with pytest.raises(TimeoutError):
            connection.getresponse()
        connection.close()
        wait_until(lambda: committed_in_django(url, "msg_1"))
        assert settled_answer(url, "slow", "msg_1") == (200, HANDLED_BEFORE)
        assert committed_in_django(url, "msg_1") == 1


def in_process(what: str, scratch: Path) -> Any:
    command = [sys.executable, "-m", "tests.adapters.commits.django_in_process", what]
    printed = processes.run(command, env=os.environ | {"COMMITS_DATABASE": str(scratch / "database")}).stdout
    return json.loads(printed)


def test_the_check_names_the_guarded_views_in_a_transaction_of_django(tmp_path: Path) -> None:
    assert in_process("checks", tmp_path) == [
        "^set/hook/$",
        "drf-failing",
        "drf-function",
        "drf-on-commit",
        "drf-view",
        "foreign-decorator",
    ]


def test_a_test_case_sees_a_delivery_as_handled(tmp_path: Path) -> None:
    """Django commits nothing in a TestCase, whose transaction is around the test and not around the view."""
    handled = HANDLED_BEFORE.decode()
    *answers, failed = in_process("test case", tmp_path)
    assert answers == [
        ["/plain", 200, 200, handled],
        ["/atomic-above", 200, 200, handled],
        ["/drf-function", 200, 200, handled],
        ["/on-commit", 200, 200, handled],
        ["/foreign-decorator", 200, 200, handled],
        ["/failing", 500, 500, answers[-1][-1]],
    ]
    assert failed == 2
