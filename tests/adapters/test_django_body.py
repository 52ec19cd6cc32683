"""Django requests before the view: duplicate headers, code that reads the raw body, and limits.

Every known pitfall has a test that is named after it. The last part runs the project in
``integrations/django`` under a real gunicorn.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from tests import http_client, processes
from tests.adapters.django_views import WORLDS, async_function, fresh_views, plain_function, post, seen, urls
from tests.processes import listens
from tests.signing import BODY, SECRET, VERIFIER, signed
from tests.waiting import wait_until
from webhook_verify import AsyncReceiver, Receiver, Signer

PROJECT = Path(__file__).parents[2] / "integrations" / "django"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with fresh_views():
        yield


# Duplicate headers


def test_a_header_that_stands_twice_is_400_under_asgi() -> None:
    receiver, scope = Receiver(VERIFIER), asgi_scope()
    scope["headers"].append((b"webhook-id", b"msg_2"))
    assert asyncio.run(asgi_status(plain_function(receiver), scope, [BODY])) == 400
    assert not seen


def test_a_header_that_stands_twice_is_refused_under_wsgi_where_the_server_joins_it() -> None:
    headers = signed() | {"webhook-id": "msg_1,msg_2"}
    assert post(plain_function(Receiver(VERIFIER)), headers=headers).status_code in (400, 401)


def test_a_header_with_underscores_is_not_ours_under_asgi() -> None:
    scope = asgi_scope()
    scope["headers"].append((b"webhook_id", b"msg_2"))
    assert asyncio.run(asgi_status(plain_function(Receiver(VERIFIER)), scope, [BODY])) == 200
    assert seen[0].id == "msg_1"


def asgi_scope() -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in signed().items()]
    return {"type": "http", "method": "POST", "path": "/hook", "query_string": b"", "headers": raw}


async def asgi_status(view: Any, scope: dict[str, Any], pieces: list[bytes]) -> int:
    """The status of Django's own ASGI handler, message by message."""
    from django.core.handlers.asgi import ASGIHandler

    left = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    left[-1]["more_body"] = False
    sent: list[Any] = []

    async def receive() -> Any:
        return left.pop(0) if left else await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    with override_settings(ROOT_URLCONF=urls(view)):
        await ASGIHandler()(scope, receive, send)
    return int(sent[0]["status"])


# The raw body and what eats it


def before(use: Callable[[HttpRequest], object]) -> Any:
    """A middleware that does something with the request before the view."""

    def factory(get_response: Any) -> Any:
        def middleware(request: HttpRequest) -> Any:
            use(request)
            return get_response(request)

        return middleware

    return factory


def read_post(request: HttpRequest) -> None:
    assert request.POST is not None


class FrameworkRequest:
    """As the request of REST framework: a wrapper whose ``data`` reads the stream of what it wraps."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.data = request.read()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._request, name)


FORM = b"a=1&b=2"
MULTIPART = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n'


def through(
    use: Callable[[HttpRequest], object], body: bytes, content_type: str = "application/json"
) -> HttpResponse:
    """The view's answer after something was done with its request."""
    factory = RequestFactory()
    request: Any = factory.generic("POST", "/hook", body, content_type, headers=signed(body))
    request = use(request) or request
    response: HttpResponse = plain_function(Receiver(VERIFIER))(request)
    return response


@pytest.mark.parametrize(
    ("use", "body", "content_type"),
    [
        pytest.param(read_post, FORM, "application/x-www-form-urlencoded", id="request.POST of a form"),
        pytest.param(lambda request: bool(request.body) and None, BODY, "application/json", id="body"),
        pytest.param(lambda request: bool(request.headers) and None, BODY, "text/plain", id="headers"),
    ],
)
def test_what_leaves_the_body_there_does_no_harm(use: Any, body: bytes, content_type: str) -> None:
    assert through(use, body, content_type).status_code == 200
    assert seen[0].body == body


@pytest.mark.parametrize(
    ("use", "body", "content_type"),
    [
        pytest.param(read_post, MULTIPART, "multipart/form-data; boundary=x", id="request.POST of multipart"),
        pytest.param(FrameworkRequest, BODY, "application/json", id="request.data of REST framework"),
        pytest.param(lambda request: request.read() and None, BODY, "application/json", id="request.read"),
        pytest.param(lambda request: request.readline() and None, BODY, "text/plain", id="request.readline"),
    ],
)
def test_a_body_that_was_read_before_is_a_configuration_error(
    use: Any, body: bytes, content_type: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(ImproperlyConfigured, match=re.escape("Read request.body there")):
        through(use, body, content_type)
    assert not [record for record in caplog.records if record.name == "webhook_verify"]


def test_a_middleware_that_reads_multipart_is_500_and_not_401() -> None:
    view = plain_function(Receiver(VERIFIER))
    middleware: dict[str, Any] = {"MIDDLEWARE": [f"{__name__}.reading_middleware"]}
    kind = "multipart/form-data; boundary=x"
    assert post(view, MULTIPART, content_type=kind, **middleware).status_code == 500


reading_middleware = before(read_post)


@pytest.mark.parametrize("send", WORLDS)
@pytest.mark.parametrize("limit", [10, len(BODY) - 1])
def test_over_data_upload_max_memory_size_is_413(
    send: Any, limit: int, caplog: pytest.LogCaptureFixture
) -> None:
    view = plain_function(Receiver(VERIFIER))
    assert send(view, DATA_UPLOAD_MAX_MEMORY_SIZE=limit).status_code == 413
    assert f"the limit of {limit} bytes. The framework sets this limit" in caplog.text


@pytest.mark.parametrize("limit", [len(BODY), None])
def test_up_to_data_upload_max_memory_size_is_read(limit: int | None) -> None:
    view = plain_function(Receiver(VERIFIER))
    assert post(view, DATA_UPLOAD_MAX_MEMORY_SIZE=limit).status_code == 200


def test_a_content_length_over_the_limit_is_refused_unread() -> None:
    unreadable = io.BytesIO()
    unreadable.close()
    environ = {"wsgi.input": unreadable, "CONTENT_LENGTH": "9999999"}
    view = plain_function(Receiver(VERIFIER))
    assert post(view, environ=environ).status_code == 413


def chunked(**more: Any) -> dict[str, Any]:
    environ = {"wsgi.input": io.BytesIO(BODY), "HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""}
    return environ | more


def test_a_chunked_body_under_a_wsgi_server_that_ends_it_is_read() -> None:
    environ = chunked(**{"wsgi.input_terminated": True})
    assert post(plain_function(Receiver(VERIFIER)), environ=environ).status_code == 200
    assert seen[0].body == BODY


@pytest.mark.parametrize(
    ("limit", "setting"), [(10, 2_621_440), (1000, 10)], ids=["receiver's limit", "Django's limit"]
)
def test_a_chunked_body_over_the_limit_is_413(limit: int, setting: int) -> None:
    view = plain_function(Receiver(VERIFIER, max_body_bytes=limit))
    environ = chunked(**{"wsgi.input_terminated": True})
    assert post(view, environ=environ, DATA_UPLOAD_MAX_MEMORY_SIZE=setting).status_code == 413


def test_a_chunked_body_without_input_terminated_is_a_configuration_error(
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert post(plain_function(Receiver(VERIFIER)), environ=chunked()).status_code == 500
    assert "wsgi.input_terminated" in caplog.text
    assert not [record for record in caplog.records if record.name == "webhook_verify"]


def test_a_chunked_body_under_asgi_is_read() -> None:
    pieces = [BODY[:5], b"", BODY[5:]]
    assert asyncio.run(asgi_status(plain_function(Receiver(VERIFIER)), asgi_scope(), pieces)) == 200
    assert seen[0].body == BODY


def test_an_oversize_stream_under_asgi_is_413() -> None:
    view = async_function(AsyncReceiver(VERIFIER, max_body_bytes=10))
    assert asyncio.run(asgi_status(view, asgi_scope(), [BODY[:5], BODY[5:]])) == 413


class Broken(io.BytesIO):
    """A connection that the client has closed."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError("connection reset")


@pytest.mark.parametrize("stream", [Broken(), io.BytesIO(BODY[:9])], ids=["reset", "short"])
def test_a_client_that_goes_away_is_no_rejection(
    stream: io.BytesIO, caplog: pytest.LogCaptureFixture
) -> None:
    environ: dict[str, Any] = {"wsgi.input": stream}
    request = RequestFactory().generic("POST", "/hook", BODY, headers=signed(), **environ)
    with caplog.at_level("INFO", "webhook_verify"):
        response = plain_function(Receiver(VERIFIER))(request)
    assert response.status_code == 400
    (record,) = [record for record in caplog.records if record.name == "webhook_verify"]
    assert record.levelname == "INFO"


# Behind a real server


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    port = processes.free_port()
    command = [sys.executable, "-m", "gunicorn", "-b", f"127.0.0.1:{port}", "app:application"]
    environ = os.environ | {"WEBHOOK_SECRET": SECRET, "PYTHONPATH": str(PROJECT.parents[1])}
    url = f"http://127.0.0.1:{port}"
    with processes.started(command, cwd=PROJECT, env=environ, stderr=subprocess.DEVNULL):
        wait_until(lambda: listens(port))
        http_client.get(url).raise_for_status()
        yield url


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(BODY, 200, id="with a length"),
        pytest.param([BODY[:5], BODY[5:]], 200, id="chunked"),
        pytest.param([BODY, b" "], 401, id="chunked and tampered"),
        pytest.param([b"x" * 2**16] * 17, 413, id="chunked and oversize"),
    ],
)
def test_over_http(url: str, body: Any, status: int) -> None:
    content = body if isinstance(body, bytes) else iter(body)
    response = http_client.post(f"{url}/webhooks/svix", content=content, headers=Signer(SECRET).sign(BODY))
    assert response.status_code == status


def test_over_http_a_client_that_hangs_up_in_the_middle_does_no_harm(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in Signer(SECRET).sign(BODY).items())
    with socket.create_connection((host, int(port))) as client:
        start = f"POST /webhooks/svix HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n{head}\r\nhalf"
        client.sendall(start.encode())
    test_over_http(url, BODY, 200)
