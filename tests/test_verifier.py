"""The verifier: its configuration, accepted times, and its representation."""

from __future__ import annotations

import math
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from webhook_verify import Reason, RejectedDelivery, Secret, Signer, TimestampOutsideTolerance, Verifier
from webhook_verify.keys import HmacKey
from webhook_verify.schemes.standard import STANDARD
from webhook_verify.verifier import DEFAULT_TOLERANCE

NOW = 1_700_000_000
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "b3RoZXIg" * 4
BODY = b'{"type": "invoice.paid"}'
VERIFIER = Verifier(SECRET, clock=lambda: NOW)


def signed(body: bytes = BODY, secret: Any = SECRET) -> dict[str, str]:
    return Signer(secret).sign(body, id="msg_1", timestamp=NOW)


# --- the scheme's defaults and the verifier's configuration ---------------------------------------


def test_a_scheme_reads_nothing_from_the_body_and_writes_nothing_into_it_by_default() -> None:
    assert STANDARD.timestamp_from_body(BODY) == 0
    assert STANDARD.message_id_from_body(BODY) == ""
    with pytest.raises(ValueError, match="sends the signature in headers"):
        Signer(SECRET).sign_body(BODY)
    assert Signer(SECRET).scheme is STANDARD


@pytest.mark.parametrize("clock", [NOW, None, "now"], ids=repr)
def test_a_clock_is_a_function(clock: Any) -> None:
    with pytest.raises(TypeError, match="clock"):
        Verifier(SECRET, clock=clock)


@pytest.mark.parametrize("tolerance", [True, "60", None, b"60"], ids=repr)
def test_a_tolerance_is_a_duration(tolerance: Any) -> None:
    with pytest.raises(TypeError, match="tolerance"):
        Verifier(SECRET, tolerance=tolerance)


@pytest.mark.parametrize("tolerance", [0, -1, math.nan, math.inf, -math.inf, 2.0**62, timedelta(0)], ids=repr)
def test_a_tolerance_is_finite_and_positive(tolerance: Any) -> None:
    with pytest.raises(ValueError, match="tolerance"):
        Verifier(SECRET, tolerance=tolerance)


@pytest.mark.parametrize(
    ("tolerance", "seconds"), [(60, 60), (timedelta(minutes=2), 120), (0.5, 0.5)], ids=repr
)
def test_a_tolerance_is_in_seconds(tolerance: Any, seconds: float) -> None:
    assert Verifier(SECRET, tolerance=tolerance).tolerance == seconds


def test_the_default_tolerance_is_five_minutes() -> None:
    assert Verifier(SECRET).tolerance == DEFAULT_TOLERANCE.total_seconds() == 300


@pytest.mark.parametrize("received_at", [True, "1700000000", None, b"1"], ids=repr)
def test_a_time_of_receipt_is_a_time(received_at: Any) -> None:
    with pytest.raises(TypeError, match="received_at"):
        VERIFIER.verify_at(BODY, signed(), received_at=received_at)


@pytest.mark.parametrize("received_at", [math.nan, math.inf, -math.inf, 2.0**62, -(2.0**62)], ids=repr)
def test_a_time_of_receipt_is_finite(received_at: float) -> None:
    with pytest.raises(ValueError, match="received_at"):
        VERIFIER.verify_at(BODY, signed(), received_at=received_at)


def test_a_time_of_receipt_is_aware() -> None:
    received = datetime.fromtimestamp(NOW, UTC)
    assert VERIFIER.verify_at(BODY, signed(), received_at=received).id == "msg_1"
    with pytest.raises(TimestampOutsideTolerance):
        VERIFIER.verify_at(BODY, signed(), received_at=received + timedelta(seconds=301))
    with pytest.raises(ValueError, match="time zone"):
        VERIFIER.verify_at(BODY, signed(), received_at=received.replace(tzinfo=None))


def test_a_time_of_receipt_changes_nothing_for_the_next_delivery() -> None:
    with pytest.raises(TimestampOutsideTolerance):
        VERIFIER.verify_at(BODY, signed(), received_at=NOW + 301)
    assert VERIFIER.verify(BODY, signed()).id == "msg_1"


@pytest.mark.parametrize("label", ["old", "new"])
def test_a_mac_is_that_of_the_labelled_secret(label: str) -> None:
    secrets = {"old": OTHER, "new": SECRET}
    verifier = Verifier([Secret(text, label=name) for name, text in secrets.items()])
    content = b"msg_1.%d.%b" % (NOW, BODY)
    version, _, mac = signed(secret=secrets[label])["webhook-signature"].partition(",")
    assert (version, verifier._sign_for_handshake(label, content)) == ("v1", mac.encode())


def test_a_mac_needs_an_hmac_secret_of_that_label() -> None:
    with pytest.raises(LookupError, match="'unknown'"):
        VERIFIER._sign_for_handshake("unknown", b"")
    public = Verifier("whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0=")
    with pytest.raises(TypeError, match="secret-1"):
        public._sign_for_handshake("secret-1", b"")


# --- what a verifier shows --------------------------------------------------------------------------


def test_a_verifier_shows_its_labels_and_no_secret() -> None:
    verifier = Verifier([Secret(OTHER, label="2026-11"), SECRET], scheme="svix", tolerance=60)
    assert repr(verifier) == "Verifier(scheme='svix', secrets=['2026-11', 'secret-2'], tolerance=60)"


def test_a_verifier_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(VERIFIER)


def test_a_verifier_gives_its_parts_to_the_diagnosis() -> None:
    verifier = Verifier([Secret(OTHER, label="2026-11"), SECRET], clock=lambda: NOW)
    assert verifier.now() == NOW
    assert [(label, secret.reveal()) for label, secret, _ in verifier._labelled_secrets] == [
        ("2026-11", OTHER),
        ("secret-2", SECRET),
    ]
    assert {type(key) for _, _, key in verifier._labelled_secrets} == {HmacKey}


EXPIRED = Secret(SECRET, expires_at=datetime.fromtimestamp(NOW, UTC))


@pytest.mark.parametrize(
    ("verifier", "reason"),
    [
        (Verifier(SECRET, clock=lambda: NOW + 301), Reason.TOO_OLD),
        (Verifier(SECRET, clock=lambda: NOW - 301), Reason.TOO_NEW),
        (Verifier(OTHER, clock=lambda: NOW), Reason.SIGNATURE_MISMATCH),
        (Verifier(EXPIRED, clock=lambda: NOW), Reason.NO_SECRET),
        (
            Verifier("whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0=", clock=lambda: NOW),
            Reason.SIGNATURE_MISMATCH,
        ),
    ],
    ids=["too old", "too new", "another secret", "an expired secret", "another kind of key"],
)
@pytest.mark.parametrize("begins", [False, True])
def test_a_rejection_names_the_message_the_scheme_and_a_detail(
    verifier: Verifier, reason: Reason, begins: bool
) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        verifier.begin(signed()).finish(BODY) if begins else verifier.verify(BODY, signed())
    error = caught.value
    assert (error.reason, error.message_id, error.scheme) == (reason, "msg_1", "standard-webhooks")
    assert len(error.detail) > 10


def test_the_smallest_limit_is_one_byte() -> None:
    assert VERIFIER.begin(signed(b"x"), max_body_bytes=1).finish(b"x").body == b"x"
