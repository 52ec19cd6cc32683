"""Amazon SNS: interoperability with two libraries, additional rejections, and subscriptions."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.handshake_calls import (
    CONFIRM,
    SECRET,
    SIGNED,
    SUBSCRIBE,
    SUBSCRIBED_TOPIC,
    Confirmed,
    answered,
    as_json,
    signed,
    sns,
)
from tests.providers.interop import interop
from tests.providers.key_pairs import certificate, pem_of, rsa_key
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.samples.aws_sns import AMAZON, SNS_CERTIFICATE, TOPIC, notification
from webhook_verify import (
    AsyncReceiver,
    Delivery,
    InvalidSecret,
    KeyUnavailable,
    MalformedDelivery,
    Receiver,
    RejectedDelivery,
    Signer,
    Verifier,
)
from webhook_verify.handshakes import ConfirmSubscriptions
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.schemes.providers.aws_sns import AmazonSns, is_sns_address

BOTH = AmazonSns(versions=("1", "2"), fetch=lambda *_: certificate(rsa_key(0)))

CONFIRMATION: dict[str, Any] = {
    "Type": "SubscriptionConfirmation",
    "Subject": None,
    "Message": "You have chosen to subscribe.",
    "Token": "2336412f37",
    "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=2336412f37",
}

GENUINE: dict[str, dict[str, Any]] = {
    "version 2": notification(NOW, "1"),
    "version 1": notification(NOW, "2", version="1"),
    "without a subject": notification(NOW, "3", Subject=None),
    "a message of many lines": notification(NOW, "4", Message="Subject\nx\nTimestamp\n\u00e9\U0001f600\n"),
    "confirmation": notification(NOW, "5", **CONFIRMATION),
}

FORGED = {
    "another message": GENUINE["version 2"] | {"Message": "{}"},
    "another id": GENUINE["version 2"] | {"MessageId": "2"},
    "another version": GENUINE["version 2"] | {"SignatureVersion": "1"},
    "another topic": GENUINE["version 2"] | {"TopicArn": TOPIC + "s"},
    "no signature": GENUINE["version 2"] | {"Signature": ""},
    "another subscribe url": GENUINE["confirmation"] | {"SubscribeURL": "https://example.com/"},
    "certificate elsewhere": GENUINE["version 2"]
    | {"SigningCertURL": "https://sns.eu-west-1.amazonaws.com.example.com/x.pem"},
}


def genuine(fields: dict[str, Any], scheme: AmazonSns = BOTH, now: float = NOW) -> bool:
    try:
        delivery = Verifier(TOPIC, scheme=scheme, clock=lambda: now).verify(json.dumps(fields).encode(), {})
    except RejectedDelivery:
        return False
    assert (delivery.id, delivery.id_is_signed) == (fields["MessageId"], True)
    assert delivery.timestamp.timestamp() == NOW
    assert delivery.json()["Message"] == fields["Message"]
    return True


# Only the network is not theirs: the certificate comes from here.
ANSWERING = """
    const https = require('https'), { PassThrough } = require('stream');
    https.get = (url, ...more) => {
        const response = new PassThrough();
        response.statusCode = 200;
        more.at(-1)(response);
        process.nextTick(() => response.end(given.certificate));
        return { on: () => {} };
    };
"""

THEIRS = {
    "sns-validator": """
        const Validator = require('sns-validator');
        const check = fields => new Promise(done => new Validator().validate(fields, error => done(!error)));
    """,
    "sns-payload-validator": """
        const Validator = require('sns-payload-validator');
        const validator = new Validator();
        const check = fields => validator.validate(fields).then(() => true, () => false);
    """,
}

ALL = [*GENUINE.values(), *FORGED.values()]


@pytest.mark.network
@interop("aws-sns", by="sns-validator by AWS (npm)")
@interop("aws-sns", by="sns-payload-validator (npm)")
@pytest.mark.parametrize("package", THEIRS)
def test_we_verify_what_they_verify(package: str) -> None:
    script = ANSWERING + THEIRS[package] + "return Promise.all(given.all.map(check));"
    theirs = node(script, {"all": ALL, "certificate": certificate(rsa_key(0)).decode()})

    assert theirs == [True] * len(GENUINE) + [False] * len(FORGED)
    assert [genuine(fields) for fields in ALL] == theirs


def test_sha_1_is_for_those_who_ask_for_it() -> None:
    assert not genuine(GENUINE["version 1"], AMAZON)
    with pytest.raises(
        MalformedDelivery, match="SignatureVersion must be 2; set it in the attributes of the topic"
    ):
        Verifier(TOPIC, scheme=AMAZON).verify(json.dumps(GENUINE["version 1"]).encode(), {})
    for versions in ((), ("3",), "12", ("1", 2)):
        with pytest.raises(ValueError):
            AmazonSns(versions=versions)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "outcome"),
    [(NOW, True), (NOW + 28_800, True), (NOW + 28_801, False), (NOW - 28_800, True), (NOW - 28_801, False)],
)
def test_a_retry_has_the_time_of_publishing(now: float, outcome: bool) -> None:
    assert genuine(GENUINE["version 2"], now=now) is outcome


ADDRESSES = [
    "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem\n",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem?",
    "https://sns.eu-west-1.amazonaws.com:444/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com@x.org/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.x.org/.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com.x/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.s3-us-west-2.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.s3-eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.compute-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns-x.s3.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/x/../SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-x.pem",
    "//sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_nothing_is_fetched_from_elsewhere(address: str) -> None:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None = None) -> bytes:
        asked.append(url)
        return certificate(rsa_key(0))

    fields = GENUINE["version 2"] | {"SigningCertURL": address}
    assert not genuine(fields, AmazonSns(fetch=fetch))
    assert not genuine(GENUINE["version 2"] | {"TopicArn": TOPIC + "x"}, AmazonSns(fetch=fetch))
    assert asked == []
    assert not is_sns_address(address) or address.startswith("https://sns.eu-west-1.amazonaws.com/")


@pytest.mark.parametrize(
    "host",
    [
        *("us-east-1.amazonaws.com", "ap-southeast-7.amazonaws.com", "us-gov-west-1.amazonaws.com"),
        *("us-isob-east-1.amazonaws.com", "eusc-de-east-1.amazonaws.com", "cn-north-1.amazonaws.com.cn"),
    ],
)
def test_every_region_has_its_own(host: str) -> None:
    assert is_sns_address(
        f"https://sns.{host}/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
    )


def test_a_certificate_is_fetched_once() -> None:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None = None) -> bytes:
        asked.append(url)
        return certificate(rsa_key(0))

    scheme = AmazonSns(fetch=fetch)
    assert genuine(GENUINE["version 2"], scheme)
    assert genuine(GENUINE["confirmation"], scheme)
    assert asked == [SNS_CERTIFICATE]


@pytest.mark.parametrize(
    "pem",
    [b"", b"<html>", pem_of(rsa_key(0))[0].encode(), certificate(rsa_key(0, 1024))],
    ids=["nothing", "a page", "a bare key", "a short key"],
)
def test_what_is_no_certificate_leaves_the_verdict_open(pem: bytes) -> None:
    scheme = AmazonSns(fetch=lambda *_: pem)
    with pytest.raises(KeyUnavailable) as caught:
        Verifier(TOPIC, scheme=scheme).verify(json.dumps(GENUINE["version 2"]).encode(), {})
    assert (caught.value.status_hint, caught.value.scheme) == (503, "aws-sns")


@pytest.mark.parametrize(("start", "end"), [(NOW + 1, NOW + 2), (NOW - 2, NOW - 1)])
def test_a_certificate_is_of_its_time(start: int, end: int) -> None:
    scheme = AmazonSns(fetch=lambda *_: certificate(rsa_key(0), start, end))
    assert not genuine(GENUINE["version 2"], scheme)
    assert genuine(GENUINE["version 2"], AmazonSns(fetch=lambda *_: certificate(rsa_key(0), NOW, NOW)))


def test_a_notice_in_another_spelling_is_a_notice() -> None:
    body = json.dumps(GENUINE["confirmation"]).replace("SubscribeURL", "\\u0053ubscribeURL").encode()
    receiver = Receiver(Verifier(TOPIC, scheme=BOTH, clock=lambda: NOW))
    answer = receiver.handle_request(
        RequestHead("POST", "/sns", {}), [body], lambda _: WebhookResponse(299), lambda _: 299
    )
    assert answer == WebhookResponse(200)


def test_a_border_between_fields_cannot_be_moved() -> None:
    """Both say the same lines: who writes the message would choose the id, by which deliveries dedupe."""
    message = "hello\nMessageId\nchosen"
    signed = notification(NOW, "1", Message=message, Subject=None)
    moved = signed | {"Message": "hello", "MessageId": "chosen\nMessageId\n1"}

    assert genuine(signed)
    assert not genuine(moved)


HOSTILE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda each: st.lists(each, max_size=3)
)


@given(
    changed=st.dictionaries(st.sampled_from(sorted(GENUINE["confirmation"])), HOSTILE, min_size=1),
    left_out=st.sets(st.sampled_from(sorted(GENUINE["confirmation"]))),
    ascii=st.booleans(),
)
def test_whatever_a_notification_holds_the_outcome_is_a_verdict(
    changed: dict[str, Any], left_out: set[str], ascii: bool
) -> None:
    fields = {
        name: value for name, value in (GENUINE["confirmation"] | changed).items() if name not in left_out
    }
    body = json.dumps(fields, ensure_ascii=ascii).encode("utf-8", "surrogatepass")
    signed = {"Type", "MessageId", "TopicArn", "Message", "Timestamp", "Token", "SubscribeURL", "Signature"}

    try:
        Verifier(TOPIC, scheme=BOTH, clock=lambda: NOW).verify(body, {})
    except RejectedDelivery:
        return
    assert not signed & left_out
    assert all(fields[name] == GENUINE["confirmation"][name] for name in signed)


@pytest.mark.parametrize(
    "body", [b"", b"1", b"[]", b"\xff", b"[" * 100_000, b'{"Type": "Notification"}'], ids=range(6)
)
def test_what_is_no_notification_is_malformed(body: bytes) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        Verifier(TOPIC, scheme=BOTH).verify(body, {"x-amz-sns-message-id": "1"})
    assert (caught.value.reason, caught.value.message_id) == ("unreadable_body", "1")


@pytest.mark.parametrize(
    "secret", ["orders", "*", TOPIC + "\nx", "arn:aws:sqs:eu-west-1:123456789012:orders", b"x" * 32]
)
def test_the_secret_is_the_arn_of_a_topic(secret: Any) -> None:
    with pytest.raises(InvalidSecret, match="ARN of a topic"):
        Verifier(secret, scheme="aws-sns")


def test_only_amazon_signs() -> None:
    with pytest.raises(InvalidSecret):
        Signer(TOPIC, scheme="aws-sns")
    with pytest.raises(ValueError, match="can sign its deliveries, because its private key is secret"):
        AMAZON.sign(b"", [], id="1", timestamp=NOW, url=None, method=None)


# --- subscriptions ----------------------------------------------------------------------------------


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
    with pytest.raises(TypeError, match="fetch must be a function"):
        ConfirmSubscriptions(None)  # type: ignore[arg-type]


def test_a_notification_is_for_the_handler() -> None:
    notification = as_json(
        Type="Notification", TopicArn=SUBSCRIBED_TOPIC, Message='"SubscribeURL"', UnsubscribeURL="x"
    )

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
