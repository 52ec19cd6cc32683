"""Handshakes, as a table: what a provider asks, and what is answered, through every adapter."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote

from tests.adapters.apps import Seen
from tests.adapters.raw_requests import ADAPTERS, REWRITTEN, Adapter, Ask
from tests.providers.handshake_calls import (
    CONFIRM,
    GRAPH_TOKEN,
    JSON,
    META,
    SECRET,
    SIGNED,
    SLACK_TOKEN,
    TEXT,
    VERIFY_TOKEN,
    ZOOM_ANSWER,
    ZOOM_TOKEN,
    as_json,
    sns,
    twitch,
    zoom,
)
from tests.rows import rows
from webhook_verify import Verifier
from webhook_verify.handshakes import (
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
    "endpoint check, with a status": Row(EndpointCheck("OPTIONS", status=200), Ask("OPTIONS"), 200),
}

every_adapter = rows("adapter", [*ADAPTERS.values(), *REWRITTEN.values()], ids=[*ADAPTERS, *REWRITTEN])
every_signed = rows("row", SIGNED_ROWS.values(), ids=SIGNED_ROWS)
every_unsigned = rows("row", UNSIGNED_ROWS.values(), ids=UNSIGNED_ROWS)


def send(adapter: Adapter, handshake: Handshake | None, ask: Ask, **options: Any) -> Seen:
    receiver = adapter.receiver(Verifier(SECRET, scheme=SIGNED), handshake=handshake, **options)
    return adapter.send(receiver, ask)
