"""The Signer: its signatures are verified, and invalid arguments are rejected."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.signing import NOW, SECRET
from webhook_verify import InvalidSecret, Secret, Signer, Verifier

BODY = b'{"type": "invoice.paid"}'
NEW, OLD, OLDEST = (bytes([number]) * 32 for number in range(1, 4))
PRIVATE = "whsk_QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8="
PUBLIC = "whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0="

SIGNER = Signer(SECRET, clock=lambda: NOW)


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(NOW + seconds, UTC)


def sign(secret: Any, timestamp: int = NOW) -> str:
    """The signature header alone."""
    return Signer(secret).sign(BODY, id="msg_1", timestamp=timestamp)["webhook-signature"]


# --- what is written --------------------------------------------------------------------------------

ids = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="."), min_size=1, max_size=60
)


@given(st.binary(max_size=300), ids, st.integers(1, 253_402_300_799), st.sampled_from([SECRET, PRIVATE]))
def test_what_is_signed_is_verified(body: bytes, id: str, timestamp: int, secret: str) -> None:
    headers = Signer(secret).sign(body, id=id, timestamp=timestamp)

    delivery = Verifier(SECRET if secret == SECRET else PUBLIC, clock=lambda: timestamp).verify(body, headers)

    assert (delivery.id, delivery.body, delivery.timestamp.timestamp()) == (id, body, timestamp)


def test_the_specifications_own_vector() -> None:
    """Standard Webhooks 1.0.0."""
    headers = SIGNER.sign(b'{"test": 2432232314}', id="msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp=1_614_265_330)

    assert headers == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_svix_has_its_own_names_and_the_same_signature() -> None:
    standard = SIGNER.sign(BODY, id="msg_1")
    svix = Signer(SECRET, scheme="svix", clock=lambda: NOW).sign(BODY, id="msg_1")

    assert list(svix) == ["svix-id", "svix-timestamp", "svix-signature"]
    assert list(svix.values()) == list(standard.values())


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview], ids=lambda kind: kind.__name__)
def test_a_body_is_bytes_like(kind: Any) -> None:
    assert SIGNER.sign(kind(BODY), id="msg_1") == SIGNER.sign(BODY, id="msg_1")


@pytest.mark.parametrize("body", ['{"type": "a"}', {"type": "a"}, None, 5, [1, 2]], ids=repr)
def test_a_decoded_body_is_refused(body: Any) -> None:
    with pytest.raises(TypeError, match="pass the raw request body"):
        SIGNER.sign(body, id="msg_1")


# --- the id -----------------------------------------------------------------------------------------


def test_an_id_is_made_fresh_each_time() -> None:
    made = {SIGNER.sign(BODY)["webhook-id"] for _ in range(1_000)}

    assert len(made) == 1_000
    assert all(each.startswith("msg_") and len(each) == 36 and each[4:].isalnum() for each in made)


@pytest.mark.parametrize(
    ("id", "why"),
    [
        ("", "not empty"),
        (" ", "without spaces"),
        ("msg 1", "without spaces"),
        ("msg_1 ", "without spaces"),
        ("msg.1", "must not contain a dot"),
        (".", "must not contain a dot"),
        ("msg_1\n", "printable ASCII"),
        ("msg_1\r\nx-injected: 1", "printable ASCII"),
        ("msg_\0", "printable ASCII"),
        ("msg_é", "printable ASCII"),
        ("msg_\ud800", "printable ASCII"),
        ("\x7f", "printable ASCII"),
    ],
    ids=lambda value: ascii(value),
)
def test_an_id_that_could_be_misread_is_refused(id: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        SIGNER.sign(BODY, id=id)


@pytest.mark.parametrize("id", [5, b"msg_1", True, ["msg_1"]], ids=repr)
def test_an_id_is_text(id: Any) -> None:
    with pytest.raises(TypeError, match="id must be a str"):
        SIGNER.sign(BODY, id=id)


# --- the timestamp ----------------------------------------------------------------------------------


@pytest.mark.parametrize("clock", [NOW, NOW + 0.999])
def test_the_timestamp_is_now_in_whole_seconds(clock: float) -> None:
    assert Signer(SECRET, clock=lambda: clock).sign(BODY)["webhook-timestamp"] == str(NOW)


@pytest.mark.parametrize(
    "when",
    [
        pytest.param(NOW, id="Unix seconds"),
        pytest.param(at(0), id="UTC"),
        pytest.param(at(0.999), id="with a fraction"),
        pytest.param(at(0).astimezone(timezone(timedelta(hours=5, minutes=45))), id="Kathmandu's offset"),
        pytest.param(at(0).astimezone(timezone(-timedelta(hours=8))), id="a negative offset"),
    ],
)
def test_an_aware_datetime_signs_the_right_second(when: int | datetime) -> None:
    """The official libraries drop the zone, and sign another second."""
    assert SIGNER.sign(BODY, timestamp=when)["webhook-timestamp"] == str(NOW)


@pytest.mark.parametrize(
    ("timestamp", "error"),
    [
        pytest.param(datetime(2026, 1, 1), ValueError, id="a naive datetime"),
        pytest.param(0, ValueError, id="0"),
        pytest.param(-1, ValueError, id="negative"),
        pytest.param(10**12, ValueError, id="13 digits"),
        pytest.param(datetime(1969, 12, 31, tzinfo=UTC), ValueError, id="before 1970"),
        pytest.param(NOW + 0.5, TypeError, id="float"),
        pytest.param(float(NOW), TypeError, id="a whole float"),
        pytest.param(float("nan"), TypeError, id="NaN"),
        pytest.param(True, TypeError, id="bool"),
        pytest.param(str(NOW), TypeError, id="str"),
        pytest.param(at(0).date(), TypeError, id="a date"),
    ],
)
def test_a_timestamp_that_no_verifier_reads_is_refused(timestamp: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"timestamp"):
        SIGNER.sign(BODY, id="msg_1", timestamp=timestamp)


@pytest.mark.parametrize("clock", [0, 0.5, -1, 10**12])
def test_nor_is_it_signed_when_the_clock_says_so(clock: float) -> None:
    """A machine that lost its clock starts in 1970."""
    with pytest.raises(ValueError, match="timestamp"):
        Signer(SECRET, clock=lambda: clock).sign(BODY)


# --- rotation ---------------------------------------------------------------------------------------


def one_of(*keys: bytes) -> list[str]:
    return [sign(key) for key in keys]


@pytest.mark.parametrize(
    ("secrets", "expected"),
    [
        pytest.param([NEW, OLD], [NEW, OLD], id="in the order given"),
        pytest.param([OLD, NEW], [OLD, NEW], id="in the order given, the other way round"),
        pytest.param([Secret(OLD, expires_at=at(60)), NEW], [NEW, OLD], id="what expires is older"),
        pytest.param(
            [Secret(OLDEST, expires_at=at(60)), Secret(OLD, expires_at=at(120)), NEW],
            [NEW, OLD, OLDEST],
            id="what expires first is oldest",
        ),
        pytest.param([OLD, Secret(NEW, not_before=at(-60))], [NEW, OLD], id="what began later is newer"),
        pytest.param([Secret(OLD, expires_at=at(0)), NEW], [NEW], id="without the expired one"),
        pytest.param([OLD, Secret(NEW, not_before=at(1))], [OLD], id="without the one that is not valid yet"),
    ],
)
def test_one_signature_a_valid_secret_newest_first(
    secrets: list[bytes | Secret], expected: list[bytes]
) -> None:
    assert sign(secrets).split(" ") == one_of(*expected)


def test_both_kinds_of_keys_sign_together() -> None:
    entries = sign([SECRET, PRIVATE]).split(" ")

    assert [entry.partition(",")[0] for entry in entries] == ["v1", "v1a"]
    assert entries == [sign(SECRET), sign(PRIVATE)]


def test_validity_counts_at_the_timestamp_and_not_now() -> None:
    """A delivery that is signed for another second is signed with that second's secrets."""
    old = Secret(OLD, expires_at=at(-60))

    assert sign([old, NEW], timestamp=NOW - 61).split(" ") == [
        Signer(key).sign(BODY, id="msg_1", timestamp=NOW - 61)["webhook-signature"] for key in (NEW, OLD)
    ]


@pytest.mark.parametrize(
    "secrets",
    [
        pytest.param(Secret(OLD, expires_at=at(0)), id="expired"),
        pytest.param(Secret(NEW, not_before=at(1)), id="not valid yet"),
        pytest.param([Secret(OLD, expires_at=at(0)), Secret(NEW, not_before=at(1))], id="between the two"),
    ],
)
def test_without_a_valid_secret_nothing_is_signed(secrets: Any) -> None:
    """Never headers with an empty signature."""
    with pytest.raises(ValueError, match="no secret is valid at the timestamp"):
        sign(secrets)


# --- construction -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "secret", ["", " ", b"", [], "whsec_", "whsec_!!!!", "not base64!", PUBLIC, b"whsec_abc"], ids=repr
)
def test_what_is_no_signing_secret_is_refused_at_once(secret: Any) -> None:
    with pytest.raises(InvalidSecret):
        Signer(secret)


@pytest.mark.parametrize("clock", [None, NOW, "now"])
def test_a_clock_is_a_function(clock: Any) -> None:
    with pytest.raises(TypeError, match="clock must be a function"):
        Signer(SECRET, clock=clock)


def test_its_repr_shows_labels_only() -> None:
    signer = Signer([Secret(NEW, label="2026-11"), OLD])

    assert repr(signer) == "Signer(scheme='standard-webhooks', secrets=['2026-11', None])"


@pytest.mark.parametrize("carry", [pickle.dumps, copy.copy, copy.deepcopy])
def test_it_is_not_pickled(carry: Any) -> None:
    with pytest.raises(TypeError, match="a Signer cannot be pickled"):
        carry(SIGNER)
