"""The raw body in Flask: code that preserves or consumes it, its limits, and a chunked body.

Most tests use Flask's test client, which can create any environ. The last ones send real requests to Flask's
server, and to that of wsgiref, which does not set ``wsgi.input_terminated``.
"""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from flask import Flask, request
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse

from tests import http_client
from tests.adapters.flask_views import (
    FORM,
    FORM_BODY,
    MULTIPART,
    MULTIPART_BODY,
    ONE_OF_EACH,
    Add,
    app_with,
    plain,
    post,
    post_chunked,
)
from tests.signing import BODY, SECRET, VERIFIER, signed
from webhook_verify import Receiver, Signer, Verifier


def after(add: Add, before: Callable[[], object], kind: Any = Receiver) -> Flask:
    """An application with a before_request function that runs first."""
    app = Flask(__name__)

    def run_before() -> None:
        before()

    app.before_request(run_before)
    add(app, kind(VERIFIER))
    return app


KEEPS: dict[str, Callable[[], object]] = {
    "get_json": lambda: request.get_json(),
    "get_json silently": lambda: request.get_json(silent=True),
    "get_data": lambda: request.get_data(),
    "get_data and form": lambda: (request.get_data(), request.form),
    "data": lambda: request.data,
    "json": lambda: request.json,
    "form of JSON": lambda: (request.form, request.files, request.values),
    "stream untouched": lambda: request.stream,
}


@ONE_OF_EACH
@pytest.mark.parametrize("before", KEEPS.values(), ids=KEEPS)
def test_trap_before_request_that_reads_json_or_data_keeps_the_bytes(
    add: Add, kind: Any, before: Callable[[], object]
) -> None:
    app = after(add, before, kind)
    assert post(app).get_json()["same"] is True
    assert post_chunked(app).get_json()["same"] is True


LOSES: dict[str, tuple[Callable[[], object], bytes, str]] = {
    "form": (lambda: request.form, FORM_BODY, FORM),
    "files of multipart": (lambda: request.files, MULTIPART_BODY, MULTIPART),
    "values": (lambda: request.values, FORM_BODY, FORM),
    "form, then get_data": (lambda: (request.form, request.get_data()), FORM_BODY, FORM),
    "data of a form": (lambda: request.data, FORM_BODY, FORM),
    "get_data without cache": (lambda: request.get_data(cache=False), BODY, "application/json"),
    "stream": (lambda: request.stream.read(), BODY, "application/json"),
    "a part of the stream": (lambda: request.stream.read(9), BODY, "application/json"),
}


@ONE_OF_EACH
@pytest.mark.parametrize(("before", "body", "content_type"), LOSES.values(), ids=LOSES)
def test_trap_request_form_first_is_a_clear_error_and_no_401(
    add: Add, kind: Any, before: Callable[[], object], body: bytes, content_type: str
) -> None:
    app = after(add, before, kind)
    app.testing = True
    with pytest.raises(RuntimeError, match="the body was read before the webhook was verified"):
        post(app, body, content_type=content_type)
    app.testing = False
    assert post(app, body, content_type=content_type).status_code == 500


@ONE_OF_EACH
def test_trap_request_form_first_of_a_chunked_body(add: Add, kind: Any) -> None:
    app = after(add, lambda: request.form, kind)
    assert post_chunked(app, FORM_BODY, content_type=FORM).status_code == 500


@ONE_OF_EACH
@pytest.mark.parametrize("before", [lambda: None, lambda: request.get_data()], ids=["untouched", "read"])
def test_trap_chunked_without_input_terminated_is_a_configuration_error(
    add: Add, kind: Any, before: Callable[[], object]
) -> None:
    app = after(add, before, kind)
    app.testing = True
    with pytest.raises(RuntimeError, match=r"wsgi\.input_terminated.*gunicorn"):
        app.test_client().post(
            "/hook",
            input_stream=io.BytesIO(BODY),
            headers=signed(),
            environ_overrides={"HTTP_TRANSFER_ENCODING": "chunked", "CONTENT_LENGTH": ""},
        )


@ONE_OF_EACH
@pytest.mark.parametrize(("size", "status"), [(100, 200), (101, 413)])
@pytest.mark.parametrize("send", [post, post_chunked])
def test_trap_max_content_length_is_413_by_our_answer(
    add: Add, kind: Any, size: int, status: int, send: Callable[..., TestResponse]
) -> None:
    answer = send(app_with(add, kind(VERIFIER), MAX_CONTENT_LENGTH=100), b"x" * size)
    assert answer.status_code == status
    if status == 413:
        assert answer.data == b'{"result":"too_large"}'


class Endless(io.RawIOBase):
    """An endless input that counts how much was read."""

    count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        assert size > 0
        self.count += size
        return b"x" * size

    def readinto(self, buffer: Any, /) -> int:
        self.count += len(buffer)
        return len(buffer)


@ONE_OF_EACH
@pytest.mark.parametrize("before", [lambda: None, lambda: request.form], ids=["untouched", "form of JSON"])
def test_an_endless_stream_is_read_to_one_byte_over_the_limit(
    add: Add, kind: Any, before: Callable[[], object]
) -> None:
    endless = Endless()
    app = after(add, before, lambda verifier: kind(verifier, max_body_bytes=100_000))
    answer = app.test_client().post(
        "/hook",
        headers=signed(),
        environ_overrides={
            "wsgi.input": endless,
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    )
    assert answer.status_code == 413
    assert endless.count == 100_001


@ONE_OF_EACH
@pytest.mark.parametrize("terminated", [{}, {"wsgi.input_terminated": True}], ids=["plain", "terminated"])
@pytest.mark.parametrize("length", [str(len(BODY) + 1), "some"], ids=["short", "no number"])
def test_a_client_that_is_gone_is_400_and_no_rejection_in_the_log(
    add: Add, kind: Any, terminated: dict[str, Any], length: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "webhook_verify")
    environ = {**terminated, "CONTENT_LENGTH": length}
    answer = post(app_with(add, kind(VERIFIER)), environ_overrides=environ)
    assert (answer.status_code, answer.data) == (400, b'{"result":"malformed"}')
    levels = [record.levelname for record in caplog.records if record.name == "webhook_verify"]
    assert levels == ["INFO"]


def test_bad_chunks_are_400(caplog: pytest.LogCaptureFixture) -> None:
    class Bad(Endless):
        def read(self, size: int = -1, /) -> bytes:
            raise Exception("as gunicorn does")

        def readinto(self, buffer: Any, /) -> int:
            return len(self.read(1))

    environ = {"wsgi.input": Bad(), "wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    assert post(app_with(plain, Receiver(VERIFIER)), environ_overrides=environ).status_code == 400
    assert not caplog.records


@ONE_OF_EACH
def test_a_proxy_that_counts_a_chunked_body_may_leave_the_header(add: Add, kind: Any) -> None:
    # nginx in front of uWSGI: the length is there, and how the sender framed the body is history.
    environ = {"HTTP_TRANSFER_ENCODING": "chunked"}
    answer = post(app_with(add, kind(VERIFIER)), environ_overrides=environ)
    assert answer.get_json()["same"] is True


# Behind real servers


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


def wsgiref_server(app: Flask) -> WSGIServer:
    server = WSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(app)
    return server


def flask_server(app: Flask) -> BaseWSGIServer:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    return make_server("127.0.0.1", 0, app)


@contextmanager
def served(server: Any) -> Generator[str]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    thread.join(timeout=10)
    server.server_close()


@ONE_OF_EACH
def test_over_http_bodies_with_and_without_a_length(add: Add, kind: Any) -> None:
    headers = Signer(SECRET).sign(BODY)
    with served(flask_server(app_with(add, kind(Verifier(SECRET), max_body_bytes=1000)))) as url:
        assert http_client.post(url, content=BODY, headers=headers).json()["same"] is True
        assert (
            http_client.post(url, content=iter([BODY[:9], BODY[9:]]), headers=headers).json()["same"] is True
        )
        assert http_client.post(url, content=iter([BODY, b" "]), headers=headers).status_code == 401
        assert http_client.post(url, content=iter([b"x" * 600] * 2), headers=headers).status_code == 413


def test_over_http_a_chunked_body_is_a_500_under_a_server_that_does_not_end_it(
    caplog: pytest.LogCaptureFixture,
) -> None:
    headers = Signer(SECRET).sign(BODY)
    with served(wsgiref_server(app_with(plain, Receiver(Verifier(SECRET))))) as url:
        assert http_client.post(url, content=BODY, headers=headers).status_code == 200
        assert http_client.post(url, content=iter([BODY]), headers=headers).status_code == 500
    assert "wsgi.input_terminated" in caplog.text
