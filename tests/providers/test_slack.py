"""Slack: the vector of its documentation, its library, its pitfalls, and invalid handshakes."""

from __future__ import annotations

import pytest
from slack_sdk.signature import SignatureVerifier as SlackVerifier

from tests.providers.handshake_calls import answered, as_json
from tests.providers.interop import interop
from tests.providers.pitfalls import SignedBy, assert_refused, assert_taken_when_late, mac
from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import signed_now
from tests.providers.verdicts import assert_vector
from webhook_verify.handshakes import SlackChallenge

SLASH_COMMAND = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
    b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)


@interop("slack", by="Slack's documentation")
def test_the_vector_of_the_documentation() -> None:
    signature = "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    headers = {"X-Slack-Signature": f"v0={signature}", "X-Slack-Request-Timestamp": "1531420618"}
    assert_vector("slack", "8f742231b10e8888abcd99yyyzzz85a5", SLASH_COMMAND, headers, signed_at=1531420618)


@interop("slack", by="slack-sdk (PyPI)")
def test_slack_takes_what_we_sign_and_signs_the_same() -> None:
    verifier = SlackVerifier(SAMPLES["slack"].secret)
    body, changed, headers = signed_now("slack")

    assert [verifier.is_valid_request(each, headers) for each in (body, changed)] == [True, False]
    timestamp = headers["x-slack-request-timestamp"]
    assert verifier.generate_signature(timestamp=timestamp, body=body) == headers["x-slack-signature"]


# What an attacker, or a careless reader of the documentation, sends for the body.
FOREIGN: dict[str, SignedBy] = {
    "Slack's without the version": lambda body: {
        "x-slack-signature": mac("slack", b"v0:%d:%b" % (NOW, body)).hex(),
        "x-slack-request-timestamp": str(NOW),
    },
}


@pytest.mark.parametrize("signed", FOREIGN.values(), ids=FOREIGN)
def test_what_another_would_have_signed_does_not_pass(signed: SignedBy) -> None:
    assert_refused("slack", signed)


@pytest.mark.parametrize(("late", "taken"), [(300, True), (301, False), (-301, False)])
def test_how_late_a_delivery_may_be(late: int, taken: bool) -> None:
    assert_taken_when_late("slack", late, taken)


def test_a_slash_command_of_slack_has_no_id() -> None:
    body = b"token=xyz&command=%2Fdeploy&text=event_id"
    headers = SAMPLES["slack"].signer().sign(body, timestamp=NOW)
    delivery = SAMPLES["slack"].verifier().verify(body, headers)
    assert (delivery.id, delivery.id_is_signed) == ("", False)


# --- its handshake ----------------------------------------------------------------------------------


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
