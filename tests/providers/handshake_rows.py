"""Handshakes, as a table: what a provider asks, and what is answered, through every adapter."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from tests.adapters.apps import Seen
from tests.adapters.raw_requests import ADAPTERS, REWRITTEN, Adapter, Ask
from tests.providers.handshake_calls import (
    BRAINTREE_CHALLENGE,
    CONFIRM,
    EBAY_CODE,
    EBAY_TOKEN,
    GRAPH_TOKEN,
    JSON,
    META,
    SECRET,
    SIGNED,
    SLACK_TOKEN,
    TEXT,
    VERIFY_TOKEN,
    X_ANSWER,
    X_TOKEN,
    ZOOM_ANSWER,
    ZOOM_TOKEN,
    as_json,
    mac_hex,
    sha256_hex,
    sns,
    twitch,
    zoom,
)
from tests.rows import rows
from webhook_verify import Verifier
from webhook_verify.handshakes import (
    BraintreeChallenge,
    CloudEventsValidation,
    DiscordPing,
    DropboxChallenge,
    EbayChallenge,
    EndpointCheck,
    Handshake,
    LarkChallenge,
    LineCheck,
    MetaChallenge,
    MondayChallenge,
    OktaChallenge,
    QueryChallenge,
    SlackChallenge,
    SubscriptionNotices,
    TwitchChallenge,
    UnsignedPing,
    ValidationToken,
    XChallenge,
    ZoomValidation,
)

__all__ = ["SIGNED_ROWS", "UNSIGNED_ROWS", "Row", "every_adapter", "every_signed", "every_unsigned", "send"]

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

PING = UnsignedPing(
    "a ping", rb"webhook_id=[0-9]{1,20}", signature_header="x-signature", headers={"x-kind": "ping"}
)

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
    "onfleet": Row(QueryChallenge("check", "onfleet"), Ask("GET", "/hook?check=a1b2"), 200, b"a1b2", TEXT),
    "ebay": Row(
        EbayChallenge(EBAY_TOKEN, "https://example.com/hook"),
        Ask("GET", f"/hook?challenge_code={EBAY_CODE}"),
        200,
        as_json(challengeResponse=sha256_hex(EBAY_CODE + EBAY_TOKEN + "https://example.com/hook")),
        JSON,
    ),
    "ebay, another form": Row(
        EbayChallenge(EBAY_TOKEN, "https://example.com/hook"),
        Ask("GET", "/hook?challenge_code=%7B%7D"),
        400,
        b'{"result":"malformed"}',
    ),
    "x": Row(XChallenge(), Ask("GET", f"/hook?crc_token={X_TOKEN}&nonce=5"), 200, X_ANSWER, JSON),
    "x, a body as token": Row(
        XChallenge(), Ask("GET", "/hook?crc_token=%7B%22a%22%3A1%7D"), 400, b'{"result":"malformed"}'
    ),
    "braintree": Row(
        BraintreeChallenge("integration_public_key"),
        Ask("GET", f"/hook?bt_challenge={BRAINTREE_CHALLENGE}"),
        200,
        f"integration_public_key|{mac_hex(BRAINTREE_CHALLENGE)}".encode(),
        TEXT,
    ),
    "braintree, another form": Row(
        BraintreeChallenge("integration_public_key"),
        Ask("GET", "/hook?bt_challenge=PG5vdGlmaWNhdGlvbj4="),
        400,
        b'{"result":"malformed"}',
    ),
    "okta": Row(
        OktaChallenge(),
        Ask("GET", headers={"x-okta-verification-challenge": "Me_rShK8JHsTnby"}),
        200,
        b'{"verification": "Me_rShK8JHsTnby"}',
        JSON,
    ),
    "okta, HTML": Row(
        OktaChallenge(),
        Ask("GET", headers={"x-okta-verification-challenge": "<script>"}),
        400,
        b'{"result":"malformed"}',
    ),
    "cloudevents": Row(
        CloudEventsValidation("eventgrid.azure.net", rate=120),
        Ask("OPTIONS", headers={"webhook-request-origin": "EventGrid.azure.net"}),
        200,
        b"",
        {"webhook-allowed-origin": "eventgrid.azure.net", "webhook-allowed-rate": "120"},
    ),
    "monday": Row(
        MondayChallenge(),
        Ask(body=b'{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}'),
        200,
        b'{"challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}',
        JSON,
    ),
    "lark": Row(
        LarkChallenge(VERIFY_TOKEN),
        Ask(body=as_json(challenge="ajls384kdjx98XX", token=VERIFY_TOKEN, type="url_verification")),
        200,
        b'{"challenge": "ajls384kdjx98XX"}',
        JSON,
    ),
    "ping": Row(PING, Ask(body=b"webhook_id=15", headers={"x-kind": "ping"}), 200),
    "endpoint check": Row(EndpointCheck("HEAD", "OPTIONS"), Ask("OPTIONS"), 204),
    "endpoint check, with a status": Row(EndpointCheck("OPTIONS", status=200), Ask("OPTIONS"), 200),
}

every_adapter = rows("adapter", [*ADAPTERS.values(), *REWRITTEN.values()], ids=[*ADAPTERS, *REWRITTEN])
every_signed = rows("row", SIGNED_ROWS.values(), ids=SIGNED_ROWS)
every_unsigned = rows("row", UNSIGNED_ROWS.values(), ids=UNSIGNED_ROWS)


def send(adapter: Adapter, handshake: Handshake | None, ask: Ask, **options: Any) -> Seen:
    receiver = adapter.receiver(Verifier(SECRET, scheme=SIGNED), handshake=handshake, **options)
    return adapter.send(receiver, ask)
