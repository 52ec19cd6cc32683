"""Handshakes in a receiver: observers, precedence, and requests that are not handshakes."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from flask import Flask
from flask.views import MethodView

from tests.adapters.apps import Seen
from tests.adapters.raw_requests import ADAPTERS, HANDLED, Adapter, Ask
from tests.providers.handshake_calls import SECRET, SIGNED, SLACK_TOKEN, answered, signed
from tests.providers.handshake_rows import SIGNED_ROWS, UNSIGNED_ROWS, Row, every_adapter, send
from webhook_verify import Delivery, Receiver, RejectedDelivery, Verifier
from webhook_verify.adapters.django import webhook as django_webhook
from webhook_verify.adapters.flask import webhook as flask_webhook
from webhook_verify.handshakes import DropboxChallenge, Handshake, LineCheck, SlackChallenge, TwitchChallenge
from webhook_verify.http import HandshakeResponse, RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes import HeaderScheme


class Hearing:
    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []

    def on_verified(self, delivery: Delivery, head: RequestHead, seconds: float) -> None: ...

    def on_rejected(self, error: RejectedDelivery, head: RequestHead, seconds: float) -> None: ...

    def on_handshake(self, kind: str, head: RequestHead) -> None:
        self.heard.append((kind, head.path))


@every_adapter
@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (SIGNED_ROWS["slack"], "slack url_verification"),
        (UNSIGNED_ROWS["dropbox"], "dropbox challenge"),
        (UNSIGNED_ROWS["graph"], "graph validationToken"),
    ],
)
def test_an_observer_hears_of_it(row: Row, kind: str, adapter: Adapter) -> None:
    hearing = Hearing()

    send(adapter, row.handshake, row.ask._replace(headers=signed(row.ask.body)), observer=hearing)

    assert hearing.heard == [(kind, "/hook")]


def test_the_log_names_the_handshake_and_warns_of_a_revocation(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "webhook_verify")

    answered(SlackChallenge(), SIGNED_ROWS["slack"].ask.body)
    answered(TwitchChallenge(), SIGNED_ROWS["twitch revocation"].ask.body)

    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("INFO", "webhook handshake: POST /hook: slack url_verification: responded with 200"),
        (
            "WARNING",
            "webhook handshake: POST /hook: twitch revocation: responded with 204: "
            "a subscription was revoked: authorization_revoked",
        ),
    ]
    assert SLACK_TOKEN not in caplog.text


@every_adapter
def test_a_handshake_is_not_claimed(adapter: Adapter) -> None:
    """It is answered each time that it is asked, and takes no room in a store."""
    row = SIGNED_ROWS["slack"]
    if adapter is ADAPTERS["fastapi, dependency"]:
        return  # which has no replay protection
    receiver = adapter.receiver(
        Verifier(SECRET, scheme=SIGNED), replay=ReplayGuard(MemoryStore()), handshake=row.handshake
    )
    ask = row.ask._replace(headers=signed(row.ask.body))

    assert [adapter.send(receiver, ask).body for _ in range(2)] == [row.body, row.body]


GREETING = HeaderScheme("greeting", signature_header="x-signature", handshake=DropboxChallenge())

SLACKISH = HeaderScheme(
    "slackish",
    signature_header="x-signature",
    signature_prefix="v0=",
    timestamp_header="x-timestamp",
    signed_content="v0:{timestamp}:{body}",
    handshake=SlackChallenge(),
)


@every_adapter
def test_a_lookup_has_the_handshake_of_the_verifier_that_is_found(adapter: Adapter) -> None:
    found = {"/slack": Verifier(SECRET, scheme=SLACKISH), "/other": Verifier(SECRET, scheme=SIGNED)}
    receiver = adapter.receiver(lambda head: found.get(head.path))
    body = SIGNED_ROWS["slack"].ask.body

    def ask(path: str) -> Seen:
        return adapter.send(receiver, Ask("POST", path, body, signed(body)))

    assert ask("/slack").body == SLACK_TOKEN.encode()
    assert ask("/other").body == HANDLED + body
    assert ask("/unknown").status == 400  # as everybody who does not send Standard Webhooks


def test_the_receivers_own_handshake_wins() -> None:
    body = SIGNED_ROWS["slack"].ask.body
    receivers = (
        Receiver(Verifier(SECRET, scheme=SLACKISH), handshake=LineCheck()),
        Receiver(lambda _: Verifier(SECRET, scheme=SLACKISH), handshake=LineCheck()),
    )
    for receiver in receivers:
        head = RequestHead("POST", "/hook", signed(body), "")
        answer = receiver.handle_request(
            head, [body], lambda _: WebhookResponse(299), lambda made: made.status
        )
        assert isinstance(answer, WebhookResponse)
        assert answer.status == 299


def test_the_target_is_asked_for_only_where_it_is_read() -> None:
    assert not Receiver(Verifier(SECRET, scheme=SIGNED)).needs_request_target
    assert not Receiver(Verifier(SECRET, scheme="slack")).needs_request_target
    assert not Receiver(lambda _: None).needs_request_target
    assert Receiver(Verifier(SECRET, scheme=GREETING)).needs_request_target
    assert Receiver(lambda _: None, scheme=GREETING).needs_request_target


def test_a_handshake_that_is_none_is_misuse() -> None:
    with pytest.raises(TypeError, match="handshake must be a Handshake"):
        Receiver(Verifier(SECRET, scheme=SIGNED), handshake="slack")  # type: ignore[arg-type]


class Own(Handshake):
    """One of a user's own."""

    handles_deliveries = True

    def respond_to_delivery(
        self, delivery: Delivery, mac: Callable[[bytes], bytes]
    ) -> HandshakeResponse | None:
        return HandshakeResponse("own ping", WebhookResponse(202)) if delivery.body == b"ping" else None


@every_adapter
def test_a_handshake_of_a_users_own(adapter: Adapter) -> None:
    assert send(adapter, Own(), Ask(body=b"ping", headers=signed(b"ping"))).status == 202
    assert send(adapter, Own(), Ask(body=b"pong", headers=signed(b"pong"))).body == HANDLED + b"pong"


def test_a_class_of_flasks_is_asked_by_the_methods_of_the_handshake() -> None:
    class Hook(MethodView):
        def post(self, delivery: Delivery) -> bytes:
            return delivery.body

    receiver = Receiver(Verifier(SECRET, scheme=SIGNED), handshake=DropboxChallenge())
    Hook.decorators = [flask_webhook(receiver)]
    app = Flask(__name__)
    app.add_url_rule("/hook", view_func=Hook.as_view("hook"))
    client = app.test_client()

    assert client.get("/hook?challenge=abc").text == "abc"
    assert client.get("/hook").status_code == 405
    assert client.post("/hook", data=b"{}", headers=signed(b"{}")).data == b"{}"


def test_a_route_of_flasks_without_a_handshake_has_no_more_methods() -> None:
    app = Flask(__name__)
    hook = flask_webhook(Receiver(Verifier(SECRET, scheme=SIGNED)))(lambda delivery: delivery.body)
    app.post("/hook", endpoint="hook")(hook)

    assert [rule.methods for rule in app.url_map.iter_rules() if rule.endpoint == "hook"] == [{"POST"}]


def test_djangos_settings_may_hold_a_handshake() -> None:
    options = {"secrets": [SECRET], "scheme": SIGNED, "handshake": DropboxChallenge()}
    with override_settings(WEBHOOK_VERIFY={"default": options}):
        view = django_webhook("default")(lambda request, delivery: HttpResponse(delivery.body))
        answer = view(RequestFactory().get("/hook?challenge=abc"))

    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer.content) == (200, b"abc")
