"""Typical receivers in Flask, Starlette and Node, and the faults that the probe reports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from flask import Flask, request
from standardwebhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from werkzeug.debug import DebuggedApplication
from werkzeug.serving import make_server

from tests import processes
from tests.cli.probe.helpers import faults_of, probe
from tests.cli.probe.reference_receiver import HOOK, SECRET

pytestmark = [pytest.mark.slow, pytest.mark.server]


@contextmanager
def wsgi(app: Any) -> Generator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}{HOOK}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def asgi(app: Any) -> Generator[str]:
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}{HOOK}"
    finally:
        server.should_exit = True
        thread.join()


def flask_of_parsed_json() -> Flask:
    """The body is parsed, and what is verified is written anew."""
    app = Flask(__name__)

    @app.post(HOOK)
    def hook() -> tuple[str, int]:
        try:
            Webhook(SECRET).verify(json.dumps(request.get_json()), dict(request.headers))
        except WebhookVerificationError:
            return "", 401
        return "", 200

    return app


def flask_in_debug_mode() -> Flask:
    app = Flask(__name__)

    @app.post(HOOK)
    def hook() -> tuple[str, int]:
        Webhook(SECRET).verify(request.get_data(as_text=True), dict(request.headers))
        return "", 200

    app.wsgi_app = DebuggedApplication(app.wsgi_app)  # type: ignore[method-assign]
    app.debug = True
    return app


def starlette_with_the_official_library() -> Starlette:
    """As its documentation shows it."""

    async def hook(request: Request) -> PlainTextResponse:
        payload = await request.body()
        try:
            Webhook(SECRET).verify(payload, dict(request.headers))
        except WebhookVerificationError as error:
            return PlainTextResponse(str(error), 400)
        return PlainTextResponse("")

    return Starlette(routes=[Route(HOOK, hook, methods=["POST"])])


@pytest.mark.parametrize(
    ("server", "app", "rows"),
    [
        (wsgi, flask_of_parsed_json(), {"raw-body", "tampered-body", "forged-garbage"}),
        (wsgi, flask_in_debug_mode(), {"no-trace", "unsigned", "oversize-body", "no-utf8"}),
        (
            asgi,
            starlette_with_the_official_library(),
            # It decodes what is no base64 and no UTF-8 without a net; the rest is left to Starlette.
            {"malformed-signature", "forged-garbage", "one-refusal", "oversize-body", "header-twice"},
        ),
    ],
    ids=["parsed JSON", "debug mode", "official library"],
)
def test_what_people_write_is_graded(
    server: Callable[[Any], AbstractContextManager[str]], app: Any, rows: set[str]
) -> None:
    with server(app) as url:
        faults = faults_of(probe(url, "--json", "--oversize", "3000000"))
    assert set(faults) >= rows
    # The official library lets nothing of this in.
    assert not {"stale", "future", "wrong-secret", "duplicate"} & {
        row for row, found in faults.items() if "responded 200" in found
    }


NODE = shutil.which("node")


@pytest.mark.skipif(
    NODE is None and "WEBHOOK_VERIFY_NO_SKIPS" not in os.environ, reason="node is not installed"
)
def test_a_receiver_may_be_of_another_language() -> None:
    assert NODE is not None
    script = Path(__file__).with_name("receiver.js")
    environment = os.environ | {"WEBHOOK_SECRET": SECRET}
    with processes.started([NODE, script], stdout=subprocess.PIPE, env=environment) as running:
        assert running.stdout is not None
        try:
            url = f"http://127.0.0.1:{int(running.stdout.readline())}{HOOK}"
            result = probe(url, "--json", "--oversize", "200001")
        finally:
            running.terminate()
    assert set(faults_of(result)) == {
        "raw-body",
        "unsigned",
        "missing-header",
        "tampered-body",
        "stale",
        "future",
        "forged-garbage",
        "empty-body",
        "oversize-body",
        "wrong-method",
        "no-oracle",
        "no-trace",
    }
