"""Emporix: a signature of the body or of its canonical JSON, and of nothing else."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.rows import rows
from tests.schemes.ways import WAYS, Verify, every_way
from webhook_verify import (
    Delivery,
    InvalidSecret,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    Verifier,
    WeakSecretWarning,
    schemes,
)
from webhook_verify.events.unknown import body_of
from webhook_verify.keys import HmacKey
from webhook_verify.schemes import Emporix

VECTORS = Path(__file__).parents[1] / "data" / "emporix-hmac-vectors.json"
NOW = 1_700_000_000
SECRET, OTHER = "the secret of the whole configuration", "the secret of one event"
HEADER = "emporix-event-signature"
BODY = b'{ "b": 1.0, "a": [10.50, 12345678901234567890] }'
CANONICAL = b'{"a":[10.5,12345678901234567000],"b":1}'
LEXEMES = b'{"a":[10.50,12345678901234567890],"b":1}'
MODES = ["auto", "raw", "canonical"]


def mac(content: bytes, secret: str = SECRET) -> str:
    return b64encode(hmac.digest(secret.encode(), content, "sha256")).decode()


def verifier(mode: Any = "auto", secret: Any = SECRET) -> Verifier:
    return Verifier(secret, scheme=Emporix(mode), clock=lambda: NOW + 0.5)


@pytest.mark.parametrize("mode", ["auto", "canonical"])
@every_way
def test_the_vectors(mode: str, verify: Verify) -> None:
    for vector in json.loads(VECTORS.read_text("utf-8")):
        with pytest.warns(WeakSecretWarning):
            verifying = verifier(mode, vector["secret"])
        headers = {HEADER: vector["signature_base64"]}
        as_signed = verify(verifying, vector["canonical"].encode(), headers)
        assert as_signed.json() == json.loads(vector["canonical"])
        if vector["name"] == "dup":
            with pytest.raises(MalformedDelivery, match="duplicate key"):
                verify(verifying, vector["raw"].encode(), headers)
            continue
        delivery = verify(verifying, vector["raw"].encode(), headers)
        assert delivery.body == vector["raw"].encode()
        assert delivery.signed_body == vector["canonical"].encode()
        assert delivery.signed_content_digest == sha256(vector["canonical"].encode()).digest()


@rows(
    ("signed", "accepting"),
    [(BODY, {"auto", "raw"}), (CANONICAL, {"auto", "canonical"}), (LEXEMES, {"auto", "canonical"})],
    ids=["the body's bytes", "its canonical form", "its numbers as written"],
)
@rows("mode", MODES)
@every_way
def test_each_mode_takes_its_forms_alone(
    signed: bytes, accepting: set[str], mode: str, verify: Verify
) -> None:
    headers = {HEADER: mac(signed)}
    if mode not in accepting:
        with pytest.raises(SignatureMismatch):
            verify(verifier(mode), BODY, headers)
        return

    delivery = verify(verifier(mode), BODY, headers)

    assert (delivery.body, delivery.signed_body) == (BODY, signed)
    assert delivery.json() == json.loads(signed), (
        "handlers see what was signed: digits beyond it may be forged"
    )


@every_way
def test_what_is_not_signed_is_said(verify: Verify) -> None:
    headers = {HEADER: mac(BODY), "emporix-event-publish-time": "1999-01-01T00:00:00Z", "x-id": "msg_1"}

    delivery = verify(verifier(), BODY, headers)

    assert (delivery.id, delivery.id_is_signed) == ("", False)
    assert delivery.timestamp == datetime.fromtimestamp(NOW, UTC), "when it was verified"
    assert not delivery.timestamp_is_signed
    assert (delivery.scheme, delivery.secret_label, delivery.event_type) == ("emporix", "secret-1", None)
    assert "signature" not in repr(delivery)


def test_the_time_of_a_queued_delivery_is_that_of_its_receipt() -> None:
    for when, shown in ((1.5, 1), (-5, 0), (2.0**61, 253_402_300_799)):
        delivery = verifier().verify_at(BODY, {HEADER: mac(BODY)}, received_at=when)
        assert delivery.timestamp.timestamp() == shown


@pytest.mark.parametrize("name", [HEADER, HEADER.title(), HEADER.upper()])
def test_headers_in_any_form(name: str) -> None:
    value = mac(CANONICAL)
    environ = {"HTTP_" + name.upper().replace("-", "_"): value}
    for headers in ({name: value}, [(name.encode(), value.encode())], environ, {name: [value]}):
        assert verifier().verify(BODY, headers).signed_content_digest == sha256(CANONICAL).digest()


GENUINE = mac(BODY)

BAD_HEADERS: list[tuple[str, Any, Reason]] = [
    ("none", {}, Reason.MISSING_HEADER),
    ("a blank one", {HEADER: " "}, Reason.MISSING_HEADER),
    ("of another name", {"webhook-signature": GENUINE}, Reason.MISSING_HEADER),
    ("two that differ", [(HEADER, GENUINE), (HEADER, mac(b""))], Reason.DUPLICATE_HEADER),
    ("no text", {HEADER: 5}, Reason.UNREADABLE_HEADER),
    ("no headers at all", 5, Reason.UNREADABLE_HEADER),
    ("cut", {HEADER: GENUINE[:-1]}, Reason.SIGNATURE_MISMATCH),
    ("empty but for the padding", {HEADER: "="}, Reason.SIGNATURE_MISMATCH),
    ("with a version", {HEADER: f"v1,{GENUINE}"}, Reason.SIGNATURE_MISMATCH),
    ("in hex", {HEADER: b64decode(GENUINE).hex()}, Reason.SIGNATURE_MISMATCH),
    ("in lower case", {HEADER: GENUINE.lower()}, Reason.SIGNATURE_MISMATCH),
    ("URL-safe base64", {HEADER: GENUINE[:-2] + "-="}, Reason.SIGNATURE_MISMATCH),
    ("not ASCII", {HEADER: "é" * 44}, Reason.SIGNATURE_MISMATCH),
    ("twice in one", {HEADER: f"{GENUINE}, {GENUINE}"}, Reason.SIGNATURE_MISMATCH),
    ("of another body", {HEADER: mac(b"{}")}, Reason.SIGNATURE_MISMATCH),
    ("by another secret", {HEADER: mac(BODY, OTHER)}, Reason.SIGNATURE_MISMATCH),
    ("of another spelling of the same octets", {}, Reason.SIGNATURE_MISMATCH),
]

# The last character before the padding holds two bits that mean nothing.
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
BAD_HEADERS[-1][1][HEADER] = GENUINE[:42] + _ALPHABET[_ALPHABET.index(GENUINE[42]) ^ 1] + "="


@rows(("name", "headers", "reason"), BAD_HEADERS, ids=[name for name, _, _ in BAD_HEADERS])
@rows("mode", MODES)
@every_way
def test_a_signature_is_the_one_or_none(
    name: str, headers: Any, reason: Reason, mode: str, verify: Verify
) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        verify(verifier(mode), BODY, headers)

    assert caught.value.reason is reason
    assert caught.value.message_id is None
    assert caught.value.__context__ is None


def test_what_cannot_be_a_signature_is_refused_before_the_body_is_read() -> None:
    for headers in ({}, {HEADER: GENUINE[:-1]}):
        with pytest.raises(RejectedDelivery):
            verifier().begin(headers)


@pytest.mark.parametrize("pieces", [[BODY], [BODY[:5], BODY[5:]]], ids=len)
def test_a_body_in_pieces_has_its_limit_and_is_finished_once(pieces: list[bytes]) -> None:
    fits = verifier().begin({HEADER: GENUINE}, max_body_bytes=len(BODY))
    for piece in pieces:
        fits.update(piece)
    assert fits.finish().body == BODY
    for call in (fits.finish, lambda: fits.update(b"")):
        with pytest.raises(ValueError, match="is already finished"):
            call()

    tight = verifier().begin({HEADER: GENUINE}, max_body_bytes=len(BODY) - 1)
    with pytest.raises(MalformedDelivery) as caught:
        tight.finish(BODY)
    assert (caught.value.reason, caught.value.scheme) == (Reason.BODY_TOO_LARGE, "emporix")


def test_typed_events_are_read_from_what_was_signed() -> None:
    forged_digits = BODY.replace(b"67890]", b"67891]")

    delivery = verifier().verify(forged_digits, {HEADER: mac(CANONICAL)})

    assert delivery.body == forged_digits
    assert body_of(delivery) == CANONICAL


@rows("body", [b"", b"{", b'{"a":1,"a":2}', b"[1e400]", b"\xff", b"[" * 500 + b"]" * 500])
@every_way
def test_a_body_that_is_not_strict_json_is_refused_unless_its_bytes_alone_count(
    body: bytes, verify: Verify
) -> None:
    headers = {HEADER: mac(body)}
    for mode in ("auto", "canonical"):
        with pytest.raises(MalformedDelivery) as caught:
            verify(verifier(mode), body, headers)
        assert caught.value.reason is Reason.UNREADABLE_BODY
        assert (caught.value.status_hint, caught.value.scheme) == (400, "emporix")
        assert caught.value.__context__ is None

    assert verify(verifier("raw"), body, headers).body == body


texts = st.text(max_size=50) | st.sampled_from(["", " ", GENUINE, mac(CANONICAL), "\ud800", "=" * 44])

any_headers = st.one_of(
    st.dictionaries(
        st.sampled_from([HEADER, HEADER.title(), "x"]), texts | st.none() | st.binary() | st.integers()
    ),
    st.lists(st.tuples(st.sampled_from([HEADER, HEADER.encode()]), texts | st.binary()), max_size=3),
    texts,
    st.none(),
)

any_body = st.one_of(
    st.binary(max_size=80),
    st.sampled_from([BODY, CANONICAL, LEXEMES]),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ).map(lambda value: json.dumps(value).encode()),
)


@given(any_body, any_headers, st.sampled_from(MODES))
def test_law_1_total(body: bytes, headers: Any, mode: str) -> None:
    """A Delivery or a RejectedDelivery, the same in every way, and only for what was signed."""
    results: list[object] = []
    for verify in WAYS:
        try:
            results.append(verify(verifier(mode), body, headers))
        except RejectedDelivery as rejection:
            results.append((type(rejection), rejection.args, rejection.scheme))
    # Only begin() tells bad headers before it has a body to tell about: the reasons are the same.
    assert all(result == results[0] for result in results)
    if isinstance(results[0], Delivery):
        assert results[0].signed_body in (BODY, CANONICAL)
        assert results[0].signed_content_digest == sha256(results[0].signed_body).digest()


@given(any_body, st.sampled_from(MODES))
def test_what_is_signed_is_verified(body: bytes, mode: Any) -> None:
    signer = Signer(SECRET, scheme=Emporix(mode))
    if mode != "raw" and not is_strict_json(body):
        with pytest.raises(ValueError, match="cannot sign this body"):
            signer.sign(body)
        return

    headers = signer.sign(body)

    assert set(headers) == {HEADER}
    assert verifier(mode).verify(body, headers).body == body


def is_strict_json(body: bytes) -> bool:
    try:
        verifier("canonical").verify(body, {HEADER: GENUINE})
    except RejectedDelivery as rejection:
        return rejection.reason is not Reason.UNREADABLE_BODY
    return True


# --- secrets ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("signed_with", "key"), [(SECRET, "root"), (OTHER, "event")])
@every_way
def test_several_secrets(signed_with: str, key: str, verify: Verify) -> None:
    secrets = [Secret(SECRET, label="root"), Secret(OTHER, label="event")]

    assert verify(verifier(secret=secrets), BODY, {HEADER: mac(CANONICAL, signed_with)}).secret_label == key


def test_a_secret_outside_its_window_is_not_used() -> None:
    gone = Secret(SECRET, expires_at=datetime.fromtimestamp(NOW, UTC))

    with pytest.raises(SignatureMismatch) as caught:
        verifier(secret=gone).verify(BODY, {HEADER: GENUINE})
    assert caught.value.reason is Reason.NO_SECRET


def test_a_signer_has_room_for_one_signature_that_of_the_newest_secret() -> None:
    old = Secret(SECRET, expires_at=datetime.fromtimestamp(NOW + 60, UTC))
    signer = Signer([old, OTHER], scheme="emporix", clock=lambda: NOW)

    assert signer.sign(BODY) == {HEADER: mac(CANONICAL, OTHER)}


@pytest.mark.parametrize("secret", ["x", "password123", "zwölf Bytes", b"\x00\x01"])
def test_a_short_secret_warns_and_works(secret: Any) -> None:
    with pytest.warns(WeakSecretWarning, match="can be guessed"):
        weak = verifier(secret=secret)
    key = secret if isinstance(secret, bytes) else secret.encode()
    signature = b64encode(hmac.digest(key, BODY, "sha256")).decode()

    assert weak.verify(BODY, {HEADER: signature}).body == BODY


def test_a_secret_is_its_text_and_is_not_decoded() -> None:
    for secret in ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "k" * 300):
        assert verifier(secret=secret).verify(BODY, {HEADER: mac(BODY, secret)}).body == BODY


NO_SECRETS: list[Any] = [
    "",
    " \n",
    b"",
    b" ",
    [],
    "\0" * 32,
    b"\0" * 32,
    "whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0=",
]

NO_SECRETS += ["-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", [SECRET, ""]]


@pytest.mark.parametrize("secret", NO_SECRETS, ids=range(len(NO_SECRETS)))
@pytest.mark.parametrize("maker", [Verifier, Signer])
def test_what_is_no_secret_is_refused(secret: Any, maker: Callable[..., object]) -> None:
    with pytest.raises(InvalidSecret) as caught:
        maker(secret, scheme="emporix")
    assert "MCow" not in str(caught.value)


# --- the scheme -------------------------------------------------------------------------------------


def test_it_is_found_by_name_and_has_modes() -> None:
    assert "emporix" in schemes.names()
    found = schemes.get("emporix")
    assert isinstance(found, Emporix)
    assert (found.mode, repr(found)) == ("auto", "<scheme emporix>")
    for wrong in ("", "AUTO", None):
        with pytest.raises(ValueError, match="mode must be one of auto, raw, canonical"):
            Emporix(wrong)  # type: ignore[arg-type]


def test_every_form_and_every_secret_is_tried_whichever_matches(monkeypatch: pytest.MonkeyPatch) -> None:
    """How long it takes is no oracle."""
    tried: list[bytes] = []
    real = HmacKey.verify

    def counting(self: HmacKey, signatures: Any, before: bytes, body: bytes, after: bytes) -> bool:
        tried.append(body)
        return real(self, signatures, before, body, after)

    monkeypatch.setattr(HmacKey, "verify", counting)
    verifying = verifier(secret=[SECRET, OTHER])
    for content in (BODY, CANONICAL, LEXEMES, b"none of these"):
        tried.clear()
        with suppress(SignatureMismatch):
            verifying.verify(BODY, {HEADER: mac(content)})
        assert len(tried) == 2 * 3


# --- the library of its documentation ---------------------------------------------------------------


# As Emporix's documentation has a receiver do it.
EMPORIX = """
const { createHmac } = require('crypto');
const stringify = require('json-stable-stringify');
return createHmac('sha256', given.secret).update(stringify(JSON.parse(given.body))).digest('base64');
"""


@pytest.mark.network
@interop("emporix", by="json-stable-stringify (npm)")
def test_emporix_signs_the_canonical_form() -> None:
    secret, body = "the secret of the whole configuration", '{ "b": [1.0, "ä"], "a": {"d": null, "c": 1e2} }'
    signature = node(EMPORIX, {"secret": secret, "body": body})
    verifier = Verifier(secret, scheme="emporix")

    delivery = verifier.verify(body.encode(), {"emporix-event-signature": signature})

    assert delivery.signed_body.decode() == '{"a":{"c":100,"d":null},"b":[1,"ä"]}'
    with pytest.raises(SignatureMismatch):
        verifier.verify(body.replace("null", "true").encode(), {"emporix-event-signature": signature})
