"""Handshakes of all providers in every adapter: valid ones get a response, and others never do.

The table is in handshake_rows.py, and its scheme in handshake_calls.py, so that one secret is sufficient.
Tests for the handshake of a single provider are in the test file of that provider.
"""

from __future__ import annotations

import json
from types import NoneType
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.raw_requests import HANDLED, Adapter, Ask
from tests.providers.handshake_calls import (
    CONFIRM,
    META,
    TEXT,
    VERIFY_TOKEN,
    answered,
    as_json,
    checked,
    signed,
    twitch,
)
from tests.providers.handshake_rows import (
    SIGNED_ROWS,
    UNSIGNED_ROWS,
    Row,
    every_adapter,
    every_signed,
    every_unsigned,
    send,
)
from tests.rows import rows
from webhook_verify import schemes
from webhook_verify.handshakes import (
    DiscordPing,
    DropboxChallenge,
    EndpointCheck,
    Handshake,
    LineCheck,
    MetaChallenge,
    SlackChallenge,
    TwitchChallenge,
    ValidationToken,
    ZoomValidation,
)
from webhook_verify.http import WebhookResponse


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
    ("name", "kind"),
    [
        ("slack", SlackChallenge),
        ("zoom", ZoomValidation),
        ("dropbox", DropboxChallenge),
        ("twitch", TwitchChallenge),
        ("line", LineCheck),
        ("emporix", EndpointCheck),
        ("nylas", DropboxChallenge),
        ("trello", EndpointCheck),
        ("meta", NoneType),
    ],
)
def test_a_scheme_has_its_own(name: str, kind: type) -> None:
    assert type(schemes.get(name).handshake) is kind
