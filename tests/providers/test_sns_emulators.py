"""Amazon SNS outside Amazon: LocalStack and moto, in development."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import Delivery, KeyUnavailable, MalformedDelivery, SignatureMismatch, Verifier
from webhook_verify.handshakes import ConfirmSubscriptions
from webhook_verify.schemes.providers.aws_sns import AmazonSns

FOLDER = Path(__file__).parents[1] / "data" / "senders"
LOCALSTACK = "localhost.localstack.cloud:4566"


def verify(name: str, pem: str, scheme: dict[str, Any], **changes: str) -> Delivery:
    case = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    row = AmazonSns(versions=("1", "2"), fetch=lambda *_: (FOLDER / pem).read_bytes(), **scheme)
    body = json.dumps({**json.loads(case["body"]), **changes}).encode()
    return Verifier(case["secret"], scheme=row, clock=lambda: case["clock"]).verify(body, case["headers"])


def of_localstack(*hosts: str, **changes: str) -> Delivery:
    return verify(
        "py-localstack-notification-v1", "py-localstack.pem", {"certificate_hosts": hosts}, **changes
    )


def test_localstack_is_accepted_if_its_host_is_named(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "webhook_verify"):
        assert of_localstack(LOCALSTACK).json()["Message"] == '{"n":2}'
    assert "for development only" in caplog.text
    assert LOCALSTACK in caplog.text


PATH = "/_aws/sns/SimpleNotificationService-6c6f63616c737461636b69736e696365.pem"
OTHER_ADDRESSES = [
    f"http://evil.example{PATH}",
    f"http://{LOCALSTACK}.evil.example{PATH}",
    f"http://user@{LOCALSTACK}{PATH}",
    f"http://evil.example/{LOCALSTACK}{PATH}",
    f"ftp://{LOCALSTACK}{PATH}",
    f"file://{LOCALSTACK}{PATH}",
    f"http://localhost.localstack.cloud{PATH}",
    f"http://{LOCALSTACK}/other",
    f"http://{LOCALSTACK}{PATH}\n",
    f"http://{LOCALSTACK}#{PATH}",
    f"http://{LOCALSTACK}?{PATH}",
]


@rows("address", OTHER_ADDRESSES)
def test_another_address_is_rejected(address: str) -> None:
    with pytest.raises(MalformedDelivery):
        of_localstack(LOCALSTACK, SigningCertURL=address)


def test_without_the_option_only_amazon_is_accepted() -> None:
    with pytest.raises(MalformedDelivery, match="SigningCertURL"):
        of_localstack()
    with pytest.raises(SignatureMismatch):
        of_localstack(LOCALSTACK, Message="{}")


def test_a_subject_is_signed_if_it_is_there() -> None:
    """Moto signs without it, so it is rejected, and accepted without the Subject."""
    with pytest.raises(SignatureMismatch):
        verify("py-moto-subject-unsigned", "py-moto-subject.pem", {})
    case = json.loads((FOLDER / "py-moto-subject-unsigned.json").read_text("utf-8"))
    body = json.loads(case["body"])
    del body["Subject"]
    row = AmazonSns(fetch=lambda *_: (FOLDER / "py-moto-subject.pem").read_bytes())
    verifier = Verifier(case["secret"], scheme=row, clock=lambda: case["clock"])
    assert verifier.verify(json.dumps(body).encode(), {}).json()["Message"] == "with subject"


def test_the_number_of_certificates_per_minute_is_an_option() -> None:
    case = json.loads((FOLDER / "py-moto-subject-unsigned.json").read_text("utf-8"))
    body = json.loads(case["body"])
    del body["Subject"]
    for limit, accepted in ((200, 150), (20, 0)):
        row = AmazonSns(
            fetch=lambda *_: (FOLDER / "py-moto-subject.pem").read_bytes(), certificates_per_minute=limit
        )
        verifier = Verifier(case["secret"], scheme=row, clock=lambda: case["clock"])
        count = 0
        for number in range(150):
            url = f"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-{number:032}.pem"
            try:
                count += bool(verifier.verify(json.dumps({**body, "SigningCertURL": url}).encode(), {}))
            except KeyUnavailable:
                break
        assert count == accepted or (not accepted and count < 150)


MISUSE: list[tuple[dict[str, Any], type[Exception]]] = [
    ({"certificate_hosts": "localhost"}, TypeError),
    ({"certificate_hosts": [1]}, TypeError),
    ({"certificate_hosts": ["http://localhost"]}, ValueError),
    ({"certificate_hosts": [""]}, ValueError),
    ({"certificate_hosts": ["localhost/x"]}, ValueError),
    ({"certificates_per_minute": 0}, ValueError),
    ({"certificates_per_minute": True}, ValueError),
]


@rows(("options", "error"), MISUSE)
def test_misuse(options: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        AmazonSns(**options)


def test_an_emulator_confirms_a_subscription_only_if_its_host_is_named() -> None:
    from webhook_verify.handshakes import sns

    topic = "arn:aws:sns:us-east-1:000000000000:ls-one"
    query = f"Action=ConfirmSubscription&TopicArn={topic}&Token=abc"
    assert sns._is_of_sns(f"http://{LOCALSTACK}/?{query}", topic, (LOCALSTACK,))
    assert not sns._is_of_sns(f"http://{LOCALSTACK}/?{query}", topic)
    assert not sns._is_of_sns(f"http://evil.example/?{query}", topic, (LOCALSTACK,))
    with pytest.raises(TypeError):
        ConfirmSubscriptions(print, hosts="localhost")
