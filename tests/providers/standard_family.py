"""What the Standard Webhooks family signs, made by hand, and what each member takes for a secret."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.providers.sample import NOW
from tests.providers.samples import SAMPLES
from tests.providers.sdk_calls import in_python, sdk, they_take_what_we_sign, we_take_what_they_sign
from tests.signing import SECRET
from webhook_verify import InvalidSecret, SignatureMismatch, Signer, Verifier

__all__ = [
    "BASE64",
    "BODY",
    "NO_SECRETS",
    "OF_BARE",
    "OF_BASE64",
    "OF_WHOLE",
    "WHSEC",
    "assert_no_secret",
    "assert_official_library_takes",
    "assert_secret_means",
    "headers_with",
    "signature",
    "takes",
    "they_and_we_agree",
]

BASE64 = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
WHSEC = f"whsec_{BASE64}"
BODY = b'{"type": "order.paid"}'


def signature(key: bytes) -> str:
    """What the specification says, apart from all of our code."""
    signed_content = b"msg_1.%d.%b" % (NOW, BODY)
    return "v1," + b64encode(hmac.new(key, signed_content, hashlib.sha256).digest()).decode()


def headers_with(signatures: str) -> dict[str, str]:
    return {"webhook-id": "msg_1", "webhook-timestamp": str(NOW), "webhook-signature": signatures}


def takes(name: str, secret: str, signatures: str) -> bool:
    verifier = Verifier(secret, scheme=name, clock=lambda: NOW)
    try:
        return verifier.verify(BODY, headers_with(signatures)).id == "msg_1"
    except SignatureMismatch:
        return False


OF_BASE64, OF_BARE, OF_WHOLE = (
    signature(key) for key in (b64decode(BASE64), BASE64.encode(), WHSEC.encode())
)

NO_SECRETS: list[str | bytes] = [
    "",
    " ",
    "whsec_",
    "whpk_" + BASE64,
    "-----BEGIN PUBLIC KEY-----",
    b"",
    b"\0" * 32,
]


def assert_secret_means(name: str, secret: str, signatures: str, taken: bool) -> None:
    """Whether the signatures are taken, alone, behind a wrong one, and for a body in pieces."""
    assert takes(name, secret, signatures) is taken
    assert takes(name, secret, f"v1,{'A' * 43}= {signatures}") is taken
    pieces = Verifier(secret, scheme=name, clock=lambda: NOW).begin(headers_with(signatures))
    pieces.update(BODY[:5])
    pieces.update(BODY[5:])
    if taken:
        assert pieces.finish().body == BODY
    else:
        with pytest.raises(SignatureMismatch):
            pieces.finish()


def assert_no_secret(name: str, secret: str | bytes) -> None:
    for make in (Verifier, Signer):
        with pytest.raises(InvalidSecret):
            make(secret, scheme=name)


def assert_official_library_takes(name: str, webhook: Any) -> None:
    """The library of the standard takes what we sign with its own secret, and no other body."""
    official = webhook(SECRET)
    headers = Signer(SECRET, scheme=name).sign(BODY)

    official.verify(BODY, headers)  # raises for what it does not take
    with pytest.raises(Exception, match="No matching signature found"):
        official.verify(BODY + b" ", headers)


def they_and_we_agree(name: str, module: str) -> None:
    """Both directions, with the ``Webhook`` of a library. It knows the secret without Supabase's ``v1,``."""
    library = sdk(module)

    def judge(secret: str, body: str, headers: Mapping[str, str]) -> object:
        return library.Webhook(secret.removeprefix("v1,whsec_")).verify(body, headers)

    they_take_what_we_sign(name, in_python(judge))

    theirs = library.Webhook(SAMPLES[name].secret.removeprefix("v1,whsec_"))
    when = datetime.fromtimestamp(int(time.time()), UTC)
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(when.timestamp())),
        "webhook-signature": theirs.sign("msg_1", when, BODY.decode()),
    }
    assert we_take_what_they_sign(name, BODY, headers).id == "msg_1"
