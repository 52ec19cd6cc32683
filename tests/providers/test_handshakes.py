"""Handshakes, as a table: what a provider asks, and what is answered; and what must never be answered.

Each row goes through every adapter. The schemes are made here, in the words that the providers use, so that
the table needs no secret but one; the rows of the providers are held against their own witnesses elsewhere.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import threading
import time
from collections.abc import Callable
from types import NoneType
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from flask import Flask
from flask.views import MethodView
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.apps import Seen
from tests.adapters.raw_requests import ADAPTERS, HANDLED, REWRITTEN, Adapter, Ask
from tests.rows import rows
from webhook_verify import AsyncReceiver, Delivery, Receiver, RejectedDelivery, Verifier, schemes
from webhook_verify.adapters.django import webhook as django_webhook
from webhook_verify.adapters.flask import webhook as flask_webhook
from webhook_verify.handshakes import (
    ConfirmSubscriptions,
    DiscordPing,
    DropboxChallenge,
    EndpointCheck,
    Handshake,
    LineCheck,
    MetaChallenge,
    SlackChallenge,
    SubscriptionNotices,
    TwitchChallenge,
    ValidationToken,
    ZoomValidation,
)
from webhook_verify.http import HandshakeResponse, RequestHead, WebhookResponse
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes import HeaderScheme

SECRET = "the secret of an app"
VERIFY_TOKEN = "a token of ours"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:orders"
SUBSCRIBE = (
    "https://sns.eu-central-1.amazonaws.com/?Action=ConfirmSubscription"
    f"&TopicArn={TOPIC}&Token=2336412f37fb687f5d51e6e241d09c805a5a57b30d712f794cc5f6a988666d92"
)

# What Slack, Zoom and Telegram's like do: time and body under an HMAC, or a token.
SIGNED = HeaderScheme(
    "signed",
    signature_header="x-signature",
    signature_prefix="v0=",
    timestamp_header="x-timestamp",
    signed_content="v0:{timestamp}:{body}",
)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(time.time()))
    digest = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, "sha256").hexdigest()
    return {"x-signature": f"v0={digest}", "x-timestamp": stamp}


def as_json(**fields: object) -> bytes:
    return json.dumps(fields).encode()


class Confirmed:
    """A fetch that notes what it was asked for."""

    def __init__(self, error: Exception | None = None) -> None:
        self.urls: list[str] = []
        self._error = error

    def __call__(self, url: str) -> bytes:
        self.urls.append(url)
        if self._error is not None:
            raise self._error
        return b"<ConfirmSubscriptionResponse/>"


def twitch(status: str, **more: object) -> bytes:
    subscription = {"id": "f1c2a387", "status": status, "type": "channel.follow", "version": "1"}
    return as_json(subscription=subscription, **more)


def sns(kind: str = "SubscriptionConfirmation", topic: str = TOPIC, url: str = SUBSCRIBE) -> bytes:
    return as_json(Type=kind, MessageId="165545c9", Token="2336412f37", TopicArn=topic, SubscribeURL=url)


def zoom(token: object) -> bytes:
    return as_json(payload={"plainToken": token}, event_ts=1, event="endpoint.url_validation")


def mac_hex(content: str) -> str:
    return hmac.new(SECRET.encode(), content.encode(), "sha256").hexdigest()


TEXT = {"content-type": "text/plain", "x-content-type-options": "nosniff"}
JSON = {"content-type": "application/json"}
ZOOM_TOKEN = "qgg8vlvZRS6UYooatFL8Aw"
ZOOM_ANSWER = f'{{"plainToken": "{ZOOM_TOKEN}", "encryptedToken": "{mac_hex(ZOOM_TOKEN)}"}}'.encode()
SLACK_TOKEN = "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"
GRAPH_TOKEN = "Validation: Testing client application reachability for subscription Request-Id: 522a8e7e-096a"

META = "/hook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token="
EVENT = {"user_id": "1337"}


NO_HEADERS: dict[str, str] = {}


class Row(NamedTuple):
    handshake: Handshake
    ask: Ask
    status: int
    body: bytes = b""
    headers: dict[str, str] = NO_HEADERS


def signed_row(
    handshake: Handshake, body: bytes, status: int, answer: bytes = b"", headers: dict[str, str] | None = None
) -> Row:
    return Row(handshake, Ask(body=body), status, answer, headers or {})


CONFIRM = ConfirmSubscriptions(Confirmed())

SIGNED_ROWS = {
    "slack": signed_row(
        SlackChallenge(),
        as_json(token="Jhj5dZrVaK7ZwHHjRyZWjbDl", challenge=SLACK_TOKEN, type="url_verification"),
        200,
        SLACK_TOKEN.encode(),
        TEXT,
    ),
    "slack ssl_check": signed_row(SlackChallenge(), b"token=Jhj5dZrVaK7ZwHHjRyZWjbDl&ssl_check=1", 200),
    "zoom": signed_row(ZoomValidation(), zoom(ZOOM_TOKEN), 200, ZOOM_ANSWER, JSON),
    "twitch": signed_row(
        TwitchChallenge(),
        twitch("webhook_callback_verification_pending", challenge="pogchamp-kappa-360noscope-vohiyo"),
        200,
        b"pogchamp-kappa-360noscope-vohiyo",
        TEXT,
    ),
    "twitch revocation": signed_row(TwitchChallenge(), twitch("authorization_revoked"), 204),
    "discord interaction": signed_row(
        DiscordPing(), as_json(id="1", type=1, token="t", version=1), 200, b'{"type":1}', JSON
    ),
    "discord event": signed_row(DiscordPing(), as_json(version=1, application_id="1", type=0), 204),
    "line": signed_row(LineCheck(), as_json(destination="U123", events=[]), 200),
    "sns, off": signed_row(SubscriptionNotices(), sns(), 200),
    "sns, on": signed_row(CONFIRM, sns(), 200),
    "sns, ended": signed_row(CONFIRM, sns("UnsubscribeConfirmation"), 200),
}
UNSIGNED_ROWS = {
    "meta": Row(
        MetaChallenge(VERIFY_TOKEN), Ask("GET", META + quote(VERIFY_TOKEN)), 200, b"1158201444", TEXT
    ),
    "meta, wrong token": Row(
        MetaChallenge(VERIFY_TOKEN), Ask("GET", META + "another"), 403, b'{"result":"forbidden"}', JSON
    ),
    "dropbox": Row(DropboxChallenge(), Ask("GET", "/hook?challenge=a-b_c%20d"), 200, b"a-b_c d", TEXT),
    "graph": Row(
        ValidationToken(),
        Ask("POST", f"/hook?validationToken={quote(GRAPH_TOKEN)}"),
        200,
        GRAPH_TOKEN.encode(),
        TEXT,
    ),
    "graph, plus": Row(
        ValidationToken(),
        Ask("POST", "/hook?validationToken=Validation%3a+Testing"),
        200,
        b"Validation: Testing",
        TEXT,
    ),
    "endpoint check": Row(EndpointCheck("HEAD", "OPTIONS"), Ask("OPTIONS"), 204),
}

every_adapter = rows("adapter", [*ADAPTERS.values(), *REWRITTEN.values()], ids=[*ADAPTERS, *REWRITTEN])
every_signed = rows("row", SIGNED_ROWS.values(), ids=SIGNED_ROWS)
every_unsigned = rows("row", UNSIGNED_ROWS.values(), ids=UNSIGNED_ROWS)


def send(adapter: Adapter, handshake: Handshake | None, ask: Ask, **options: Any) -> Seen:
    receiver = adapter.receiver(Verifier(SECRET, scheme=SIGNED), handshake=handshake, **options)
    return adapter.send(receiver, ask)


@every_adapter
@every_signed
def test_a_signed_handshake_is_answered_and_not_handled(row: Row, adapter: Adapter) -> None:
    seen = send(adapter, row.handshake, row.ask._replace(headers=signed(row.ask.body)))

    assert (seen.status, seen.body) == (row.status, row.body)
    assert row.headers.items() <= seen.headers.items()


@every_adapter
@every_signed
def test_a_handshake_that_somebody_else_signed_is_refused(row: Row, adapter: Adapter) -> None:
    forged = row.ask._replace(headers=signed(row.ask.body, "another secret"))

    assert send(adapter, row.handshake, forged).status == 401
    assert send(adapter, row.handshake, row.ask).status == 400


@every_adapter
@every_unsigned
def test_an_unsigned_handshake_is_answered_without_a_lookup_of_the_body(row: Row, adapter: Adapter) -> None:
    seen = send(adapter, row.handshake, row.ask)

    assert (seen.status, seen.body) == (row.status, row.body)
    assert row.headers.items() <= seen.headers.items()


@every_adapter
@rows("row", [*SIGNED_ROWS.values(), *UNSIGNED_ROWS.values()])
def test_a_delivery_goes_to_the_handler_beside_a_handshake(row: Row, adapter: Adapter) -> None:
    body = as_json(type="invoice.paid")

    assert send(adapter, row.handshake, Ask(body=body, headers=signed(body))).body == HANDLED + body


@every_adapter
def test_without_the_option_another_method_is_not_allowed(adapter: Adapter) -> None:
    assert send(adapter, None, Ask("GET", META + quote(VERIFY_TOKEN))).status == 405


@every_adapter
@pytest.mark.parametrize("handshake", [MetaChallenge(VERIFY_TOKEN), DropboxChallenge()])
def test_another_get_is_not_allowed_either(handshake: Handshake, adapter: Adapter) -> None:
    assert send(adapter, handshake, Ask("GET", "/hook?other=1")).status == 405
    assert send(adapter, handshake, Ask("DELETE")).status == 405


# --- what is not said back -----------------------------------------------------------------------------


def answered(handshake: Handshake, body: bytes, verifier: Verifier | None = None) -> WebhookResponse:
    """What a blocking receiver answers to a signed body; 299 if the handler ran."""
    receiver = Receiver(verifier or Verifier(SECRET, scheme=SIGNED), handshake=handshake)
    head = RequestHead("POST", "/hook", signed(body), "")
    answer = receiver.handle_request(head, [body], lambda _: WebhookResponse(299), lambda made: made.status)
    assert isinstance(answer, WebhookResponse)
    return answer


def checked(handshake: Handshake, method: str, target: str) -> WebhookResponse | None:
    greeted = handshake.respond_to_request(method, target)
    return None if greeted is None else greeted.answer


BAD_TEXTS = ["", "x" * 1025, "a\nb", "a\x00", "ä", "<script>alert(1)</script>", "a\x7f", "\u2028"]


@pytest.mark.parametrize("text", [*BAD_TEXTS, None, 5, ["a"], {}])
def test_a_signed_text_that_may_not_be_echoed_is_malformed(text: object) -> None:
    slack = as_json(type="url_verification", challenge=text)
    pending = twitch("webhook_callback_verification_pending", challenge=text)

    assert answered(SlackChallenge(), slack) == WebhookResponse.for_status(400)
    assert answered(TwitchChallenge(), pending) == WebhookResponse.for_status(400)


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_an_unsigned_text_that_may_not_be_echoed_is_malformed(text: str) -> None:
    for handshake, method, name in (
        (DropboxChallenge(), "GET", "challenge"),
        (ValidationToken(), "POST", "validationToken"),
        (MetaChallenge("t"), "GET", "hub.mode=subscribe&hub.verify_token=t&hub.challenge"),
    ):
        assert checked(handshake, method, f"/hook?{name}={quote(text)}") == WebhookResponse.for_status(400)


@pytest.mark.parametrize(
    "query",
    [
        "challenge=a&challenge=b",
        "challenge=%ff",
        "challenge",
        "challenge=",
    ],
)
def test_a_challenge_that_is_not_one_text_is_malformed(query: str) -> None:
    assert checked(DropboxChallenge(), "GET", f"/?{query}") == WebhookResponse.for_status(400)


@pytest.mark.parametrize(
    "target", ["/", "/?", "", "/?challenge=" + "a" * 9000, "/?" + "&".join(["a=1"] * 40) + "&challenge=a"]
)
def test_a_query_without_one_or_without_bounds_is_no_challenge(target: str) -> None:
    assert checked(DropboxChallenge(), "GET", target) is None


UNSIGNED = [DropboxChallenge(), ValidationToken(), MetaChallenge("t"), EndpointCheck("HEAD")]


@given(st.sampled_from(UNSIGNED), st.sampled_from(["GET", "POST", "HEAD"]), st.text())
def test_whatever_the_query_an_answer_is_short_plain_and_ascii(
    handshake: Handshake, method: str, query: str
) -> None:
    for name in ("challenge", "validationToken", "hub.mode=subscribe&hub.verify_token=t&hub.challenge"):
        answer = checked(handshake, method, f"/?{name}={query}")
        if answer is not None and answer.status == 200:
            assert dict(answer.headers) == TEXT
            assert len(answer.body) <= 1024
            assert answer.body.isascii()
            assert b"<" not in answer.body


SIGNED_HANDSHAKES = [
    SlackChallenge(),
    ZoomValidation(),
    TwitchChallenge(),
    DiscordPing(),
    LineCheck(),
    CONFIRM,
]
SEEDS = [row.ask.body for row in SIGNED_ROWS.values()]
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
FIELDS = ["type", "challenge", "event", "events", "payload", "subscription", "status", "Type", "TopicArn"]


@given(
    st.sampled_from(SIGNED_HANDSHAKES),
    st.binary(max_size=30)
    | st.builds(
        lambda seed, at, put: seed[:at] + put + seed[at:],
        st.sampled_from(SEEDS),
        st.integers(0, 200),
        st.binary(max_size=5),
    )
    | st.dictionaries(
        st.sampled_from(FIELDS),
        LEAVES
        | st.sampled_from(["url_verification", "endpoint.url_validation", "SubscriptionConfirmation"])
        | st.dictionaries(st.sampled_from(["plainToken", "status"]), LEAVES)
        | st.lists(LEAVES, max_size=2),
    ).map(lambda fields: json.dumps(fields).encode()),
)
def test_whatever_was_signed_it_is_answered_or_handled(handshake: Handshake, body: bytes) -> None:
    assert answered(handshake, body).status in {200, 204, 299, 400}


@pytest.mark.parametrize(
    "body",
    [
        as_json(type="event_callback", event={"type": "message", "text": '"url_verification"'}),
        as_json(type="event_callback", event={"type": "message", "text": "&ssl_check=1&"}),
        as_json(type="event_callback", challenge="url_verification"),
        b"command=%2Fweather&text=ssl_check%3D1",
        b'["url_verification"]',
        b'{"type":"url_verification","challenge":"a"',
        b'{"type":"url_verification","challenge":"a","b":' + b"[" * 20_000,
        as_json(type="url_verification", challenge="a", padding="x" * 20_000),
    ],
)
def test_what_only_looks_like_slacks_handshake_is_for_the_handler(body: bytes) -> None:
    assert answered(SlackChallenge(), body).status == 299


@pytest.mark.parametrize(
    "body",
    [
        twitch("enabled", event=EVENT),
        twitch("enabled", event={"title": '"challenge"'}),
        twitch("webhook_callback_verification_pending", challenge="a", event=EVENT),
        twitch("authorization_revoked", events=[EVENT]),
        twitch("authorization_revoked", events=[{"title": "challenge"}]),
        twitch("enabled"),
        twitch("Authorization: x"),
        as_json(subscription="revoked"),
    ],
)
def test_what_only_looks_like_twitchs_is_for_the_handler(body: bytes) -> None:
    assert answered(TwitchChallenge(), body).status == 299


@pytest.mark.parametrize(
    "body",
    [
        as_json(version=1, type=1, event={"type": "APPLICATION_AUTHORIZED"}),
        as_json(type=2, data={"name": "ping", "type": 1}),
        as_json(type=True),
        as_json(type="1"),
        as_json(data={"type": 1}),
    ],
)
def test_a_discord_event_or_command_is_for_the_handler(body: bytes) -> None:
    assert answered(DiscordPing(), body).status == 299


@pytest.mark.parametrize("events", [[{"type": "message", "text": '"events":[]'}], [[]], {}, "", None])
def test_a_line_delivery_with_events_is_for_the_handler(events: object) -> None:
    assert answered(LineCheck(), as_json(destination="U", events=events)).status == 299


# --- a signing oracle ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token",
    [
        "v0:1700000000:{}",
        "msg_1.1700000000.{}",
        "v0:",
        "a.b",
        '{"event":"meeting.ended"}',
        "a" * 65,
        "a b",
        "a\n",
        "ä",
        "",
        None,
        5,
        ["a"],
    ],
)
def test_zooms_validation_signs_no_content_of_a_delivery(token: object) -> None:
    assert answered(ZoomValidation(), zoom(token)) == WebhookResponse.for_status(400)


@pytest.mark.parametrize("payload", [None, [], "a", {}])
def test_a_validation_without_a_token_is_malformed(payload: object) -> None:
    body = as_json(event="endpoint.url_validation", payload=payload)

    assert answered(ZoomValidation(), body) == WebhookResponse.for_status(400)


def test_the_validation_is_signed_by_the_secret_that_verified_the_request() -> None:
    both = Verifier(["the secret of another app", SECRET], scheme=SIGNED)

    assert answered(ZoomValidation(), zoom(ZOOM_TOKEN), both).body == ZOOM_ANSWER


# --- the tokens of Meta --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "token", ["", "A token of ours", "a token of our", "a token of ours ", "ä", "\udc80"]
)
def test_another_verify_token_is_forbidden(token: str) -> None:
    target = META + quote(token, errors="surrogatepass")

    assert checked(MetaChallenge(VERIFY_TOKEN), "GET", target) == WebhookResponse.for_status(403)


@pytest.mark.parametrize("twice", ["hub.verify_token=b", "hub.verify_token=a%20token%20of%20ours"])
def test_two_verify_tokens_are_forbidden(twice: str) -> None:
    target = f"{META}{quote(VERIFY_TOKEN)}&{twice}"

    assert checked(MetaChallenge(VERIFY_TOKEN), "GET", target) == WebhookResponse.for_status(403)


@pytest.mark.parametrize("token", ["", " ", None, 5, b"token"])
def test_a_verify_token_that_is_none_is_misuse(token: Any) -> None:
    with pytest.raises((TypeError, ValueError), match="verify_token"):
        MetaChallenge(token)


def test_a_verify_token_is_not_shown() -> None:
    assert VERIFY_TOKEN not in repr(MetaChallenge(VERIFY_TOKEN))


# --- subscriptions of SNS ------------------------------------------------------------------------------


def test_a_subscription_is_confirmed_by_the_address_that_was_signed() -> None:
    fetch = Confirmed()

    assert answered(ConfirmSubscriptions(fetch), sns()).status == 200
    assert fetch.urls == [SUBSCRIBE]


QUERY = SUBSCRIBE.partition("?")[2]


@pytest.mark.parametrize(
    "url",
    [
        f"http://sns.eu-central-1.amazonaws.com/?{QUERY}",
        f"https://sns.eu-central-1.amazonaws.com.evil.example/?{QUERY}",
        f"https://evil.example/sns.eu-central-1.amazonaws.com/?{QUERY}",
        f"https://evil.example#sns.eu-central-1.amazonaws.com/?{QUERY}",
        f"https://sns.eu-central-1.amazonaws.com@evil.example/?{QUERY}",
        f"https://evil.example\\@sns.eu-central-1.amazonaws.com/?{QUERY}",
        f"https://sns.eu-central-1.amazonaws.com:444/?{QUERY}",
        f"https://sns.us-east-1.amazonaws.com/?{QUERY}",
        f"https://s3.eu-central-1.amazonaws.com/?{QUERY}",
        f"https://sns.eu-central-1.amazonaws.com/path?{QUERY}",
        f"https://sns.eu-central-1.amazonaws.com/?{QUERY}&TopicArn=other",
        f"https://sns.eu-central-1.amazonaws.com/?{QUERY}\n",
        SUBSCRIBE.replace("ConfirmSubscription", "DeleteTopic"),
        SUBSCRIBE.replace("orders", "others"),
        SUBSCRIBE + "x" * 3000,
        "https://[",
        "",
        None,
        5,
    ],
)
def test_another_address_is_never_called(url: Any) -> None:
    fetch = Confirmed()

    assert answered(ConfirmSubscriptions(fetch), sns(url=url)) == WebhookResponse.for_status(400)
    assert fetch.urls == []


def test_sns_comes_back_if_the_confirmation_fails(caplog: pytest.LogCaptureFixture) -> None:
    fetch = Confirmed(OSError("the secret of the network"))

    assert answered(ConfirmSubscriptions(fetch), sns()).status == 503
    assert "OSError" in caplog.text
    assert "secret" not in caplog.text


def test_a_confirmation_that_cannot_work_is_misuse() -> None:
    with pytest.raises(TypeError, match="fetch is a function"):
        ConfirmSubscriptions(None)  # type: ignore[arg-type]


def test_a_notification_is_for_the_handler() -> None:
    notification = as_json(Type="Notification", TopicArn=TOPIC, Message='"SubscribeURL"', UnsubscribeURL="x")

    assert answered(CONFIRM, notification).status == 299


def test_a_fetch_does_not_block_an_event_loop() -> None:
    seen: list[int] = []
    handshake = ConfirmSubscriptions(lambda _: seen.append(threading.get_ident()))
    receiver = AsyncReceiver(Verifier(SECRET, scheme=SIGNED), handshake=handshake)

    async def run(_: Delivery) -> WebhookResponse:
        raise AssertionError("a confirmation is not for the handler")

    body = sns()
    head = RequestHead("POST", "/hook", signed(body), "")
    answer = asyncio.run(receiver.handle_request(head, [body], run, lambda made: made.status))

    assert answer == WebhookResponse(200)
    assert seen
    assert seen[0] != threading.get_ident()


# --- in a receiver -------------------------------------------------------------------------------------


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
        ("INFO", "handshake slack url_verification answered with 200"),
        (
            "WARNING",
            "handshake twitch revocation answered with 204: "
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
    with pytest.raises(TypeError, match="handshake is a Handshake"):
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


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("slack", SlackChallenge),
        ("zoom", ZoomValidation),
        ("dropbox", DropboxChallenge),
        ("twitch", TwitchChallenge),
        ("line", LineCheck),
        ("emporix", EndpointCheck),
        ("meta", NoneType),
    ],
)
def test_a_scheme_has_its_own(name: str, kind: type) -> None:
    assert type(schemes.get(name).handshake) is kind
