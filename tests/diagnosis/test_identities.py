"""What can be said without the key: signed hashes, claims, topics and items, as a table of senders."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import jwt
import pytest

from tests.diagnosis.genuine import genuine
from tests.providers.key_pairs import p256, rsa_key
from tests.providers.samples import SAMPLES
from tests.providers.samples.aws_sns import AMAZON, TOPIC, notification
from tests.providers.samples.google_pubsub import ACCOUNT, ENDPOINT, GOOGLE, google_claims
from tests.providers.samples.plaid import CREDENTIALS, PLAID
from tests.rows import rows
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Cause, Diagnosis, explain

NOW = 1_790_000_000
BODY = b'{"webhook_type":"ITEM","item_id":"abcdefghijklmnop"}'
SPACED = b'{"webhook_type": "ITEM", "item_id": "abcdefghijklmnop"}'


def _named(cause: Cause) -> str:
    return f"{cause.name} {cause.confidence.name.lower()}"


def _plaid(body: bytes, *, is_key_cached: bool = False, key: int = 0, **claims: Any) -> Diagnosis:
    scheme: Any = type(PLAID)(fetch=PLAID._fetch)
    verifier = Verifier(CREDENTIALS, scheme=scheme, clock=lambda: NOW)

    def token(key: int, **claims: Any) -> dict[str, str]:
        claims = {"iat": NOW, "request_body_sha256": sha256(BODY).hexdigest(), **claims}
        return {
            "plaid-verification": jwt.encode(claims, p256(key), "ES256", headers={"kid": "6c5516e1-92dc"})
        }

    if is_key_cached:
        verifier.verify(BODY, token(0))
    return explain(verifier, body, token(key, **claims))


@pytest.mark.parametrize(
    ("body", "cached", "key", "expected"),
    [
        (b'{"another":"body"}', False, 0, "body_changed likely"),
        (b'{"another":"body"}', True, 0, "body_changed certain"),
        (b'{"another":"body"}', True, 1, "body_changed likely"),  # a forger's token
        (SPACED, False, 0, "body_reserialized likely"),
        (SPACED, True, 0, "body_reserialized certain"),
        (SPACED, True, 1, "body_reserialized likely"),
        (BODY + b"\n", True, 0, "body_line_ends certain"),
    ],
)
def test_the_hash_of_the_body_in_a_token(body: bytes, cached: bool, key: int, expected: str) -> None:
    diagnosis = _plaid(body, is_key_cached=cached, key=key)
    assert _named(diagnosis.cause) == expected
    assert "request_body_sha256" in diagnosis.cause.evidence


def test_a_token_without_a_hash_is_named_with_the_claim_that_is_missing() -> None:
    cause = _plaid(BODY, request_body_sha256=None).cause
    assert _named(cause) == "identity_differs likely"
    assert cause.evidence.startswith("request_body_sha256 is missing (unverified)")


CLAIMS: dict[str, tuple[dict[str, Any], str]] = {
    "another audience": (
        {"aud": "https://old.example/in"},
        f'aud is "https://old.example/in" (unverified), expected "{ENDPOINT}"',
    ),
    "several audiences": ({"aud": [ENDPOINT]}, "aud is a list (unverified)"),
    "another issuer": (
        {"iss": "https://issuer.example"},
        'iss is "https://issuer.example" (unverified), expected "https://accounts.google.com"',
    ),
    "another account": (
        {"email": "other@shop.example"},
        f'email is "other@shop.example" (unverified), expected "{ACCOUNT}"',
    ),
    "no account": ({"email": None}, f'email is missing (unverified), expected "{ACCOUNT}"'),
    "an unverified account": (
        {"email_verified": False},
        "email_verified is false (unverified), expected true",
    ),
    "a long value": ({"aud": "x" * 5_000}, f'aud is "{"x" * 63}..." (unverified)'),
    "an escape sequence": ({"aud": "\x1b[2J\n\u202e"}, r'aud is "\u001b[2J\n\u202e" (unverified)'),
}


def _google(**claims: Any) -> tuple[Diagnosis, str]:
    token = jwt.encode(google_claims(NOW, **claims), rsa_key(0), "RS256", headers={"kid": "key-1"})
    scheme: Any = type(GOOGLE)(fetch=GOOGLE._fetch)
    verifier = Verifier(ACCOUNT, scheme=scheme, clock=lambda: NOW)
    return explain(verifier, b"{}", {"authorization": f"Bearer {token}"}, url=ENDPOINT), token


@rows("case", CLAIMS)
def test_a_claim_that_differs_is_named_with_both_values(case: str) -> None:
    claims, evidence = CLAIMS[case]
    diagnosis, token = _google(**claims)
    assert _named(diagnosis.cause) == "identity_differs likely"
    assert evidence in diagnosis.cause.evidence
    assert not any(part in str(diagnosis.as_dict()) for part in token.split("."))


def test_all_claims_that_differ_are_named() -> None:
    evidence = _google(aud="https://old.example/in", email="other@shop.example")[0].cause.evidence
    assert "aud is" in evidence
    assert "email is" in evidence
    assert "iss is" not in evidence


@pytest.mark.parametrize(
    ("times", "expected", "evidence"),
    [
        ({"exp": NOW - 90}, "delivery_too_old likely", "the token's claim exp is 90 s in the past"),
        ({"nbf": NOW + 90}, "clock_skew likely", "the token's claim nbf is 90 s in the future"),
        ({"iat": NOW + 900}, "clock_skew likely", "the token's claim iat is 900 s in the future"),
        ({"iat": NOW - 7_200}, "delivery_too_old likely", "the token's claim iat is 7200 s in the past"),
    ],
)
def test_the_time_of_a_token_is_named(times: dict[str, Any], expected: str, evidence: str) -> None:
    cause = _google(**times)[0].cause
    assert _named(cause) == expected
    assert evidence in cause.evidence


@pytest.mark.parametrize(
    ("topic", "evidence"),
    [
        (
            "arn:aws:sns:eu-west-1:123456789012:invoices",
            'TopicArn (name) is "invoices" (unverified), expected "orders"',
        ),
        ("arn:aws:sns:us-east-1:123456789012:orders", 'TopicArn (region) is "us-east-1"'),
        ("arn:aws:sns:eu-west-1:210987654321:orders", 'TopicArn (account) is "210987654321"'),
    ],
)
def test_a_topic_that_differs_is_named_by_part(topic: str, evidence: str) -> None:
    verifier = Verifier(TOPIC, scheme=type(AMAZON)(fetch=AMAZON._fetch), clock=lambda: NOW)
    body = json.dumps(notification(NOW, "id-1", TopicArn=topic)).encode()
    cause = explain(verifier, body, {}).cause
    assert _named(cause) == "identity_differs likely"
    assert evidence in cause.evidence


URL = "https://shop.example/sms?bodySHA256="


@pytest.mark.parametrize(
    ("received", "secret", "expected"),
    [
        (b'{"lost":"body"}', SAMPLES["twilio"].secret, "body_changed certain"),
        (b'{"lost":"body"}', SAMPLES["twilio"].other_secret, "body_changed likely"),
        (SPACED, SAMPLES["twilio"].secret, "body_reserialized certain"),
    ],
)
def test_the_hash_of_the_body_in_a_url(received: bytes, secret: str, expected: str) -> None:
    url = URL + sha256(BODY).hexdigest()
    headers = Signer(SAMPLES["twilio"].secret, scheme="twilio").sign(BODY, url=url)
    assert _named(explain(Verifier(secret, scheme="twilio"), received, headers, url=url).cause) == expected


def _adyen(count: int, change: Callable[[list[Any]], None]) -> Diagnosis:
    sample, one = SAMPLES["adyen"], genuine("adyen", "small JSON")
    fields = json.loads(one.body)
    item = fields["notificationItems"][0]
    items = [json.loads(json.dumps(item)) for _ in range(count)]
    for number, each in enumerate(items):
        each["NotificationRequestItem"]["pspReference"] = f"{number:016}"
    fields["notificationItems"] = items
    body = json.loads(Signer(sample.secret, scheme="adyen").sign_body(json.dumps(fields).encode()))
    change([each["NotificationRequestItem"] for each in body["notificationItems"]])
    return explain(one.verifier(), json.dumps(body).encode(), {})


def test_an_item_of_adyen_that_does_not_match_is_named() -> None:
    cause = _adyen(3, lambda items: items[1].update(merchantReference="another")).cause
    assert _named(cause) == "body_changed likely"
    assert cause.evidence == "the signature of item 2 of 3 does not match, and the others do"


def test_all_items_of_adyen_that_do_not_match_are_a_wrong_secret() -> None:
    def change(items: list[Any]) -> None:
        for item in items:
            item.update(merchantReference="another")

    assert _adyen(2, change).cause.name == "wrong_secret_or_forgery"


STATE = SAMPLES["microsoft-graph"].secret


def _graph(*states: str) -> Diagnosis:
    value = [{"clientState": state, "id": number} for number, state in enumerate(states)]
    body = json.dumps({"value": value}).encode()
    return explain(Verifier(STATE, scheme="microsoft-graph"), body, {})


@pytest.mark.parametrize(
    ("states", "expected", "evidence"),
    [
        (
            (STATE, "another-state-of-ours", STATE),
            "identity_differs likely",
            "the clientState of item 2 of 3",
        ),
        (("another-state-of-ours", "x", STATE), "identity_differs likely", "items 1, 2 of 3"),
        (
            ("another-state-of-ours",) * 2,
            "wrong_secret_or_forgery likely",
            "no clientState of the notification",
        ),
    ],
)
def test_a_client_state_that_differs_is_named_and_never_shown(
    states: tuple[str, ...], expected: str, evidence: str
) -> None:
    diagnosis = _graph(*states)
    assert _named(diagnosis.cause) == expected
    assert evidence in diagnosis.cause.evidence
    assert not any(state in str(diagnosis.as_dict()) for state in (STATE, "another-state-of-ours"))
