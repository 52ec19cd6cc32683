"""The sample of Amazon SNS."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from tests.providers.key_pairs import certificate, rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.aws_sns import AmazonSns

__all__ = ["AMAZON", "SAMPLE", "SNS_CERTIFICATE", "TOPIC", "notification"]

SNS_CERTIFICATE = (
    "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
)
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"


def _amazon(url: str, content: bytes | None = None) -> bytes:
    assert (url, content) == (SNS_CERTIFICATE, None)
    return certificate(rsa_key(0))


AMAZON = AmazonSns(fetch=_amazon)


def notification(timestamp: int, id: str, *, version: str = "2", **changed: Any) -> dict[str, Any]:
    """What Amazon SNS sends, signed; some of the fields are ``changed``, or left out (None)."""
    fields = {
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": TOPIC,
        "Subject": "An order",
        "Message": '{"order": 1,\n"city": "K\u00f6ln"}',
        "Timestamp": datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%S.123Z"),
        **changed,
    }
    fields = {name: value for name, value in fields.items() if value is not None}
    # By the rule as the documentation says it: sorted by name, name and value each on a line.
    signed_content = "".join(f"{name}\n{fields[name]}\n" for name in sorted(fields)).encode()
    signature = rsa_key(0).sign(signed_content, PKCS1v15(), SHA1() if version == "1" else SHA256())
    return fields | {
        "SignatureVersion": version,
        "Signature": b64encode(signature).decode(),
        "SigningCertURL": SNS_CERTIFICATE,
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    }


def _by_amazon(sample: Sample, topic: str, timestamp: int, id: str) -> Signed:
    body = json.dumps(notification(timestamp, id, TopicArn=topic)).encode()
    return body, {"x-amz-sns-message-id": id}


SAMPLE = Sample(scheme=AMAZON, secret=TOPIC, other_secret=TOPIC + "-eu", sign=_by_amazon)
