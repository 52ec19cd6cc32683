"""The Flask adapter: the decorator on every kind of view, the app-wide form, and Flask's raw-body traps.

Most of it goes through Flask's test client, which makes whatever environ is asked for; the end sends
real requests to Flask's own server, and to wsgiref's, which does not set ``wsgi.input_terminated``.
"""

from __future__ import annotations

import asyncio
import io
import logging
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
from flask import Blueprint, Flask, Response, abort, g, jsonify, request, stream_with_context
from flask.typing import ResponseReturnValue
from flask.views import MethodView
from werkzeug.serving import BaseWSGIServer, make_server
from werkzeug.test import TestResponse

from tests import http_client
from tests.adapters.helpers import IN_FLIGHT, AsyncLedger, Ledger
from tests.signing import BODY, NOW, SECRET, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Signer, Verifier
from webhook_verify.adapters.flask import WebhookVerify, webhook
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import ClaimOutcome

FORM = "application/x-www-form-urlencoded"
FORM_BODY = b"type=invoice.paid&customer=Zo%C3%AB"
MULTIPART = "multipart/form-data; boundary=xx"
MULTIPART_BODY = b'--xx\r\nContent-Disposition: form-data; name="type"\r\n\r\ninvoice.paid\r\n--xx--\r\n'

Add = Callable[[Flask, Any], None]


def post(app: Flask, body: bytes = BODY, headers: dict[str, str] | None = None, **more: Any) -> TestResponse:
    more.setdefault("content_type", "application/json")
    headers = signed(body) if headers is None else headers
    return app.test_client().post("/hook", data=body, headers=headers, **more)


def post_chunked(app: Flask, body: bytes = BODY, **more: Any) -> TestResponse:
    """As a server that ends the stream itself hands a chunked body over."""
    environ = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    more.setdefault("content_type", "application/json")
    return app.test_client().post(
        "/hook", input_stream=io.BytesIO(body), headers=signed(body), environ_overrides=environ, **more
    )


def seen(delivery: Delivery) -> ResponseReturnValue:
    """What a view can say of its delivery, and of the body as Flask has it."""
    same = request.get_data() == delivery.body == request.get_data(cache=False) == request.stream.read()
    return jsonify(id=delivery.id, same=same, form=dict(request.form), json=request.get_json(silent=True))


# Every kind of view


def plain(app: Flask, receiver: Receiver) -> None:
    @app.post("/hook")
    @webhook(receiver)
    def hook(delivery: Delivery) -> ResponseReturnValue:
        return seen(delivery)


def asynchronous(app: Flask, receiver: Receiver) -> None:
    @app.post("/hook")
    @webhook(receiver)
    async def hook(delivery: Delivery) -> ResponseReturnValue:
        await asyncio.sleep(0)
        return seen(delivery)


def on_blueprint(app: Flask, receiver: Receiver) -> None:
    blueprint = Blueprint("hooks", __name__)

    @blueprint.post("/hook")
    @webhook(receiver)
    def hook(delivery: Delivery) -> ResponseReturnValue:
        return seen(delivery)

    app.register_blueprint(blueprint)


def on_method_view(app: Flask, receiver: Receiver) -> None:
    class Hook(MethodView):
        decorators = [webhook(receiver)]  # noqa: RUF012

        def post(self, delivery: Delivery) -> ResponseReturnValue:
            return seen(delivery)

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))


def on_one_method(app: Flask, receiver: Receiver) -> None:
    class Hook(MethodView):
        def get(self) -> ResponseReturnValue:
            return "registered"

        @webhook(receiver)
        def post(self, delivery: Delivery) -> ResponseReturnValue:
            return seen(delivery)

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))


def on_one_async_method(app: Flask, receiver: Receiver) -> None:
    class Hook(MethodView):
        @webhook(receiver)
        async def post(self, delivery: Delivery) -> ResponseReturnValue:
            return seen(delivery)

    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))


def app_wide(app: Flask, receiver: Receiver) -> None:
    @app.post("/hook")
    def hook() -> ResponseReturnValue:
        return seen(g.delivery)

    WebhookVerify(app, receiver=receiver, path="/hook")


BLOCKING: list[Add] = [plain, asynchronous, on_blueprint, on_method_view, on_one_method, app_wide]
ASYNC: list[Add] = [asynchronous, on_one_async_method]
KINDS: list[tuple[Add, Any]] = [
    *((add, Receiver) for add in [*BLOCKING, on_one_async_method]),
    *((add, AsyncReceiver) for add in ASYNC),
]
EVERY_KIND = pytest.mark.parametrize(
    ("add", "kind"), KINDS, ids=[f"{add.__name__}-{kind.__name__}" for add, kind in KINDS]
)
ONE_OF_EACH = pytest.mark.parametrize(
    ("add", "kind"),
    [(plain, Receiver), (asynchronous, Receiver), (asynchronous, AsyncReceiver), (app_wide, Receiver)],
    ids=["plain", "async", "async with AsyncReceiver", "app-wide"],
)


def app_with(add: Add, receiver: Any, **config: Any) -> Flask:
    app = Flask(__name__)
    app.config.update(config)
    add(app, receiver)
    return app


@EVERY_KIND
def test_the_view_gets_the_delivery_and_flask_still_has_the_body(add: Add, kind: Any) -> None:
    answer = post(app_with(add, kind(VERIFIER)))
    assert answer.status_code == 200
    assert answer.get_json() == {"id": "msg_1", "same": True, "form": {}, "json": VALUES}


VALUES = {"type": "invoice.paid", "customer": "Zoë"}


@EVERY_KIND
@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (BODY, {}, 400),
        (BODY, signed() | {"webhook-id": " "}, 400),
        (BODY + b" ", signed(), 401),
        (BODY, signed(timestamp=NOW - 301), 401),
        (BODY, signed(timestamp=NOW + 301), 401),
        (b"x" * 1001, signed(b"x" * 1001), 413),
    ],
    ids=["missing", "blank", "tampered", "stale", "too new", "oversize"],
)
def test_what_is_not_genuine_never_reaches_the_view(
    add: Add, kind: Any, body: bytes, headers: dict[str, str], status: int, caplog: pytest.LogCaptureFixture
) -> None:
    answer = post(app_with(add, kind(VERIFIER, max_body_bytes=1000)), body, headers)
    assert answer.status_code == status
    assert answer.content_type == "application/json"
    assert list(answer.get_json()) == ["result"]
    assert [record.levelname for record in caplog.records if record.name == "webhook_verify"] == ["WARNING"]


@ONE_OF_EACH
@pytest.mark.parametrize(
    ("body", "more"),
    [
        (b"", {}),
        (b'{"name": "Zo\xeb\xff\x00"}', {}),
        (b"{not json", {}),
        (BODY, {"content_type": None}),
        (FORM_BODY, {"content_type": FORM}),
        (MULTIPART_BODY, {"content_type": MULTIPART}),
        (b"--yy\r\nno end", {"content_type": "multipart/form-data"}),
        (BODY, {"environ_overrides": {"HTTP_CONTENT_ENCODING": "gzip"}}),
        (b"x" * 1000, {}),
    ],
    ids=["empty", "binary", "no json", "no type", "form", "multipart", "broken", "gzip", "at the limit"],
)
def test_any_bytes_can_be_genuine(add: Add, kind: Any, body: bytes, more: dict[str, Any]) -> None:
    answer = post(app_with(add, kind(VERIFIER, max_body_bytes=1000)), body, **more)
    assert answer.status_code == 200
    assert answer.get_json()["same"] is True


@ONE_OF_EACH
@pytest.mark.parametrize(
    ("body", "content_type", "form"),
    [
        (FORM_BODY, FORM, {"type": "invoice.paid", "customer": "Zoë"}),
        (MULTIPART_BODY, MULTIPART, {"type": "invoice.paid"}),
    ],
    ids=["form", "multipart"],
)
def test_the_view_can_read_the_form_of_the_verified_bytes(
    add: Add, kind: Any, body: bytes, content_type: str, form: dict[str, str]
) -> None:
    app = app_with(add, kind(VERIFIER))
    assert post(app, body, content_type=content_type).get_json()["form"] == form
    assert post_chunked(app, body, content_type=content_type).get_json()["form"] == form


def test_route_arguments_are_handed_on() -> None:
    app = Flask(__name__)

    @app.post("/hook/<int:number>")
    @webhook(Receiver(VERIFIER))
    def hook(delivery: Delivery, number: int) -> ResponseReturnValue:
        return f"{delivery.id} {number}"

    assert app.test_client().post("/hook/7", data=BODY, headers=signed()).text == "msg_1 7"


def test_header_names_have_any_letter_case() -> None:
    headers = {name.swapcase(): value for name, value in signed().items()}
    assert post(app_with(plain, Receiver(VERIFIER)), headers=headers).status_code == 200


def test_a_duplicate_header_arrives_joined_and_is_refused() -> None:
    # A WSGI environ has one value for each name: servers put a comma between two.
    headers = signed() | {"webhook-id": "msg_1,msg_2"}
    assert post(app_with(plain, Receiver(VERIFIER)), headers=headers).status_code == 401


# Methods


@pytest.mark.parametrize("add", [plain, asynchronous, on_blueprint])
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_another_method_is_405_with_allow(add: Add, method: str) -> None:
    answer = app_with(add, Receiver(VERIFIER)).test_client().open("/hook", method=method)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize("kind", [Receiver, AsyncReceiver])
def test_another_method_of_the_same_route_is_405_too(method: str, kind: Any) -> None:
    app = Flask(__name__)
    receiver: Receiver = kind(VERIFIER)

    @app.route("/hook", methods=["GET", "POST", "PUT"])
    @webhook(receiver)
    async def hook(delivery: Delivery) -> ResponseReturnValue:
        raise AssertionError

    answer = app.test_client().open("/hook", method=method)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert bool(answer.data) is (method != "HEAD")


def test_a_method_view_may_answer_a_get_of_its_own() -> None:
    app = app_with(on_one_method, Receiver(VERIFIER))
    assert app.test_client().get("/hook").text == "registered"


def test_the_app_wide_form_lets_other_paths_and_methods_pass() -> None:
    app = app_with(app_wide, Receiver(VERIFIER))
    app.add_url_rule("/plain", view_func=lambda: request.get_data(), endpoint="plain", methods=["POST"])
    app.add_url_rule("/hook", view_func=lambda: "registered", endpoint="get")
    assert app.test_client().post("/plain", data=b"anything").data == b"anything"
    assert app.test_client().get("/hook").text == "registered"
    assert app.test_client().post("/hook/", data=b"anything").status_code == 404


def test_a_path_that_is_not_guarded_has_no_delivery_and_fails_closed() -> None:
    app = app_with(app_wide, Receiver(VERIFIER))
    app.add_url_rule("/other", view_func=app.view_functions["hook"], methods=["POST"])
    assert app.test_client().post("/other", data=BODY).status_code == 500
    # An application context that outlives the request must not hand the last delivery on.
    with app.app_context():
        assert post(app).status_code == 200
        assert app.test_client().post("/other", data=BODY).status_code == 500


def test_init_app_takes_several_apps_and_paths() -> None:
    guard = WebhookVerify(receiver=Receiver(VERIFIER), path=["/hook", "/other"])
    for name in ("one", "two"):
        app = Flask(name)
        guard.init_app(app)
        app.add_url_rule("/hook", view_func=lambda: seen(g.delivery), endpoint="hook", methods=["POST"])
        assert post(app).status_code == 200
        assert post(app, headers={}).status_code == 400


# The traps of a raw body


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
    with pytest.raises(RuntimeError, match="read before the webhook was verified"):
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


# Claims


def ledger_of(kind: Any, *outcome: ClaimOutcome) -> Any:
    return AsyncLedger(*outcome) if kind is AsyncReceiver else Ledger(*outcome)


def answering(app: Flask, add: Add, receiver: Receiver, view: Callable[[], Any]) -> None:
    """A view that answers so, guarded in the way of ``add``."""
    if add is app_wide:
        app.add_url_rule("/hook", view_func=view, endpoint="hook", methods=["POST"])
        WebhookVerify(app, receiver=receiver, path="/hook")
    elif add is plain:
        app.post("/hook")(webhook(receiver)(lambda delivery: view()))
    else:

        @app.post("/hook")
        @webhook(receiver)
        async def hook(delivery: Delivery) -> ResponseReturnValue:
            answer: ResponseReturnValue = view()
            return answer


VIEWS: dict[str, tuple[Callable[[], Any], int, str]] = {
    "text": (lambda: "ok", 200, "complete"),
    "tuple 204": (lambda: ("", 204), 204, "complete"),
    "dict": (lambda: {"a": 1}, 200, "complete"),
    "Response 202": (lambda: Response(status=202), 202, "complete"),
    "302": (lambda: ("", 302, {"location": "/"}), 302, "release"),
    "500": (lambda: ("", 500), 500, "release"),
    "abort 503": (lambda: abort(503), 503, "release"),
    "raises": (lambda: 1 // 0, 500, "release"),
    "None": (lambda: None, 500, "release"),
    "streams": (lambda: Response(iter([b"a", b"b"])), 200, "complete"),
}


@ONE_OF_EACH
@pytest.mark.parametrize(("view", "status", "outcome"), VIEWS.values(), ids=VIEWS)
def test_the_claim_is_settled_by_what_flask_makes_of_the_views_answer(
    add: Add, kind: Any, view: Callable[[], Any], status: int, outcome: str
) -> None:
    ledger, app = ledger_of(kind), Flask(__name__)
    answering(app, add, kind(VERIFIER, replay=ledger), view)
    with post(app) as answer:
        assert answer.data or status != 200
        assert answer.status_code == status
    assert ledger.outcome == [outcome]


@ONE_OF_EACH
def test_the_claim_is_released_when_the_error_goes_through_flask(add: Add, kind: Any) -> None:
    ledger, app = ledger_of(kind), Flask(__name__)
    app.config["PROPAGATE_EXCEPTIONS"] = True
    answering(app, add, kind(VERIFIER, replay=ledger), lambda: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        post(app)
    assert ledger.outcome == ["release"]


@ONE_OF_EACH
def test_the_guards_answer_is_sent_without_running_the_view(add: Add, kind: Any) -> None:
    ledger, app = ledger_of(kind, IN_FLIGHT), Flask(__name__)
    answering(app, add, kind(VERIFIER, replay=ledger), lambda: pytest.fail("the view ran"))
    answer = post(app)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert ledger.outcome == []


def test_app_wide_the_status_after_all_other_functions_counts() -> None:
    ledger, app = Ledger(), Flask(__name__)
    answering(app, app_wide, Receiver(VERIFIER, replay=ledger), lambda: "ok")

    @app.after_request
    def fail(response: Response) -> Response:
        response.status_code = 503
        return response

    assert post(app).status_code == 503
    assert ledger.outcome == ["release"]


def test_app_wide_a_stream_with_context_has_the_delivery() -> None:
    ledger, app = Ledger(), Flask(__name__)

    def pieces() -> Iterator[str]:
        yield from ("first ", g.delivery.id)

    view = lambda: Response(stream_with_context(pieces()))  # noqa: E731
    answering(app, app_wide, Receiver(VERIFIER, replay=ledger), view)
    with post(app) as answer:
        assert answer.data == b"first msg_1"
    assert ledger.outcome == ["complete"]


# Options, and misuse


@ONE_OF_EACH
def test_on_reject_has_its_own_answer(add: Add, kind: Any) -> None:
    def on_reject(error: RejectedDelivery, head: RequestHead) -> WebhookResponse | None:
        return WebhookResponse(410, b"gone", (("content-type", "text/plain"), ("x-path", head.path)))

    answer = post(app_with(add, kind(VERIFIER, on_reject=on_reject)), headers={})
    assert (answer.status_code, answer.data) == (410, b"gone")
    assert answer.headers.getlist("content-type") == ["text/plain"]
    assert answer.headers["x-path"] == "/hook"


def find(head: RequestHead) -> Verifier | None:
    return VERIFIER if head.header("X-Tenant") == "acme" else None


async def find_async(head: RequestHead) -> Verifier | None:
    await asyncio.sleep(0)
    return find(head)


@pytest.mark.parametrize(
    ("add", "receiver"),
    [
        (plain, Receiver(find)),
        (app_wide, Receiver(find)),
        (asynchronous, Receiver(find)),
        (asynchronous, AsyncReceiver(find)),
        (asynchronous, AsyncReceiver(find_async)),
    ],
    ids=["plain", "app-wide", "async", "async with AsyncReceiver", "async lookup"],
)
def test_a_lookup_chooses_the_verifier_of_the_request(add: Add, receiver: Any) -> None:
    app = app_with(add, receiver)
    assert post(app, headers=signed() | {"x-tenant": "acme"}).status_code == 200
    assert post(app, headers=signed() | {"x-tenant": "other"}).status_code == 401


@ONE_OF_EACH
def test_the_observer_hears_of_every_verdict(add: Add, kind: Any) -> None:
    heard: list[str] = []

    class Hearing:
        def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
            heard.append(f"verified {delivery.id} {head.path}")

        def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None:
            heard.append(str(error.reason))

    app = app_with(add, kind(VERIFIER, observer=Hearing()))
    post(app)
    post(app, BODY + b" ", signed())
    assert heard == ["verified msg_1 /hook", "signature_mismatch"]


@pytest.mark.parametrize(
    "use",
    [
        lambda: webhook(AsyncReceiver(VERIFIER))(lambda delivery: ""),  # type: ignore[arg-type]
        lambda: webhook(VERIFIER)(lambda delivery: ""),  # type: ignore[call-overload]
        lambda: WebhookVerify(receiver=AsyncReceiver(VERIFIER), path="/hook"),  # type: ignore[arg-type]
        lambda: app_with(on_method_view, AsyncReceiver(VERIFIER)),
    ],
    ids=["plain view", "verifier", "app-wide", "decorators of a MethodView"],
)
def test_the_wrong_kind_of_receiver_is_a_type_error(use: Callable[[], object]) -> None:
    with pytest.raises(TypeError, match="receiver is a Receiver, or an AsyncReceiver for an async view"):
        use()


def test_a_path_must_be_one() -> None:
    with pytest.raises(ValueError, match="path"):
        WebhookVerify(receiver=Receiver(VERIFIER), path="hook")


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


NO_VIEWS: list[Any] = [lambda: "", lambda event: "", lambda delivery, /: "", lambda *delivery: ""]
TAKING: list[Any] = [
    lambda delivery: "",
    lambda *, delivery: "",
    lambda name, delivery=None: "",
    lambda **given: "",
]


@pytest.mark.parametrize("view", NO_VIEWS)
def test_a_view_that_cannot_take_the_delivery_is_refused_when_it_is_decorated(view: Any) -> None:
    with pytest.raises(TypeError, match="takes the delivery by that name"):
        webhook(Receiver(VERIFIER))(view)


@pytest.mark.parametrize("view", TAKING)
def test_a_view_takes_the_delivery_in_any_way_that_has_its_name(view: Any) -> None:
    assert callable(webhook(Receiver(VERIFIER))(view))
