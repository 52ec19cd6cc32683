"""Samples of providers with public keys, certificates and tokens."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256

from tests.providers.key_pairs import certificate, der_of, ed25519_hex, p256, pem_of, rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.aws_sns import AmazonSns

__all__ = ["AMAZON", "SAMPLES", "SNS_CERTIFICATE", "TOPIC", "notification"]


def _signed_by(scheme: str, pair: tuple[str, str], other: tuple[str, str], body: str) -> Sample:
    """A provider whose public key is the secret. ``{id}`` in the body is the id."""
    return Sample(
        scheme=scheme,
        secret=pair[0],
        other_secret=other[0],
        signing_secret=dict((pair, other)),
        body=lambda _, msg_id: body.replace("{id}", msg_id).encode(),
    )


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
    content = "".join(f"{name}\n{fields[name]}\n" for name in sorted(fields)).encode()
    signature = rsa_key(0).sign(content, PKCS1v15(), SHA1() if version == "1" else SHA256())
    return fields | {
        "SignatureVersion": version,
        "Signature": b64encode(signature).decode(),
        "SigningCertURL": SNS_CERTIFICATE,
        "UnsubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
    }


def _by_amazon(sample: Sample, topic: str, timestamp: int, id: str) -> Signed:
    body = json.dumps(notification(timestamp, id, TopicArn=topic)).encode()
    return body, {"x-amz-sns-message-id": id}


SAMPLES: list[Sample] = [
    _signed_by("discord", ed25519_hex(0), ed25519_hex(1), '{"id": "{id}", "type": 2}'),
    _signed_by("sendgrid", der_of(p256(0)), der_of(p256(1)), '[{"event": "open"}]\r\n'),
    _signed_by("wise", pem_of(rsa_key(0)), pem_of(rsa_key(1)), '{"event_type": "transfers#state-change"}'),
    Sample(scheme=AMAZON, secret=TOPIC, other_secret=TOPIC + "-eu", sign=_by_amazon),
]
