"""Settlement: a claim is only completed after all code that can undo the handler's work has succeeded.

Each application commits in another place, under a real server. The commit of the first delivery fails, so the
retry must run the handler again. The next delivery is a duplicate.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.commits import asgi_shapes, wsgi_shapes
from tests.adapters.commits.database import HANDLED_BEFORE, Database, post
from tests.adapters.commits.hook_shapes import ASGI_HOOK_SHAPES, WSGI_HOOK_SHAPES
from tests.adapters.commits.servers import DJANGO_PATHS, served_wsgi
from tests.adapters.helpers import served
from tests.rows import rows

WSGI_SHAPES = wsgi_shapes.WSGI_SHAPES | WSGI_HOOK_SHAPES
ASGI_SHAPES = asgi_shapes.ASGI_SHAPES | ASGI_HOOK_SHAPES


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
@pytest.mark.slow
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


PAGE = Path(__file__).parents[2] / "docs" / "replay" / "who_commits.md"

ROWS: dict[str, list[str]] = {
    "Any framework: in the handler itself": ["Django, the view itself"],
    "Django: `ATOMIC_REQUESTS`, `@transaction.atomic` above `@webhook`, a view that calls a guarded view": [
        "Django, ATOMIC_REQUESTS, called by a view",
        "Django, @transaction.atomic above",
        "Django, @transaction.atomic twice",
        "Django, @transaction.atomic above, streamed",
        "Django, transaction.atomic in middleware",
        "Django, async view called below atomic",
        "Django, async view with a Receiver called below atomic",
    ],
    "Django: `set_autocommit(False)`, savepoints, `dispatch` of a class, another database": [
        "Django, set_autocommit(False) above",
        "Django, savepoint above that is rolled back",
        "Django, @transaction.atomic on dispatch of a class",
        "Django, on_commit of another database",
    ],
    "Django: a callback of `add_post_render_callback` of a `TemplateResponse`": [
        "Django, function of a TemplateResponse after its rendering"
    ],
    "Django: `transaction.on_commit(..., robust=True)`": [],  # test_commits_limits
    "Django: a function passed to `transaction.on_commit`, such as `task.delay`": [
        "Django, on_commit",
        "Django, on_commit after the view",
        "Django REST framework, on_commit",
    ],
    "Django REST framework: `@api_view`, `APIView`, `ViewSet` under `ATOMIC_REQUESTS`": [
        "Django REST framework, @api_view, ATOMIC_REQUESTS",
        "Django REST framework, APIView, ATOMIC_REQUESTS",
        "Django REST framework, WebhookMixin and APIView",
        "Django REST framework, ViewSet, ATOMIC_REQUESTS",
    ],
    "Django: a decorator above `@webhook` or the project's middleware, with another library": [
        "Django, foreign unit of work, decorator",
        "Django, foreign unit of work, middleware",
    ],
    "Flask: `after_request`, `after_this_request`, `teardown_request`, `teardown_appcontext`": [
        name for name in wsgi_shapes.WSGI_SHAPES if name.startswith("Flask, ")
    ],
    "Flask: a decorator above `@webhook`, a signal, `process_response` of a subclass": [*WSGI_HOOK_SHAPES],
    "WSGI middleware around a Flask or Django application": [
        "WSGI middleware inside SettlingMiddleware, Flask view",
        "WSGI middleware inside WebhookMiddleware, Flask view of the same receiver",
    ],
    "WSGI middleware around `WebhookMiddleware`": [
        "WSGI middleware around WebhookMiddleware, inside SettlingMiddleware",
        "WSGI middleware inside WebhookMiddleware",
    ],
    'FastAPI: a dependency with `yield` and the scope `"function"`': [
        "FastAPI, dependency with yield, scope='function'"
    ],
    'FastAPI: a dependency with `yield` and the scope `"request"`, the default': [],  # test_commits_warnings
    "FastAPI, Starlette: middleware of the application": [
        name for name in ASGI_SHAPES if name.startswith(("FastAPI, http", "FastAPI, ASGI", "Starlette"))
    ],
    "Litestar, Quart: a hook or a dependency, inside `WebhookMiddleware` around the application": [
        "Litestar, before_send",
        "Litestar, after_request",
        "Litestar, dependency with yield",
    ],
    "ASGI middleware around `WebhookMiddleware`": [
        "Litestar, middleware around WebhookMiddleware, inside SettlingMiddleware",
        "ASGI middleware around WebhookMiddleware, inside SettlingMiddleware",
        "ASGI middleware inside WebhookMiddleware",
    ],
}
"""The rows of the page's table, and the shapes that show them."""


def test_each_row_of_the_page_has_its_shapes_and_each_shape_its_row() -> None:
    table = re.findall(r"^\| (.+?) \| ", PAGE.read_text("utf-8"), re.MULTILINE)
    assert table[0] == "Where the commit runs"
    assert table[1:] == list(ROWS)
    in_django = {name for paths in DJANGO_PATHS.values() for name in paths}
    assert {name for names in ROWS.values() for name in names} == {*WSGI_SHAPES, *ASGI_SHAPES, *in_django}
