"""Lark and Feishu: the documented hash, and what a hash that is not an HMAC would allow."""

from __future__ import annotations

import json
import struct
from hashlib import sha256
from typing import Any

import pytest

from tests.providers.sample import NOW, TEXT_SECRET
from tests.rows import rows
from webhook_verify import MalformedDelivery, RejectedDelivery, Secret, SignatureMismatch, Signer, Verifier
from webhook_verify.schemes.providers.lark import LarkKey

BODY = json.dumps({"encrypt": "bm90IHJlYWxseSBlbmNyeXB0ZWQ="}).encode()
VERIFIER = Verifier(TEXT_SECRET, scheme="lark", clock=lambda: NOW)


def headers(body: bytes = BODY, time: str = str(NOW), nonce: str = "n1", key: str = TEXT_SECRET) -> Any:
    return {
        "X-Lark-Request-Timestamp": time,
        "X-Lark-Request-Nonce": nonce,
        "X-Lark-Signature": sha256(f"{time}{nonce}{key}".encode() + body).hexdigest(),
    }


def test_the_documented_hash_is_taken() -> None:
    delivery = VERIFIER.verify(BODY, headers())
    assert (delivery.body_is_signed, delivery.timestamp_is_signed, delivery.id_is_signed) == (
        True,
        True,
        False,
    )
    assert Signer(TEXT_SECRET, scheme="lark").sign(BODY, id="n1", timestamp=NOW) == {
        name.lower(): value for name, value in headers().items()
    }


REFUSED: dict[str, dict[str, str]] = {
    "another key": headers(key="another"),
    "another body": headers(BODY + b" "),
    "another nonce": {**headers(), "X-Lark-Request-Nonce": "n2"},
    "a digit moved into the nonce": {
        **headers(),
        "X-Lark-Request-Timestamp": str(NOW)[:-1],
        "X-Lark-Request-Nonce": str(NOW)[-1] + "n1",
    },
    "a digit moved into the time": {
        **headers(nonce="1n"),
        "X-Lark-Request-Timestamp": f"{NOW}1",
        "X-Lark-Request-Nonce": "n",
    },
    "too old": headers(time=str(NOW - 301)),
    "from the future": headers(time=str(NOW + 301)),
    "milliseconds": headers(time=f"{NOW}000"),
    "a nonce that is not ASCII": headers(nonce="é"),
    "a hash in base64": {**headers(), "X-Lark-Signature": "A" * 44},
    "no signature": {**headers(), "X-Lark-Signature": ""},
    "no nonce": {**headers(), "X-Lark-Request-Nonce": ""},
    "nothing": {},
}


@rows("given", REFUSED.values(), ids=REFUSED)
def test_anything_else_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(RejectedDelivery):
        VERIFIER.verify(BODY, given)


@rows(
    "body", [b"", b"{}", b"[]", b'{"encrypt": 1}', b'{"encrypt": "a", "encrypt": "b"}', b'{"challenge": "a"}']
)
def test_a_body_that_is_not_encrypted_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery):
        VERIFIER.verify(body, headers(body))


def test_a_captured_body_cannot_be_continued() -> None:
    """The bytes of a length extension begin with the padding of SHA-256, which is not UTF-8."""
    size = len(f"{NOW}n1{TEXT_SECRET}".encode() + BODY)
    padding = b"\x80" + b"\0" * ((55 - size) % 64) + struct.pack(">Q", size * 8)
    extended = BODY + padding + b', "more": 1}'
    with pytest.raises(MalformedDelivery):
        VERIFIER.verify(extended, headers(extended))


def test_a_key_of_another_kind_cannot_sign() -> None:
    signer = Signer("9f86d081884c7d659a2feaa0c55ad015", scheme="github")
    with pytest.raises(TypeError, match="key must be a LarkKey"):
        VERIFIER.scheme.sign(
            BODY,
            [signer.scheme.signing_key(Secret(TEXT_SECRET))],
            id="n",
            timestamp=NOW,
            url=None,
            method=None,
        )
    assert TEXT_SECRET not in repr(LarkKey(TEXT_SECRET.encode()))
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(BODY, headers(key=""))
