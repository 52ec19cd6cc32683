"""The WSGI middleware, as a server sees it (environ, start_response, iterable) and behind a real server.

The first half drives it call by call, most of it under ``wsgiref.validate``, for what no server can be
made to do on demand; the second half sends real requests to the server of wsgiref, which
does not set ``wsgi.input_terminated``.
"""

from __future__ import annotations

import io
import logging
import socket
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from tests import http_client
from tests.adapters.helpers import IN_FLIGHT, Ledger
from tests.signing import BODY, NOW, SECRET, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Signer, Verifier
from webhook_verify.adapters.wsgi import WebhookMiddleware
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse

FORM = "application/x-www-form-urlencoded"


def environ_of(body: bytes = BODY, headers: dict[str, str] | None = None, **changes: Any) -> WSGIEnvironment:
    """The environ of a POST to /hook; a change to None takes a variable away."""
    environ: WSGIEnvironment = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/hook",
        "SCRIPT_NAME": "",
        "QUERY_STRING": "",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }
    setup_testing_defaults(environ)
    for name, value in (signed(body) if headers is None else headers).items():
        environ["HTTP_" + name.upper().replace("-", "_")] = value
    environ.update({name.replace("wsgi_", "wsgi."): value for name, value in changes.items()})
    return {name: value for name, value in environ.items() if value is not None}


def chunked(body: bytes = BODY, **changes: Any) -> WSGIEnvironment:
    return environ_of(body, CONTENT_LENGTH=None, HTTP_TRANSFER_ENCODING="chunked", **changes)


class App:
    """An application that reads its whole body and remembers what it saw."""

    def __init__(self, status: str = "200 OK", error: BaseException | None = None) -> None:
        self.status = status
        self.error = error
        self.environs: list[WSGIEnvironment] = []
        self.bodies: list[bytes] = []

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.environs.append(environ)
        self.bodies.append(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))
        if self.error is not None:
            raise self.error
        start_response(self.status, [("Content-Type", "text/plain")])
        return [b"done"]


class Answered:
    """What a server was given by an application."""

    def __init__(self) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""

    def start(self, status: str, headers: Any, exc_info: Any = None) -> Callable[[bytes], object]:
        self.status = int(status.split()[0])
        self.headers = {name.lower(): value for name, value in headers}
        return lambda data: None


def run(app: WSGIApplication, environ: WSGIEnvironment, receiver: Receiver | None = None) -> Answered:
    """What the middleware answers, checked by the validator of the standard library."""
    answered = Answered()
    middleware = WebhookMiddleware(app, receiver=receiver or Receiver(VERIFIER), path="/hook")
    pieces = validator(middleware)(environ, answered.start)
    try:
        answered.body = b"".join(pieces)
    finally:
        getattr(pieces, "close", lambda: None)()
    return answered


# What reaches the application


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param(environ_of, id="with a length"),
        pytest.param(lambda: chunked(wsgi_input_terminated=True), id="chunked"),
        pytest.param(lambda: environ_of(CONTENT_LENGTH=None, wsgi_input_terminated=True), id="no length"),
        pytest.param(lambda: environ_of(CONTENT_TYPE=FORM), id="form-encoded"),
        pytest.param(lambda: environ_of(CONTENT_TYPE=None), id="no content type"),
        pytest.param(lambda: environ_of(HTTP_CONTENT_ENCODING="gzip"), id="gzip header left alone"),
        pytest.param(lambda: environ_of(PATH_INFO="/hook", SCRIPT_NAME="/in"), id="below SCRIPT_NAME"),
    ],
)
def test_the_app_gets_the_delivery_and_the_exact_body(environ: Callable[[], WSGIEnvironment]) -> None:
    app = App()
    assert run(app, environ()).status == 200
    delivery = app.environs[0]["webhook_verify.delivery"]
    assert isinstance(delivery, Delivery)
    assert delivery.body == app.bodies[0] == BODY
    assert app.environs[0]["CONTENT_LENGTH"] == str(len(BODY))
    assert "HTTP_TRANSFER_ENCODING" not in app.environs[0]


@pytest.mark.parametrize("body", [b"", b'{"name": "Zo\xeb\xff\x00"}', b"x" * 200_000], ids=len)
def test_any_bytes_can_be_genuine(body: bytes) -> None:
    app = App()
    assert run(app, environ_of(body)).status == 200
    assert app.bodies == [body]


def test_an_empty_body_needs_no_length() -> None:
    assert run(App(), environ_of(b"", CONTENT_LENGTH="")).status == 200
    assert run(App(), environ_of(b"", CONTENT_LENGTH=None)).status == 200


def test_a_path_that_is_not_ascii_is_compared_as_it_is_written() -> None:
    app = App()
    middleware = WebhookMiddleware(app, receiver=Receiver(VERIFIER), path="/zoë")
    middleware(environ_of(PATH_INFO="/zo\xc3\xab"), Answered().start)
    assert "webhook_verify.delivery" in app.environs[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"PATH_INFO": "/other"},
        {"PATH_INFO": "/hook/"},
        {"PATH_INFO": "/hook\xff"},
        {"PATH_INFO": None},
        {"REQUEST_METHOD": "GET"},
        {"REQUEST_METHOD": "HEAD"},
        {"REQUEST_METHOD": "OPTIONS"},
        {"REQUEST_METHOD": "PUT"},
    ],
    ids=str,
)
def test_what_is_not_ours_passes_untouched(changes: dict[str, Any]) -> None:
    app = App()
    environ = environ_of(b"anything", {}, **changes)
    before = dict(environ)
    WebhookMiddleware(app, receiver=Receiver(VERIFIER), path="/hook")(environ, Answered().start)
    assert app.environs[0] is environ
    assert environ == before
    assert app.bodies == [b"anything"]


# What is refused


class Untouchable(io.BytesIO):
    """An input that must not be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    ("headers", "changes", "status"),
    [
        ({}, {}, 400),
        (signed() | {"webhook-id": ""}, {}, 400),
        (signed() | {"webhook-signature": "v2,abc"}, {}, 401),
        (signed(timestamp=NOW - 301), {}, 401),
        (signed(timestamp=NOW + 301), {}, 401),
        (signed(), {"CONTENT_LENGTH": "9999999"}, 413),
        (signed(), {"CONTENT_LENGTH": "9" * 400}, 413),
    ],
    ids=["missing", "blank", "no signature", "stale", "too new", "too long", "absurdly long"],
)
def test_refused_on_headers_without_reading_the_body(
    headers: dict[str, str], changes: dict[str, str], status: int
) -> None:
    app = App()
    answered = run(app, environ_of(BODY, headers, wsgi_input=Untouchable(BODY), **changes))
    assert answered.status == status
    assert answered.headers["content-type"] == "application/json"
    assert answered.headers["content-length"] == str(len(answered.body))
    assert not app.environs


def test_a_tampered_body_never_reaches_the_app() -> None:
    app = App()
    assert run(app, environ_of(BODY + b" ", signed())).status == 401
    assert not app.environs


@pytest.mark.parametrize("names", [("webhook-id", "Webhook_Id"), ("WEBHOOK-ID", "webhook-id")])
def test_a_header_of_two_spellings_in_the_environ_is_ambiguous(names: tuple[str, str]) -> None:
    environ = environ_of()
    del environ["HTTP_WEBHOOK_ID"]
    environ.update({f"HTTP_{name}": f"msg_{number}" for number, name in enumerate(names)})
    assert run(App(), environ).status == 400


def test_a_variable_of_the_process_is_no_header() -> None:
    assert run(App(), environ_of() | {"webhook-id": "msg_2"}).status == 200


class Counting(io.BytesIO):
    """An endless input that counts how much was read."""

    count = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size > 0
        self.count += size
        return b"x" * size


def test_refused_at_one_byte_over_the_limit_of_an_endless_stream() -> None:
    endless = Counting()
    environ = chunked(wsgi_input_terminated=True, wsgi_input=endless)
    assert run(App(), environ, Receiver(VERIFIER, max_body_bytes=100_000)).status == 413
    assert endless.count == 100_001


def test_on_reject_has_its_own_answer() -> None:
    def on_reject(error: RejectedDelivery, head: RequestHead) -> WebhookResponse | None:
        return WebhookResponse(204) if head.header("content-type") == "application/json" else None

    answered = run(App(), environ_of(BODY, {}, CONTENT_TYPE=None), Receiver(VERIFIER, on_reject=on_reject))
    assert answered.status == 400
    pieces = WebhookMiddleware(App(), receiver=Receiver(VERIFIER, on_reject=on_reject), path="/hook")(
        environ_of(BODY, {}), answered.start
    )
    assert list(pieces) == [b""]
    assert answered.status == 204
    assert answered.headers == {}


def test_an_own_answer_may_have_a_status_without_a_phrase() -> None:
    receiver = Receiver(
        VERIFIER, on_reject=lambda error, head: WebhookResponse(499, b"", (("content-type", "a/b"),))
    )
    assert run(App(), environ_of(BODY, {}), receiver).status == 499


def test_a_lookup_chooses_the_verifier_of_the_request() -> None:
    receiver = Receiver(lambda head: VERIFIER if head.header("x-tenant") == "acme" else None)
    assert run(App(), environ_of(HTTP_X_TENANT="acme"), receiver).status == 200
    assert run(App(), environ_of(HTTP_X_TENANT="other"), receiver).status == 401


def test_the_observer_hears_of_every_verdict() -> None:
    heard: list[str] = []

    class Hearing(Observer):
        def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
            heard.append(f"verified {delivery.id} {head.path}")

        def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
            heard.append(str(error.reason))

    receiver = Receiver(VERIFIER, observer=Hearing())
    run(App(), environ_of(), receiver)
    run(App(), environ_of(BODY + b" ", signed()), receiver)
    assert heard == ["verified msg_1 /hook", "signature_mismatch"]


# What is no delivery, and no bad signature


class Breaking(io.BytesIO):
    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def read(self, size: int | None = -1, /) -> bytes:
        raise self.error


@pytest.mark.parametrize(
    "changes",
    [
        {"CONTENT_LENGTH": str(len(BODY) + 1)},
        {"wsgi_input": io.BytesIO()},
        {"wsgi_input": Breaking(OSError("secret bytes"))},
        {"wsgi_input": Breaking(Exception("bad chunk"))},
        {"CONTENT_LENGTH": "some"},
        {"CONTENT_LENGTH": "-5"},
    ],
    ids=["short", "nothing", "connection lost", "bad chunks", "length no number", "length negative"],
)
def test_a_body_that_does_not_arrive_is_400_and_no_rejection_in_the_log(
    changes: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app, answered = App(), Answered()
    middleware = WebhookMiddleware(app, receiver=Receiver(VERIFIER), path="/hook")
    assert list(middleware(environ_of(**changes), answered.start)) == [b'{"result":"malformed"}']
    assert answered.status == 400
    assert not app.environs
    [record] = caplog.records
    assert record.levelno == logging.INFO
    assert "secret" not in record.getMessage()


@pytest.mark.parametrize("flag", [None, False], ids=["not set", "false"])
def test_a_chunked_body_without_input_terminated_is_a_configuration_error(flag: bool | None) -> None:
    with pytest.raises(RuntimeError, match=r"wsgi\.input_terminated.*gunicorn"):
        run(App(), chunked(wsgi_input_terminated=flag))


def test_but_what_its_headers_give_away_is_refused_before() -> None:
    environ = chunked()
    del environ["HTTP_WEBHOOK_ID"]
    assert run(App(), environ).status == 400


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"receiver": AsyncReceiver(VERIFIER), "path": "/hook"}, TypeError),
        ({"receiver": VERIFIER, "path": "/hook"}, TypeError),
        ({"receiver": Receiver(VERIFIER), "path": "hook"}, ValueError),
        ({"receiver": Receiver(VERIFIER), "path": []}, ValueError),
    ],
    ids=["async", "verifier", "no slash", "no path"],
)
def test_misuse_is_told_at_construction(arguments: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        WebhookMiddleware(App(), **arguments)


# Claims


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("200 OK", "complete"),
        ("299 Anything", "complete"),
        ("302 Found", "release"),
        ("500 Internal Server Error", "release"),
    ],
)
def test_the_claim_is_settled_by_the_apps_status(status: str, outcome: str) -> None:
    ledger = Ledger()
    assert run(App(status), environ_of(), Receiver(VERIFIER, replay=ledger)).body == b"done"
    assert ledger.outcome == [outcome]


@pytest.mark.parametrize("error", [RuntimeError("boom"), SystemExit(1)], ids=repr)
def test_the_claim_is_released_when_the_app_raises(error: BaseException) -> None:
    ledger = Ledger()
    with pytest.raises(type(error)):
        run(App(error=error), environ_of(), Receiver(VERIFIER, replay=ledger))
    assert ledger.outcome == ["release"]


def test_the_guards_answer_is_sent_without_running_the_app() -> None:
    app = App()
    ledger = Ledger(IN_FLIGHT)
    answered = run(app, environ_of(), Receiver(VERIFIER, replay=ledger))
    assert answered.status == 503
    assert answered.headers["retry-after"] == "5"
    assert not app.environs


class Response:
    """An iterable as frameworks return one, which counts how often it is closed."""

    def __init__(self, pieces: Iterable[bytes | Exception], error: Exception | None = None) -> None:
        self.pieces = iter(pieces)
        self.error = error
        self.closed = 0

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = next(self.pieces)
        if isinstance(piece, Exception):
            raise piece
        return piece

    def close(self) -> None:
        self.closed += 1
        if self.error is not None:
            raise self.error


def opened(app: WSGIApplication, ledger: Ledger) -> Any:
    """The guarded response, before its first piece."""
    receiver = Receiver(VERIFIER, replay=ledger)
    return WebhookMiddleware(app, receiver=receiver, path="/hook")(environ_of(), Answered().start)


def answering(response: Iterable[bytes]) -> WSGIApplication:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        return response

    return app


def test_a_streaming_response_streams_and_is_settled_when_it_is_closed() -> None:
    ledger, response, made = Ledger(), Response([]), list[int]()

    def pieces() -> Iterator[bytes]:
        for number in range(3):
            made.append(number)
            yield b"piece"

    response.pieces = pieces()
    served = opened(answering(response), ledger)
    assert next(served) == b"piece"
    assert made == [0]
    assert list(served) == [b"piece", b"piece"]
    assert (ledger.outcome, response.closed) == ([], 0)
    served.close()
    served.close()
    assert (ledger.outcome, response.closed) == (["complete"], 1)


def test_a_response_that_fails_in_the_middle_is_closed_once_and_released() -> None:
    ledger, response = Ledger(), Response([b"half", RuntimeError("boom")])
    served = opened(answering(response), ledger)
    with pytest.raises(RuntimeError, match="boom"):
        list(served)
    served.close()
    assert (ledger.outcome, response.closed) == (["release"], 1)


def test_a_response_that_fails_to_close_is_released() -> None:
    ledger, response = Ledger(), Response([b"all"], RuntimeError("boom"))
    served = opened(answering(response), ledger)
    assert list(served) == [b"all"]
    with pytest.raises(RuntimeError, match="boom"):
        served.close()
    served.close()
    assert (ledger.outcome, response.closed) == (["release"], 1)


def test_a_sender_that_is_gone_when_it_is_answered_does_not_undo_the_handler() -> None:
    ledger, response = Ledger(), Response([b"all"])
    opened(answering(response), ledger).close()
    assert (ledger.outcome, response.closed) == (["complete"], 1)


@pytest.mark.parametrize(("has_length", "outcome"), [(True, "complete"), (False, "release")])
def test_a_sender_that_goes_in_the_middle_stops_a_stream_but_not_what_has_a_length(
    has_length: bool, outcome: str
) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Length", "6")] if has_length else [])
        return Response([b"one", b"two"])

    ledger = Ledger()
    served = opened(app, ledger)
    assert next(served) == b"one"
    served.close()
    assert ledger.outcome == [outcome]


def generating(environ: WSGIEnvironment, start_response: StartResponse) -> Iterator[bytes]:
    start_response("200 OK", [])
    yield b"begun"
    yield b"done"


@pytest.mark.parametrize(("count", "outcome"), [(0, "release"), (1, "release"), (3, "complete")])
def test_a_generator_that_is_stopped_in_the_middle_is_released(count: int, outcome: str) -> None:
    ledger = Ledger()
    served = opened(generating, ledger)
    for _ in range(count):
        next(served, None)
    served.close()
    assert ledger.outcome == [outcome]


def test_the_last_status_counts() -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("200 OK", [])
        try:
            raise ValueError("too late")
        except ValueError as error:
            start_response("500 Oh", [], (ValueError, error, error.__traceback__))  # type: ignore[arg-type]
        return [b"sorry"]

    ledger = Ledger()
    assert opened(app, ledger) == [b"sorry"]
    assert ledger.outcome == ["release"]


@pytest.mark.parametrize("status", ["", "OK", "2"])
def test_a_status_that_is_none_releases(status: str) -> None:
    def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response(status, [])
        return []

    ledger = Ledger()
    middleware = WebhookMiddleware(app, receiver=Receiver(VERIFIER, replay=ledger), path="/hook")
    middleware(environ_of(), lambda *_: lambda data: None)
    assert ledger.outcome == ["release"]


def test_without_a_guard_the_apps_own_response_is_returned() -> None:
    response = Response([b"all"])
    middleware = WebhookMiddleware(answering(response), receiver=Receiver(VERIFIER), path="/hook")
    assert middleware(environ_of(), Answered().start) is response


# Behind a real server: wsgiref's, which is as plain as PEP 3333 is


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def served(app: WSGIApplication) -> Generator[str]:
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    receiver = Receiver(Verifier(SECRET), max_body_bytes=1000)
    with served(validator(WebhookMiddleware(validator(App()), receiver=receiver, path="/hook"))) as url:
        yield url


def signed_now(body: bytes) -> dict[str, str]:
    return Signer(SECRET).sign(body)


def test_over_http_a_delivery_is_verified_in_any_letter_case(url: str) -> None:
    headers = {name.title().swapcase(): value for name, value in signed_now(BODY).items()}
    answer = http_client.post(f"{url}/hook", content=BODY, headers=headers)
    assert (answer.status_code, answer.content) == (200, b"done")


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [(BODY, {}, 400), (BODY + b" ", signed_now(BODY), 401), (b"x" * 1001, signed_now(b"x" * 1001), 413)],
    ids=["unsigned", "tampered", "oversize"],
)
def test_over_http_a_bad_delivery_is_refused(
    url: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    assert http_client.post(f"{url}/hook", content=body, headers=headers).status_code == status


def test_over_http_other_paths_and_methods_pass(url: str) -> None:
    assert http_client.post(f"{url}/plain", content=b"anything").content == b"done"
    assert http_client.get(f"{url}/hook").content == b"done"


def test_over_http_a_chunked_body_is_a_500_that_names_the_server_setting(
    url: str, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = http_client.post(f"{url}/hook", content=iter([BODY]), headers=signed_now(BODY))
    assert answer.status_code == 500
    assert "wsgi.input_terminated" in capfd.readouterr().err


def test_over_http_a_client_that_hangs_up_in_the_middle_does_no_harm(url: str) -> None:
    host, port = url.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in signed_now(BODY).items())
    with socket.create_connection((host, int(port))) as client:
        client.sendall(f"POST /hook HTTP/1.1\r\nhost: x\r\ncontent-length: 500\r\n{head}\r\nhalf".encode())
        client.shutdown(socket.SHUT_WR)
        assert b" 400 " in client.recv(100)
    assert http_client.post(f"{url}/hook", content=BODY, headers=signed_now(BODY)).status_code == 200
