"""Interoperability with the official packages ``svix`` and ``standardwebhooks``, in both directions.

Their signatures are verified here, and ours by them, with both header prefixes. They only support ``v1``, so
the counterpart for ``v1a`` is ``cryptography``. The last part contains inputs for which the official
libraries raise an undocumented exception. In a receiver that only catches the documented one, an attacker can
cause a server error.
"""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import partial
from typing import Any

import pytest
import standardwebhooks
import standardwebhooks.exceptions
import standardwebhooks.webhooks
import svix.webhooks
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from tests.conformance.spec_delivery import (
    BODY,
    KEY,
    PADDED,
    PRIVATE,
    PUBLIC,
    PUBLIC_BYTES,
    SEED,
    TIMESTAMP,
    content,
    trio,
)
from tests.effort import examples
from tests.signing import SECRET
from webhook_verify import Delivery, RejectedDelivery, Signer, Verifier

NOW = TIMESTAMP
THEN = datetime.fromtimestamp(NOW, UTC)


class Then(datetime):
    """The clock of the official verifiers, which accept no other: it stands still."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Then:
        return cls.fromtimestamp(NOW, tz)


@pytest.fixture(scope="module", autouse=True)
def _their_clock() -> Generator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standardwebhooks.webhooks, "datetime", Then)
        yield


class StandardWebhooksSide:
    """The package ``standardwebhooks``, which reads webhook- headers only."""

    def __init__(self, secret: str | bytes) -> None:
        theirs = standardwebhooks.Webhook(secret)
        self.sign = theirs.sign
        self.verify: Callable[[bytes, dict[str, str]], Any] = partial(theirs.verify, json_parse=False)


class SvixSide:
    """The package ``svix``, which reads both brands."""

    def __init__(self, secret: str | bytes) -> None:
        theirs = svix.webhooks.Webhook(secret)
        self.sign = theirs.sign
        self.verify: Callable[[bytes, dict[str, str]], Any] = theirs.verify


Side = type[StandardWebhooksSide] | type[SvixSide]
SIDES = [
    pytest.param(StandardWebhooksSide, "webhook", id="standardwebhooks"),
    pytest.param(SvixSide, "webhook", id="svix, webhook headers"),
    pytest.param(SvixSide, "svix", id="svix, svix headers"),
]
SCHEMES = {"webhook": "standard-webhooks", "svix": "svix"}
SECRETS = [
    SECRET,
    SECRET.removeprefix("whsec_"),
    KEY,
    f"whsec_{PADDED}",
    PADDED.rstrip("="),
    bytes(range(100)),
]

IDS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="."), min_size=1)
BODIES = st.text()  # they sign text, and verify only what is UTF-8


def ours(secret: str | bytes = SECRET) -> Verifier:
    """Return our verifier, by the same clock."""
    return Verifier(secret, clock=lambda: NOW)


# --- HMAC, both ways ----------------------------------------------------------------------------


@pytest.mark.parametrize("secret", SECRETS, ids=["whsec", "bare", "raw", "padded", "unpadded", "100 bytes"])
@pytest.mark.parametrize(("side", "brand"), SIDES)
@examples(40)
@given(msg_id=IDS, body=BODIES)
def test_theirs_signs_and_ours_verifies(
    side: Side, brand: str, secret: str | bytes, msg_id: str, body: str
) -> None:
    signature = side(secret).sign(msg_id, THEN, body)
    delivery = ours(secret).verify(body.encode(), trio(msg_id, str(NOW), signature, brand))
    assert (delivery.id, delivery.timestamp, delivery.body) == (msg_id, THEN, body.encode())


@pytest.mark.parametrize("secret", SECRETS, ids=["whsec", "bare", "raw", "padded", "unpadded", "100 bytes"])
@pytest.mark.parametrize(("side", "brand"), SIDES)
@examples(40)
@given(msg_id=IDS, body=BODIES)
def test_ours_signs_and_theirs_verifies(
    side: Side, brand: str, secret: str | bytes, msg_id: str, body: str
) -> None:
    headers = Signer(secret, scheme=SCHEMES[brand]).sign(body.encode(), id=msg_id, timestamp=NOW)
    assert list(headers) == list(trio(brand=brand))
    side(secret).verify(body.encode(), headers)  # raises if it does not verify
    with pytest.raises(standardwebhooks.exceptions.WebhookVerificationError):
        side(secret).verify(body.encode() + b" ", headers)


@pytest.mark.parametrize(("side", "brand"), SIDES)
def test_both_sides_make_the_same_signature(side: Side, brand: str) -> None:
    headers = Signer(SECRET, scheme=SCHEMES[brand]).sign(BODY, id="msg_1", timestamp=THEN)
    assert headers == trio("msg_1", str(NOW), side(SECRET).sign("msg_1", THEN, BODY.decode()), brand)


@pytest.mark.parametrize(("side", "brand"), SIDES)
def test_theirs_finds_its_signature_in_the_list_that_ours_sends_during_a_rotation(
    side: Side, brand: str
) -> None:
    headers = Signer([PADDED, PRIVATE, SECRET], scheme=SCHEMES[brand]).sign(BODY, timestamp=NOW)
    assert [entry.partition(",")[0] for entry in headers[f"{brand}-signature"].split()] == ["v1", "v1a", "v1"]
    side(SECRET).verify(BODY, headers)
    side(PADDED).verify(BODY, headers)


@pytest.mark.parametrize(("side", "brand"), SIDES)
def test_ours_refuses_what_theirs_signed_with_another_secret(side: Side, brand: str) -> None:
    signature = side(PADDED).sign("msg_1", THEN, BODY.decode())
    with pytest.raises(RejectedDelivery):
        ours().verify(BODY, trio("msg_1", str(NOW), signature, brand))


# --- Ed25519, both ways -------------------------------------------------------------------------


@examples(40)
@given(msg_id=IDS, body=st.binary())
def test_cryptography_signs_and_ours_verifies(msg_id: str, body: bytes) -> None:
    signature = Ed25519PrivateKey.from_private_bytes(SEED).sign(content(msg_id, NOW, body))
    headers = trio(msg_id, str(NOW), "v1a," + b64encode(signature).decode())
    assert ours(PUBLIC).verify(body, headers).body == body


@examples(40)
@given(msg_id=IDS, body=st.binary())
def test_ours_signs_and_cryptography_verifies(msg_id: str, body: bytes) -> None:
    headers = Signer(PRIVATE).sign(body, id=msg_id, timestamp=NOW)
    version, _, signature = headers["webhook-signature"].partition(",")
    assert version == "v1a"
    public = Ed25519PublicKey.from_public_bytes(PUBLIC_BYTES)
    public.verify(b64decode(signature, validate=True), content(msg_id, NOW, body))  # raises if it is wrong


# --- Where the official libraries leak an exception that they do not declare --------------------

GOOD = Signer(SECRET).sign(BODY, id="msg_1", timestamp=NOW)
SIGNATURE = GOOD["webhook-signature"]

# name -> (what they raise, the list of signatures, the body); none of it holds a good signature
LEAKS: dict[str, tuple[type[Exception], str, bytes]] = {
    "entry without a comma": (ValueError, "garbage", BODY),
    "entry with two commas": (ValueError, "v1,a,b", BODY),
    "double blank": (ValueError, "v2,a  v2,b", BODY),
    "blank in front": (ValueError, " v2,a", BODY),
    "blank behind": (ValueError, "v2,a ", BODY),
    "bad base64": (binascii.Error, "v1,abcde", BODY),
    "non-ASCII signature": (ValueError, "v1,\xe9\xe9\xe9\xe9", BODY),
    "non-UTF-8 body": (UnicodeDecodeError, "v1,AAAA", b"\xff\xfe"),
}


@pytest.mark.parametrize("side", [StandardWebhooksSide, SvixSide])
@pytest.mark.parametrize(("leaked", "signature", "body"), LEAKS.values(), ids=LEAKS)
def test_theirs_leaks_where_ours_rejects(
    side: Side, leaked: type[Exception], signature: str, body: bytes
) -> None:
    headers = {**GOOD, "webhook-signature": signature}
    with pytest.raises(leaked) as caught:
        side(SECRET).verify(body, headers)
    assert type(caught.value) is leaked
    assert not isinstance(caught.value, standardwebhooks.exceptions.WebhookVerificationError)
    with pytest.raises(RejectedDelivery):
        ours().verify(body, headers)


# name -> (what they raise, a list that holds the good signature)
LOST: dict[str, tuple[type[Exception], str]] = {
    "entry without a comma": (ValueError, f"garbage {SIGNATURE}"),
    "entry with two commas": (ValueError, f"v1,a,b {SIGNATURE}"),
    "double blank": (ValueError, f"v2,a  {SIGNATURE}"),
    "blank in front": (ValueError, f" {SIGNATURE}"),
    "bad base64": (binascii.Error, f"v1,abcde {SIGNATURE}"),
    "non-ASCII signature": (ValueError, f"v1,\xe9\xe9\xe9\xe9 {SIGNATURE}"),
}


@pytest.mark.parametrize("side", [StandardWebhooksSide, SvixSide])
@pytest.mark.parametrize(("leaked", "signature"), LOST.values(), ids=LOST)
def test_theirs_loses_a_genuine_delivery_that_ours_accepts(
    side: Side, leaked: type[Exception], signature: str
) -> None:
    headers = {**GOOD, "webhook-signature": signature}
    with pytest.raises(leaked) as caught:
        side(SECRET).verify(BODY, headers)
    assert type(caught.value) is leaked
    assert isinstance(ours().verify(BODY, headers), Delivery)


@pytest.mark.parametrize("side", [StandardWebhooksSide, SvixSide])
def test_a_genuine_body_that_is_not_utf_8_is_lost_by_theirs_and_accepted_by_ours(side: Side) -> None:
    headers = Signer(SECRET).sign(b"\xff\xfe", id="msg_1", timestamp=NOW)
    with pytest.raises(UnicodeDecodeError):
        side(SECRET).verify(b"\xff\xfe", headers)
    assert ours().verify(b"\xff\xfe", headers).body == b"\xff\xfe"


@pytest.mark.parametrize("side", [StandardWebhooksSide, SvixSide])
def test_theirs_signs_the_wrong_second_for_a_time_that_is_not_utc(side: Side) -> None:
    elsewhere = THEN.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert elsewhere == THEN
    assert side(SECRET).sign("msg_1", elsewhere, BODY.decode()) != SIGNATURE
    assert Signer(SECRET).sign(BODY, id="msg_1", timestamp=elsewhere) == GOOD
