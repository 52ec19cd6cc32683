"""Samples of providers with public keys, certificates and tokens."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zlib import crc32

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from tests.providers.fake_ca import below, leaf, root
from tests.providers.key_pairs import certificate, der_of, ed25519_hex, p256, pem_of, rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.aws_sns import AmazonSns
from webhook_verify.schemes.providers.google_pubsub import GooglePubSub
from webhook_verify.schemes.providers.paypal import PayPal
from webhook_verify.schemes.providers.plaid import Plaid

__all__ = [
    "ACCOUNT",
    "AMAZON",
    "CREDENTIALS",
    "ENDPOINT",
    "GOOGLE",
    "PAYPAL",
    "PAYPAL_CERTIFICATE",
    "PLAID",
    "SAMPLES",
    "SNS_CERTIFICATE",
    "TOPIC",
    "WEBHOOK",
    "google_claims",
    "jwk_of",
    "notification",
    "paypal_headers",
]


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


ENDPOINT = "https://shop.example/webhooks/pubsub"
ACCOUNT = "push@shop-1.iam.gserviceaccount.com"


def jwk_of(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, key_id: str) -> dict[str, Any]:
    """The public key as a JSON Web Key."""
    if isinstance(key, rsa.RSAPrivateKey):
        jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": key_id, "use": "sig"}


def _google(url: str, content: bytes | None = None) -> bytes:
    assert (url, content) == ("https://www.googleapis.com/oauth2/v3/certs", None)
    return json.dumps({"keys": [jwk_of(rsa_key(0), "key-1"), jwk_of(rsa_key(1), "key-2")]}).encode()


GOOGLE = GooglePubSub(fetch=_google)


def google_claims(timestamp: int, email: str = ACCOUNT, **changed: Any) -> dict[str, Any]:
    """The claims of Google's documentation."""
    claims = {
        "aud": ENDPOINT,
        "azp": "113774264463038321964",
        "email": email,
        "sub": "113774264463038321964",
        "email_verified": True,
        "exp": timestamp + 3600,
        "iat": timestamp,
        "iss": "https://accounts.google.com",
        **changed,
    }
    return {name: value for name, value in claims.items() if value is not None}


def _by_google(sample: Sample, email: str, timestamp: int, id: str) -> Signed:
    body = json.dumps({"message": {"data": "eA==", "messageId": id}, "subscription": "s"}).encode()
    token = jwt.encode(google_claims(timestamp, email), rsa_key(0), "RS256", headers={"kid": "key-1"})
    return body, {"authorization": f"Bearer {token}"}


CREDENTIALS = "client-1:hunter2-of-plaid"


def _plaid(url: str, content: bytes | None = None) -> bytes:
    """Answers whoever has credentials, each with a key of its own, as another environment would."""
    assert url == "https://production.plaid.com/webhook_verification_key/get"
    asked = json.loads(content or b"")
    key = p256(["client-1", "client-2"].index(asked["client_id"]))
    return json.dumps(
        {"key": {**jwk_of(key, asked["key_id"]), "expired_at": None}, "request_id": "r"}
    ).encode()


PLAID = Plaid(fetch=_plaid)


def _by_plaid(sample: Sample, credentials: str, timestamp: int, id: str) -> Signed:
    body = b'{\n  "webhook_type": "ITEM"\n}'
    claims = {"iat": timestamp, "request_body_sha256": sha256(body).hexdigest()}
    key = p256(0 if credentials == CREDENTIALS else 1)
    return body, {"plaid-verification": jwt.encode(claims, key, "ES256", headers={"kid": "6c5516e1-92dc"})}


PAYPAL_CERTIFICATE = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594"
WEBHOOK = "1JE4291016473214C"


def _paypal(url: str, content: bytes | None = None) -> bytes:
    assert (url, content) == (PAYPAL_CERTIFICATE, None)
    return leaf("messageverificationcerts.sandbox.paypal.com", rsa_key(0), below()) + below().pem


PAYPAL = PayPal(roots=root().pem, fetch=_paypal)


def paypal_headers(content: str, msg_id: str, stamp: str) -> dict[str, str]:
    """The headers of PayPal with a signature of this content."""
    return {
        "paypal-transmission-id": msg_id,
        "paypal-transmission-time": stamp,
        "paypal-transmission-sig": b64encode(
            rsa_key(0).sign(content.encode(), PKCS1v15(), SHA256())
        ).decode(),
        "paypal-cert-url": PAYPAL_CERTIFICATE,
        "paypal-auth-algo": "SHA256withRSA",
    }


def _by_paypal(sample: Sample, webhook: str, timestamp: int, id: str) -> Signed:
    body = b'{"event_type": "PAYMENT.SALE.COMPLETED"}'
    stamp = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return body, paypal_headers(f"{id}|{stamp}|{webhook}|{crc32(body)}", id, stamp)


SAMPLES: list[Sample] = [
    _signed_by("discord", ed25519_hex(0), ed25519_hex(1), '{"id": "{id}", "type": 2}'),
    _signed_by("sendgrid", der_of(p256(0)), der_of(p256(1)), '[{"event": "open"}]\r\n'),
    _signed_by("wise", pem_of(rsa_key(0)), pem_of(rsa_key(1)), '{"event_type": "transfers#state-change"}'),
    Sample(scheme=AMAZON, secret=TOPIC, other_secret=TOPIC + "-eu", sign=_by_amazon),
    Sample(
        scheme=GOOGLE,
        secret=ACCOUNT,
        other_secret="push@elsewhere.iam.gserviceaccount.com",
        sign=_by_google,
        url=ENDPOINT,
        method="POST",
    ),
    Sample(scheme=PLAID, secret=CREDENTIALS, other_secret="client-2:secret-2", sign=_by_plaid),
    Sample(scheme=PAYPAL, secret=WEBHOOK, other_secret="1JE4291016473214D", sign=_by_paypal),
]
