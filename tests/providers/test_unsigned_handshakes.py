"""Handshakes that the provider does not sign: exactly one form is answered, and nothing else is signed."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adapters.raw_requests import ADAPTERS, HANDLED, Adapter, Ask
from tests.providers.handshake_calls import (
    BRAINTREE_CHALLENGE,
    EBAY_TOKEN,
    SECRET,
    SIGNED,
    VERIFY_TOKEN,
    X_TOKEN,
    as_json,
    signed,
)
from tests.providers.handshake_rows import PING, every_adapter, send
from tests.rows import rows
from webhook_verify import Receiver, Secret, Verifier, schemes
from webhook_verify.handshakes import (
    BraintreeChallenge,
    CloudEventsValidation,
    EbayChallenge,
    Handshake,
    LarkChallenge,
    MondayChallenge,
    OktaChallenge,
    QueryChallenge,
    UnsignedPing,
    XChallenge,
)
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.schemes import HeaderScheme

FOLDER = Path(__file__).parents[1] / "data" / "handshakes"


def reported(name: str) -> tuple[dict[str, Any], Ask]:
    case = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    headers = {name.lower(): value for name, value in case["headers"].items()}
    return case, Ask(case["method"], body=case["body"].encode(), headers=headers)


@every_adapter
def test_test_connection_of_bitbucket_gets_200_and_runs_nothing(adapter: Adapter) -> None:
    case, ask = reported("bitbucket_server_ping")
    receiver = adapter.receiver(Verifier(case["secret"], scheme=case["scheme"]))

    seen = adapter.send(receiver, ask)

    assert (seen.status, seen.body) == (200, b"")
    assert adapter.send(receiver, ask._replace(body=b'{"test":false}')).status == 400
    assert adapter.send(receiver, ask._replace(headers={"x-event-key": "repo:push"})).status == 400
    forged = {**ask.headers, "x-hub-signature": "sha256=" + "0" * 64}
    assert adapter.send(receiver, ask._replace(headers=forged)).status == 401


@every_adapter
def test_the_one_time_challenge_of_okta_is_returned(adapter: Adapter) -> None:
    case, ask = reported("okta_challenge")
    receiver = adapter.receiver(
        Verifier(case["secret"], scheme=okta(case["scheme"])), handshake=OktaChallenge()
    )

    assert json.loads(adapter.send(receiver, ask).body) == {"verification": "ZGVtbw"}
    assert adapter.send(receiver, ask._replace(headers={})).status == 405


def okta(scheme: dict[str, str]) -> HeaderScheme:
    return HeaderScheme(
        scheme["name"],
        signature_header=scheme["signature_header"],
        algorithm="token",
        signature_encoding="text",
    )


@every_adapter
def test_the_first_form_of_woocommerce_gets_200_and_runs_nothing(adapter: Adapter) -> None:
    receiver = adapter.receiver(Verifier(SECRET, scheme="woocommerce"))

    assert adapter.send(receiver, Ask(body=b"webhook_id=7")).status == 200
    for body in (b"webhook_id=7&a=1", b"webhook_id=", b"webhook_id=7\n", b"webhook_id=x", b""):
        assert adapter.send(receiver, Ask(body=body)).status == 400


@every_adapter
def test_a_signed_delivery_of_the_same_form_runs_the_handler(adapter: Adapter) -> None:
    """Only a rejected request is offered to the handshake."""
    for handshake in (PING, LarkChallenge(VERIFY_TOKEN)):
        ask = Ask(body=b"webhook_id=7", headers={**signed(b"webhook_id=7"), "x-kind": "ping"})
        assert send(adapter, handshake, ask).body == HANDLED + ask.body


PINGS: dict[str, Ask] = {
    "another kind": Ask(body=b"webhook_id=7", headers={"x-kind": "push"}),
    "no kind": Ask(body=b"webhook_id=7"),
    "another body": Ask(body=b"webhook_id=7;", headers={"x-kind": "ping"}),
    "a signature": Ask(body=b"webhook_id=7", headers={"x-kind": "ping", "x-signature": "v0=00"}),
    "a long body": Ask(body=b"webhook_id=7" + b" " * 20_000, headers={"x-kind": "ping"}),
}


@every_adapter
@rows("ask", PINGS.values(), ids=PINGS)
def test_a_ping_of_another_form_is_rejected(ask: Ask, adapter: Adapter) -> None:
    assert send(adapter, PING, ask).status in {400, 401}


CHALLENGES: dict[str, tuple[Handshake, bytes]] = {
    "monday, another field": (MondayChallenge(), b'{"challenge":"a","event":{}}'),
    "monday, a number": (MondayChallenge(), b'{"challenge":5}'),
    "monday, HTML": (MondayChallenge(), b'{"challenge":"<b>"}'),
    "monday, empty": (MondayChallenge(), b'{"challenge":""}'),
    "monday, a list": (MondayChallenge(), b'["challenge"]'),
    "monday, not JSON": (MondayChallenge(), b"challenge"),
    "monday, nested": (MondayChallenge(), b'{"challenge":' + b"[" * 9_000),
    "lark, another token": (
        LarkChallenge(VERIFY_TOKEN),
        as_json(challenge="a", token="another", type="url_verification"),
    ),
    "lark, no token": (LarkChallenge(VERIFY_TOKEN), as_json(challenge="a", type="url_verification")),
    "lark, another type": (
        LarkChallenge(VERIFY_TOKEN),
        as_json(challenge="a", token=VERIFY_TOKEN, type="event"),
    ),
    "lark, an event": (
        LarkChallenge(VERIFY_TOKEN),
        as_json(challenge="a", token=VERIFY_TOKEN, type="url_verification", event={}),
    ),
}


@rows("name", CHALLENGES)
def test_a_challenge_of_another_form_is_rejected(name: str) -> None:
    handshake, body = CHALLENGES[name]
    assert send(ADAPTERS["wsgi"], handshake, Ask(body=body)).status == 400
    assert send(ADAPTERS["asgi"], handshake, Ask(body=body)).status == 400


def test_a_signed_challenge_is_returned_as_well() -> None:
    body = b'{"challenge":"abc"}'
    seen = send(ADAPTERS["wsgi"], MondayChallenge(), Ask(body=body, headers=signed(body)))
    assert seen.body == b'{"challenge": "abc"}'
    body = as_json(challenge="abc", token=VERIFY_TOKEN, type="url_verification")
    seen = send(ADAPTERS["wsgi"], LarkChallenge(VERIFY_TOKEN), Ask(body=body, headers=signed(body)))
    assert seen.body == b'{"challenge": "abc"}'


def test_an_encrypted_challenge_of_lark_is_decrypted() -> None:
    handshake = LarkChallenge(VERIFY_TOKEN, decrypt=lambda body: base64.b64decode(body, validate=True))
    body = as_json(challenge="abc", token=VERIFY_TOKEN, type="url_verification")
    assert send(ADAPTERS["wsgi"], handshake, Ask(body=base64.b64encode(body))).body == b'{"challenge": "abc"}'
    assert send(ADAPTERS["wsgi"], handshake, Ask(body=body)).status == 400


ORIGINS = ["eventgrid.azure.net.evil.example", "evil.example", "*", "", "eventgrid.azure.net, a", "eventgrid"]


@rows("origin", ORIGINS)
def test_only_exact_origins_of_cloudevents_are_allowed(origin: str) -> None:
    handshake = CloudEventsValidation("eventgrid.azure.net")
    seen = send(ADAPTERS["wsgi"], handshake, Ask("OPTIONS", headers={"webhook-request-origin": origin}))
    assert seen.status == 405
    assert "webhook-allowed-origin" not in seen.headers


def test_cloudevents_without_a_rate_are_not_limited() -> None:
    handshake = CloudEventsValidation("a.example", "eventgrid.azure.net")
    ask = Ask(
        "OPTIONS", headers={"webhook-request-origin": "a.example", "webhook-request-callback": "https://b"}
    )
    assert send(ADAPTERS["wsgi"], handshake, ask).headers["webhook-allowed-rate"] == "*"


# What is signed for an unsigned request cannot be a delivery.


@given(st.sampled_from([XChallenge(), BraintreeChallenge("key")]), st.text())
def test_whatever_the_token_what_is_signed_is_no_json_xml_or_form(handshake: Handshake, token: str) -> None:
    contents: list[bytes] = []

    def sign(content: bytes) -> bytes:
        contents.append(content)
        return base64.b64encode(bytes(32))

    for name in ("crc_token", "bt_challenge"):
        handshake.respond_to_unsigned(RequestHead("GET", "/", {}, target=f"/?{name}={token}"), b"", sign)
    for content in contents:
        assert len(content) <= 256
        assert not set(content) & set(b'{}[]<>":.& \r\n')


def x_receiver(verifier: Any) -> Receiver:
    return Receiver(verifier, scheme=None if isinstance(verifier, Verifier) else "x")


def crc(receiver: Receiver, token: str = X_TOKEN) -> WebhookResponse | None:
    return receiver.method_response("GET", f"/hook?crc_token={token}", "/hook")


def test_x_signs_with_the_first_valid_secret() -> None:
    expired = Secret("an expired secret", label="old", expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    answer = crc(x_receiver(Verifier([expired, Secret(SECRET, label="new")], scheme="x")))
    assert answer is not None
    mac = base64.b64encode(hmac.digest(SECRET.encode(), X_TOKEN.encode(), "sha256")).decode()
    assert json.loads(answer.body) == {"response_token": f"sha256={mac}"}


def test_x_has_no_check_behind_a_lookup_or_without_a_valid_secret() -> None:
    expired = Secret("an expired secret", expires_at=datetime(2026, 1, 1, tzinfo=UTC))
    for verifier in (lambda head: Verifier(SECRET, scheme="x"), Verifier(expired, scheme="x")):
        answer = crc(x_receiver(verifier))
        assert answer is not None
        assert answer.status == 405


@rows("token", ["", "a" * 257, "%7B%22a%22%3A1%7D", "%5B1%5D", "a.b", "a%20b", "%3Cb%3E", "a&crc_token=b"])
def test_x_signs_no_token_of_another_form(token: str) -> None:
    answer = crc(x_receiver(Verifier(SECRET, scheme="x")), token)
    assert answer == WebhookResponse.for_status(400)


@rows("adapter", ["wsgi", "asgi"])
def test_what_is_signed_for_any_client_is_no_delivery(adapter: str) -> None:
    sha1 = HeaderScheme("sha1", signature_header="x-signature", algorithm="hmac-sha1")
    receivers = {
        "x-twitter-webhooks-signature": (Verifier(SECRET, scheme="x"), XChallenge(), "crc_token"),
        "x-signature": (Verifier(SECRET, scheme=sha1), BraintreeChallenge("public"), "bt_challenge"),
    }
    for header, (verifier, handshake, parameter) in receivers.items():
        receiver = ADAPTERS[adapter].receiver(verifier, handshake=handshake)
        for token in (BRAINTREE_CHALLENGE, "1" * 20):
            ask = Ask("GET", f"/hook?{parameter}={token}")
            answer = ADAPTERS[adapter].send(receiver, ask).body.decode()
            mac = json.loads(answer)["response_token"] if parameter == "crc_token" else answer.split("|")[1]
            signed = Ask(body=token.encode(), headers={header: mac})
            assert verifier.verify(signed.body, {header: mac})
            assert ADAPTERS[adapter].send(receiver, signed).status == 400


def test_a_key_that_is_sha1_signs_the_challenge_of_braintree() -> None:
    scheme = HeaderScheme("sha1", signature_header="x-signature", algorithm="hmac-sha1")
    receiver = Receiver(Verifier(SECRET, scheme=scheme), handshake=BraintreeChallenge("public"))
    answer = receiver.method_response("GET", f"/?bt_challenge={BRAINTREE_CHALLENGE}")
    assert answer is not None
    digest = hmac.new(SECRET.encode(), BRAINTREE_CHALLENGE.encode(), "sha1").hexdigest()
    assert answer.body == f"public|{digest}".encode()


WRONG: dict[str, tuple[Any, list[Any], dict[str, Any], type[Exception], str]] = {
    "query, no name": (QueryChallenge, [""], {}, ValueError, "parameter must be the name"),
    "query, a number": (QueryChallenge, [5], {}, TypeError, "parameter must be a str"),
    "ebay, a short token": (EbayChallenge, ["a", "https://a"], {}, ValueError, "32 to 80 letters"),
    "ebay, http": (EbayChallenge, [EBAY_TOKEN, "http://a"], {}, ValueError, "endpoint must be the https"),
    "ebay, a number": (EbayChallenge, [EBAY_TOKEN, 5], {}, TypeError, "endpoint must be a str"),
    "braintree, a bar": (BraintreeChallenge, ["a|b"], {}, ValueError, "public_key must be letters"),
    "braintree, a number": (BraintreeChallenge, [5], {}, TypeError, "public_key must be a str"),
    "cloudevents, none": (CloudEventsValidation, [], {}, ValueError, "origins must be one or more"),
    "cloudevents, a star": (CloudEventsValidation, ["*"], {}, ValueError, "origins must be one or more"),
    "cloudevents, a list": (CloudEventsValidation, [["a"]], {}, TypeError, "origin must be a str"),
    "cloudevents, no rate": (CloudEventsValidation, ["a"], {"rate": 0}, ValueError, "rate must be at"),
    "cloudevents, a text": (CloudEventsValidation, ["a"], {"rate": "1"}, TypeError, "rate must be an int"),
    "lark, empty": (LarkChallenge, [" "], {}, ValueError, "verification_token is empty"),
    "lark, a number": (LarkChallenge, [5], {}, TypeError, "verification_token must be a str"),
    "lark, no function": (LarkChallenge, ["a"], {"decrypt": 5}, TypeError, "decrypt must be a function"),
    "ping, text": (UnsignedPing, ["a", "b"], {"signature_header": "c"}, TypeError, "body must be a bytes"),
}


@rows("name", WRONG)
def test_misuse(name: str) -> None:
    make, positional, named, error, message = WRONG[name]
    with pytest.raises(error, match=message) as caught:
        make(*positional, **named)
    assert VERIFY_TOKEN not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("x", XChallenge),
        ("onfleet", QueryChallenge),
        ("bitbucket", UnsignedPing),
        ("bitbucket-data-center", UnsignedPing),
        ("woocommerce", UnsignedPing),
        ("okta", OktaChallenge),
        ("monday", MondayChallenge),
    ],
)
def test_a_scheme_has_its_own(name: str, kind: type) -> None:
    assert type(schemes.get(name).handshake) is kind


def test_an_unsigned_body_is_read_up_to_a_limit_only() -> None:
    """A request without valid headers is rejected before its body is read, if no handshake is that long."""
    receiver = Receiver(Verifier(SECRET, scheme=SIGNED), handshake=PING)
    head = RequestHead("POST", "/hook", {}, "16385")
    chunks = iter([b"x"])
    answer = receiver.handle_request(head, chunks, lambda _: WebhookResponse(299), lambda made: made.status)
    assert isinstance(answer, WebhookResponse)
    assert (answer.status, [*chunks]) == (400, [b"x"])

    endless = (b"x" * 1024 for _ in range(1_000))
    answer = receiver.handle_request(
        head._replace(content_length=""), endless, lambda _: WebhookResponse(299), lambda made: made.status
    )
    assert isinstance(answer, WebhookResponse)
    assert (answer.status, len([*endless])) == (400, 1_000 - 17)
