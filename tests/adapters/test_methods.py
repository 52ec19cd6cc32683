"""HTTP methods of deliveries in every adapter: `methods=` of a receiver, and `pass_methods=` of a middleware.

A guarded path lets nothing in unverified: a method without deliveries gets 405.
"""

from __future__ import annotations

import hmac
import json
import time
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flask
import pytest

from tests.adapters.raw_requests import HANDLED, Adapter, Ask, _over_asgi, _over_wsgi
from tests.providers.handshake_rows import every_adapter
from tests.rows import rows
from webhook_verify import AsyncReceiver, Receiver, Verifier
from webhook_verify.adapters import asgi as in_asgi
from webhook_verify.adapters import flask as in_flask
from webhook_verify.adapters import wsgi as in_wsgi
from webhook_verify.schemes import HeaderScheme, get

SECRET = "12345678901234567890123456789012"
SIGNED = HeaderScheme("signed", signature_header="x-signature")
WITH_METHOD = HeaderScheme("with-method", signature_header="x-signature", signed_content="{method}{body}")
GET_ONLY = HeaderScheme("get", signature_header="x-signature", methods=["GET"])
BY_GET = json.loads((Path(__file__).parents[1] / "data" / "reported" / "twilio_by_get.json").read_text())


def mac(content: bytes) -> dict[str, str]:
    return {"x-signature": hmac.new(SECRET.encode(), content, "sha256").hexdigest()}


@every_adapter
def test_twilio_calls_by_get(adapter: Adapter) -> None:
    receiver = adapter.receiver(Verifier(BY_GET["secret"], scheme="twilio"), public_url="https://example.com")
    target = BY_GET["url"].removeprefix("https://example.com")
    genuine = Ask("GET", target, headers=BY_GET["headers"])
    if "rebuilt" not in str(adapter) and "lambda_1" not in str(adapter):
        assert adapter.send(receiver, genuine).body == HANDLED
    assert adapter.send(receiver, genuine._replace(target=target + "1")).status == 401
    assert adapter.send(receiver, genuine._replace(headers={})).status == 400
    assert adapter.send(receiver, genuine._replace(method="DELETE")).status == 405


@every_adapter
def test_zendesk_calls_by_the_method_that_its_user_chose(adapter: Adapter) -> None:
    receiver = adapter.receiver(Verifier(SECRET, scheme="zendesk"))
    stamp = datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    signature = b64encode(hmac.digest(SECRET.encode(), stamp.encode(), "sha256")).decode()
    headers = {
        "x-zendesk-webhook-signature": signature,
        "x-zendesk-webhook-signature-timestamp": stamp,
    }
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert adapter.send(receiver, Ask(method, headers=headers)).body == HANDLED
        assert adapter.send(receiver, Ask(method)).status == 400


@every_adapter
def test_the_receiver_may_have_other_methods_than_its_scheme(adapter: Adapter) -> None:
    verifier = Verifier(SECRET, scheme=WITH_METHOD)
    receiver = adapter.receiver(verifier, methods=["PUT"], public_url="https://example.com")

    assert adapter.send(receiver, Ask("PUT", body=b"{}", headers=mac(b"PUT{}"))).body == HANDLED + b"{}"
    assert adapter.send(receiver, Ask("PUT", body=b"{}", headers=mac(b"POST{}"))).status == 401
    assert adapter.send(receiver, Ask("POST", body=b"{}", headers=mac(b"POST{}"))).status == 405


def test_a_scheme_may_have_its_own_methods() -> None:
    assert Receiver(Verifier(SECRET, scheme=GET_ONLY)).methods == ("GET",)
    assert Receiver(lambda head: None, scheme=GET_ONLY).methods == ("GET",)
    assert Receiver(lambda head: None).methods == ("POST",)
    assert get("github").methods == ("POST",)
    answer = Receiver(Verifier(SECRET, scheme=GET_ONLY)).method_response("POST")
    assert answer is not None
    assert answer.headers[-1] == ("allow", "GET")


WRONG: dict[str, tuple[Any, type[Exception], str]] = {
    "a text": ("GET", TypeError, 'methods must be several methods, such as \\["POST", "GET"\\], not'),
    "a number": (5, TypeError, "must be several methods"),
    "a number in it": ([5], TypeError, "must contain only str, not 'int'"),
    "lower case": (["get"], ValueError, "must contain names in upper case"),
    "a space": (["GET "], ValueError, "must contain names in upper case"),
}


@rows("name", WRONG)
def test_wrong_methods_are_misuse(name: str) -> None:
    value, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        Receiver(Verifier(SECRET, scheme=SIGNED), methods=value)
    with pytest.raises(error, match=message):
        HeaderScheme("x", signature_header="x-signature", methods=value)
    receiver = Receiver(Verifier(SECRET, scheme=SIGNED))
    with pytest.raises(error, match=message):
        in_wsgi.WebhookMiddleware(lambda *_: [], receiver=receiver, path="/hook", pass_methods=value)


def test_no_methods_are_misuse() -> None:
    for make in (
        lambda: Receiver(Verifier(SECRET, scheme=SIGNED), methods=[]),
        lambda: HeaderScheme("x", signature_header="x-signature", methods=[]),
    ):
        with pytest.raises(ValueError, match="methods must not be empty"):
            make()


def test_a_method_of_deliveries_cannot_pass_unverified() -> None:
    receiver = AsyncReceiver(Verifier(SECRET, scheme=SIGNED), methods=["POST", "PUT"])
    with pytest.raises(ValueError, match="pass_methods must not contain PUT"):
        in_asgi.WebhookMiddleware(_page, receiver=receiver, path="/hook", pass_methods=["GET", "PUT"])


async def _page(scope: Any, receive: Any, send: Any) -> None:
    delivery = scope.get("state", {}).get("delivery")
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"page" if delivery is None else delivery.body})


def _wsgi_page(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    delivery = environ.get("webhook_verify.delivery")
    return [b"page" if delivery is None else delivery.body]


def _sent(kind: str, ask: Ask, pass_methods: list[str]) -> tuple[int, bytes]:
    verifier = Verifier(SECRET, scheme=SIGNED)
    options: dict[str, Any] = {"path": "/hook", "pass_methods": pass_methods}
    if kind == "asgi":
        receiver = AsyncReceiver(verifier)
        seen = _over_asgi(in_asgi.WebhookMiddleware(_page, receiver=receiver, **options), ask)
    elif kind == "wsgi":
        app = in_wsgi.WebhookMiddleware(_wsgi_page, receiver=Receiver(verifier), **options)
        seen = _over_wsgi(app, ask)
    else:
        flask_app = flask.Flask(__name__)
        in_flask.WebhookVerify(flask_app, receiver=Receiver(verifier), **options)
        view = lambda: flask.request.get_data() or "page"  # noqa: E731
        flask_app.add_url_rule("/hook", view_func=view, methods=["GET", "PUT", "POST"])
        seen = _over_wsgi(flask_app, ask)
    return seen.status, seen.body


@rows("kind", ["asgi", "wsgi", "flask"])
def test_a_middleware_lets_only_named_methods_pass_without_a_delivery(kind: str) -> None:
    refused = 405, b'{"result":"method_not_allowed"}'
    body = b"{}"

    assert _sent(kind, Ask("GET"), []) == refused
    assert _sent(kind, Ask("PUT", body=body, headers=mac(b"{}")), []) == refused
    assert _sent(kind, Ask("GET"), ["GET"]) == (200, b"page")
    assert _sent(kind, Ask("PUT"), ["GET"]) == refused
    assert _sent(kind, Ask("POST", body=body), ["GET"])[0] == 400
    assert _sent(kind, Ask("POST", body=body, headers=mac(b"{}")), ["GET"]) == (200, body)
