"""Cloudinary against its library for Python, with both hashes."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW, TEXT_SECRET
from tests.rows import rows
from webhook_verify import Delivery, Reason, RejectedDelivery, Verifier

BODY = '{"notification_type": "upload", "original_filename": "Grüße 日本 🙂"}'


def _headers(digest: str = "sha1", secret: str = TEXT_SECRET, body: str = BODY) -> dict[str, str]:
    signature = hashlib.new(digest, f"{body}{NOW}{secret}".encode()).hexdigest()
    return {"X-Cld-Timestamp": str(NOW), "X-Cld-Signature": signature}


def _verify(
    headers: dict[str, str], *, body: str = BODY, now: int = NOW, secret: Any = TEXT_SECRET
) -> Delivery:
    return Verifier(secret, scheme="cloudinary", clock=lambda: now).verify(body.encode(), headers)


@interop("cloudinary", by="cloudinary (PyPI)")
@rows("digest", ["sha1", "sha256"])
def test_its_library_accepts_the_same_signatures(digest: str) -> None:
    library = pytest.importorskip("cloudinary")
    library.config(api_secret=TEXT_SECRET)
    verify = library.utils.verify_notification_signature
    signature = _headers(digest)["X-Cld-Signature"]
    years = 10**9  # in seconds; the library reads the clock of the system

    assert verify(BODY, str(NOW), signature, valid_for=years, algorithm=digest)
    assert not verify(BODY + " ", str(NOW), signature, valid_for=years, algorithm=digest)
    assert _verify(_headers(digest)).body_is_signed


REJECTED: dict[str, tuple[dict[str, Any], Reason]] = {
    "another hash": ({"headers": _headers("sha512")}, Reason.SIGNATURE_MISMATCH),
    "MD5": ({"headers": _headers("md5")}, Reason.SIGNATURE_MISMATCH),
    "another secret": ({"headers": _headers(secret="x" * 32)}, Reason.SIGNATURE_MISMATCH),
    "no secret": ({"headers": _headers(secret="")}, Reason.SIGNATURE_MISMATCH),
    "another body": ({"headers": _headers(), "body": BODY + " "}, Reason.SIGNATURE_MISMATCH),
    "a digit moved into the body": (
        {"headers": {**_headers(), "X-Cld-Timestamp": str(NOW)[1:]}, "body": BODY + str(NOW)[0]},
        Reason.TOO_OLD,
    ),
    "too old": ({"headers": _headers(), "now": NOW + 7_201}, Reason.TOO_OLD),
    "in the future": ({"headers": _headers(), "now": NOW - 7_201}, Reason.TOO_NEW),
}


@rows(("changed", "reason"), REJECTED.values(), ids=REJECTED)
def test_a_changed_delivery_is_rejected(changed: dict[str, Any], reason: Reason) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        _verify(**changed)
    assert caught.value.reason is reason


@rows("digest", ["sha1", "sha256"])
def test_a_rotated_secret_and_two_hours_are_accepted(digest: str) -> None:
    assert (
        _verify(_headers(digest), secret=["x" * 32, TEXT_SECRET], now=NOW + 7_200).secret_label == "secret-2"
    )
