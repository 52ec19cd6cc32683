"""The WSGI middleware: environ, start_response and iterable in process, and behind a real server.

The first part makes single calls, most of them under ``wsgiref.validate``, for behavior that no server shows
on demand. The last part sends real requests to the server of wsgiref, which does not set
``wsgi.input_terminated``. Claims are in ``test_wsgi_claims.py``.
"""

from __future__ import annotations

import io
import logging
import socket
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.types import WSGIEnvironment
from wsgiref.validate import validator

import pytest

from tests import http_client
from tests.adapters.wsgi_calls import FORM, Answered, App, chunked, environ_of, run, served
from tests.signing import BODY, NOW, SECRET, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Signer, Verifier
from webhook_verify.adapters.wsgi import WebhookMiddleware
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse

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


# Behind a real server: wsgiref's, which is as plain as PEP 3333 is


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


def test_over_http_other_paths_pass_and_other_methods_do_not(url: str) -> None:
    assert http_client.post(f"{url}/plain", content=b"anything").content == b"done"
    assert http_client.get(f"{url}/hook").status_code == 405


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
