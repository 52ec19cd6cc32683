"""The law of settling: no claim is completed before everything has succeeded that can undo the work.

Each shape commits at another place, under a real server. The first delivery's commit fails, so the retry
must run the handler again; the next is answered as handled before.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest

from tests.adapters.commits.asgi_shapes import ASGI_SHAPES
from tests.adapters.commits.database import HANDLED_BEFORE, Database, post
from tests.adapters.commits.servers import served_wsgi
from tests.adapters.commits.wsgi_shapes import WSGI_SHAPES
from tests.adapters.helpers import served
from tests.rows import rows


def deliver_with_one_failing_commit(served_app: Any, shape: Callable[[Database], Any]) -> None:
    database = Database()
    with served_app(shape(database)) as url:
        first, _ = post(url, "msg_1", fails=True)
        assert (first, database.rows["msg_1"]) == (500, 0), "the first delivery"
        second, _ = post(url, "msg_1")
        assert (second, database.rows["msg_1"]) == (200, 1), "the retry"
        assert post(url, "msg_1") == (200, HANDLED_BEFORE), "the duplicate"
        assert database.rows["msg_1"] == 1


@rows("name", WSGI_SHAPES)
def test_a_commit_that_fails_under_wsgi_is_retried(name: str) -> None:
    deliver_with_one_failing_commit(served_wsgi, WSGI_SHAPES[name])


@rows("name", ASGI_SHAPES)
def test_a_commit_that_fails_under_asgi_is_retried(name: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.clear()
    deliver_with_one_failing_commit(served, ASGI_SHAPES[name])
    assert [
        record
        for record in caplog.records
        if record.name == "webhook_verify" and record.levelno > logging.INFO
    ] == []
