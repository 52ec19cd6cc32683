"""The sample of PayPal."""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime
from zlib import crc32

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from tests.providers.fake_ca import below, leaf, root
from tests.providers.key_pairs import rsa_key
from tests.providers.sample import Sample, Signed
from webhook_verify.schemes.providers.paypal import PayPal

__all__ = ["PAYPAL", "PAYPAL_CERTIFICATE", "SAMPLE", "WEBHOOK", "paypal_headers"]

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


SAMPLE = Sample(scheme=PAYPAL, secret=WEBHOOK, other_secret="1JE4291016473214D", sign=_by_paypal)
