"""Real servers for the applications: Flask in a thread of this process, Django in a separate process."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from tests import http_client, processes
from tests.processes import listens
from tests.waiting import wait_until

__all__ = ["DJANGO_PATHS", "DJANGO_SERVERS", "committed_in_django", "django_project", "served_wsgi"]

ROOT = Path(__file__).parents[3]

DJANGO_PATHS: dict[str, dict[str, str]] = {
    "": {
        "Django, the view itself": "plain",
        "Django, @transaction.atomic above": "atomic-above",
        "Django, @transaction.atomic twice": "atomic-twice",
        "Django, ATOMIC_REQUESTS, called by a view": "called-by-a-view",
        "Django, @transaction.atomic above, streamed": "streamed",
        "Django REST framework, @api_view, ATOMIC_REQUESTS": "drf-function",
        "Django REST framework, APIView, ATOMIC_REQUESTS": "drf-view",
        "Django REST framework, WebhookMixin and APIView": "drf-mixin",
        "Django REST framework, ViewSet, ATOMIC_REQUESTS": "set/hook/",
        "Django, on_commit": "on-commit",
        "Django REST framework, on_commit": "drf-on-commit",
        "Django, on_commit after the view": "on-commit-later",
        "Django, foreign unit of work, decorator": "foreign-decorator",
        "Django, function of a TemplateResponse after its rendering": "after-rendering",
        "Django, set_autocommit(False) above": "manual",
        "Django, savepoint above that is rolled back": "savepoint",
        "Django, @transaction.atomic on dispatch of a class": "class-based",
        "Django, on_commit of another database": "other-database",
        "Django, async view called below atomic": "async-below-atomic",
        "Django, async view with a Receiver called below atomic": "async-of-blocking-below-atomic",
    },
    "foreign_middleware": {"Django, foreign unit of work, middleware": "in-middleware"},
    "atomic_middleware": {"Django, transaction.atomic in middleware": "called-by-a-view"},
}
"""The names of the views and their paths, by the middleware of the project."""

DJANGO_SERVERS = {
    "gunicorn": ["gunicorn", "--threads=4", "--log-level=critical"],
    "uvicorn": ["uvicorn", "--log-level=critical"],
}


@contextmanager
def served_wsgi(app: Any) -> Generator[str]:
    """Serve a WSGI application with werkzeug's threaded server, and yield its URL."""
    logging.getLogger("werkzeug").setLevel(logging.CRITICAL)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@contextmanager
def django_project(
    server: str, scratch: Path, middleware: str = "", *, settling: bool = False
) -> Generator[str]:
    """Run the Django project under a server, and yield its URL."""
    port = processes.free_port()
    module = "tests.adapters.commits.django_project"
    where = {
        "gunicorn": [f"--bind=127.0.0.1:{port}", f"{module}:application"],
        "uvicorn": [f"--port={port}", f"{module}:asgi_application"],
    }
    command = [sys.executable, "-m", *DJANGO_SERVERS[server], *where[server]]
    environ = os.environ | {
        "PYTHONPATH": str(ROOT),
        "COMMITS_DATABASE": str(scratch / "database"),
        "COMMITS_MIDDLEWARE": middleware,
        "COMMITS_SETTLING": "yes" if settling else "",
    }
    with processes.started(command, cwd=scratch, env=environ, stderr=subprocess.DEVNULL):
        wait_until(lambda: listens(port))
        yield f"http://127.0.0.1:{port}"


def committed_in_django(url: str, message_id: str) -> int:
    """Return the number of commits of a message by the project."""
    return int(http_client.get(f"{url}/rows/{message_id}").text)
