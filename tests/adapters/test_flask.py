"""The Flask adapter: the decorator on every kind of view, the extension, claims and options.

Code that may have read the body before is in ``test_flask_body.py``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, Response, abort, g, request, stream_with_context
from flask.typing import ResponseReturnValue

from tests.adapters.flask_views import (
    EVERY_KIND,
    FORM,
    FORM_BODY,
    MULTIPART,
    MULTIPART_BODY,
    ONE_OF_EACH,
    Add,
    app_wide,
    app_with,
    asynchronous,
    on_blueprint,
    on_method_view,
    on_one_method,
    plain,
    post,
    post_chunked,
    seen,
)
from tests.adapters.helpers import IN_FLIGHT, AsyncLedger, Ledger
from tests.signing import BODY, NOW, VERIFIER, signed
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters.flask import WebhookVerify, webhook
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.replay import ClaimOutcome


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


def test_the_app_wide_form_lets_other_paths_pass_and_other_methods_not() -> None:
    app = app_with(app_wide, Receiver(VERIFIER))
    app.add_url_rule("/plain", view_func=lambda: request.get_data(), endpoint="plain", methods=["POST"])
    app.add_url_rule("/hook", view_func=lambda: "registered", endpoint="get")
    assert app.test_client().post("/plain", data=b"anything").data == b"anything"
    assert app.test_client().get("/hook").status_code == 405
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
    with pytest.raises(TypeError, match=r"receiver must be a Receiver \(or an AsyncReceiver,"):
        use()


def test_a_path_must_be_one() -> None:
    with pytest.raises(ValueError, match="path"):
        WebhookVerify(receiver=Receiver(VERIFIER), path="hook")


NO_VIEWS: list[Any] = [lambda: "", lambda event: "", lambda delivery, /: "", lambda *delivery: ""]
TAKING: list[Any] = [
    lambda delivery: "",
    lambda *, delivery: "",
    lambda name, delivery=None: "",
    lambda **given: "",
]


@pytest.mark.parametrize("view", NO_VIEWS)
def test_a_view_that_cannot_take_the_delivery_is_refused_when_it_is_decorated(view: Any) -> None:
    with pytest.raises(TypeError, match="must have a parameter named delivery"):
        webhook(Receiver(VERIFIER))(view)


@pytest.mark.parametrize("view", TAKING)
def test_a_view_takes_the_delivery_in_any_way_that_has_its_name(view: Any) -> None:
    assert callable(webhook(Receiver(VERIFIER))(view))
