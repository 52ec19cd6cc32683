"""Guarantees 5, 6 and 7 of the verifier: the signatures and secrets that count, and valid secrets.

The guarantees are quoted from the docstring of `webhook_verify.Verifier`.
"""

from __future__ import annotations

import hashlib
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.law_inputs import (
    BODY,
    ID,
    NAMES,
    NOW,
    OTHER,
    OTHER_KEY,
    PUBLIC,
    SECRET,
    VERIFIER,
    count_macs,
    ed25519_entry,
    headers,
    in_chunks,
    mac,
    outcome,
)
from webhook_verify import Delivery, InvalidSecret, Reason, Secret, SignatureMismatch, Verifier

# --- law 5 ----------------------------------------------------------------------------------------

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
odd_characters = st.sampled_from([*"\n\t\0!-_=", "==", "é"]) | st.sampled_from(ALPHABET)


@pytest.mark.parametrize("entry", [mac(), ed25519_entry()], ids=["v1", "v1a"])
@given(st.data())
def test_law_5_only_the_canonical_base64_counts(entry: str, data: st.DataObject) -> None:
    """Only the canonical base64 of a signature counts: no other text does, whatever it decodes to."""
    version, _, text = entry.partition(",")
    place = data.draw(st.integers(0, len(text)))
    cut = data.draw(st.integers(0, 2))
    other = text[:place] + data.draw(odd_characters) + text[place + cut :]

    accepted = isinstance(
        outcome(lambda: VERIFIER.verify(BODY, headers(signature=f"{version},{other}"))), Delivery
    )

    assert accepted is (other == text)


@pytest.mark.parametrize(("entry", "unused_bits"), [(mac(), 2), (ed25519_entry(), 4)], ids=["v1", "v1a"])
def test_law_5_another_last_letter_for_the_same_bytes_is_refused(entry: str, unused_bits: int) -> None:
    """Only the canonical base64 of a signature counts."""
    bare = entry.rstrip("=")
    padding = entry[len(bare) :]
    for bits in range(1, 1 << unused_bits):
        twin = bare[:-1] + ALPHABET[ALPHABET.index(bare[-1]) | bits] + padding
        assert b64decode(twin.partition(",")[2]) == b64decode(entry.partition(",")[2])
        with pytest.raises(SignatureMismatch):
            VERIFIER.verify(BODY, headers(signature=twin))


garbage = st.one_of(
    st.sampled_from(
        ["v1", "v1,", "v2," + mac()[3:], "V1," + mac()[3:], mac(key=b"?" * 32), ",", "v1a," + mac()[3:]]
    ),
    st.text(st.characters(exclude_characters=" "), min_size=1, max_size=50).filter(
        lambda text: text != mac()
    ),
)


@given(st.lists(garbage, max_size=40), st.data())
def test_law_5_a_good_entry_counts_among_the_first_32(others: list[str], data: st.DataObject) -> None:
    """Unknown versions and garbage are skipped. At most 32 entries are looked at."""
    place = data.draw(st.integers(0, len(others)))
    entries = [*others[:place], mac(), *others[place:]]

    result = outcome(lambda: VERIFIER.verify(BODY, headers(signature=" ".join(entries))))

    assert isinstance(result, Delivery) is (place < 32)


@pytest.mark.parametrize(("before", "accepted"), [(0, True), (31, True), (32, False)], ids=str)
def test_law_5_a_good_entry_is_the_32nd_at_most(before: int, accepted: bool) -> None:
    """At most 32 entries are looked at."""
    signature = " ".join([*["v2,other"] * before, mac()])

    assert (
        isinstance(outcome(lambda: VERIFIER.verify(BODY, headers(signature=signature))), Delivery) is accepted
    )


@pytest.mark.parametrize(
    ("before", "accepted"), [(0, True), (7, True), (8, False), (31, False)], ids=lambda value: str(value)
)
def test_law_5_a_good_v1a_entry_counts_among_the_first_8(before: int, accepted: bool) -> None:
    """At most 32 entries are looked at, 8 of them v1a."""
    wrong = "v1a," + "A" * 86 + "=="
    signature = " ".join([*[wrong] * before, ed25519_entry()])

    assert (
        isinstance(outcome(lambda: VERIFIER.verify(BODY, headers(signature=signature))), Delivery) is accepted
    )


@pytest.mark.parametrize(
    ("secret", "signature"),
    [
        pytest.param(SECRET, "v1a," + mac()[3:], id="an HMAC as v1a"),
        pytest.param(PUBLIC, "v1," + ed25519_entry()[4:], id="an Ed25519 signature as v1"),
        pytest.param(SECRET, ed25519_entry(), id="a good v1a signature for an HMAC secret"),
        pytest.param(PUBLIC, mac(key=b64decode(PUBLIC[5:])), id="an HMAC keyed with the public key"),
    ],
)
def test_law_5_the_kind_of_key_pins_the_version(secret: str, signature: str) -> None:
    """The kind of key pins the version."""
    with pytest.raises(SignatureMismatch):
        Verifier(secret, clock=lambda: NOW).verify(BODY, headers(signature=signature))


@pytest.mark.parametrize("entries", [1, 2, 32, 10_000])
@pytest.mark.parametrize("streamed", [False, True], ids=["at once", "streamed"])
def test_law_5_one_mac_a_secret_not_one_an_entry(entries: int, streamed: bool) -> None:
    """One MAC a secret, not one an entry."""
    verifier = Verifier([SECRET, OTHER], clock=lambda: NOW)
    macs = count_macs(verifier)
    wrong = headers(signature=" ".join([mac(key=b"?" * 32)] * entries))

    with pytest.raises(SignatureMismatch):
        in_chunks(verifier, wrong, [BODY]) if streamed else verifier.verify(BODY, wrong)

    assert macs == [1, 1]


# --- law 6 ----------------------------------------------------------------------------------------

ROTATION = {label: hashlib.sha256(label.encode()).digest() for label in ("2026-05", "2026-08", "2026-11")}


@given(
    st.permutations(list(ROTATION)), st.sets(st.sampled_from(list(ROTATION))), st.sampled_from(list(ROTATION))
)
def test_law_6_all_secrets_that_are_valid_now_are_tried(
    order: list[str], expired: set[str], signer: str
) -> None:
    """All secrets that are valid now are tried; Delivery.secret_label names the one that matched."""
    past = datetime.fromtimestamp(NOW, UTC)
    secrets = [
        Secret(ROTATION[label], label=label, expires_at=past if label in expired else None) for label in order
    ]
    signed = headers(signature=mac(key=ROTATION[signer]))

    result = outcome(lambda: Verifier(secrets, clock=lambda: NOW).verify(BODY, signed))

    if signer not in expired:
        assert isinstance(result, Delivery)
        assert result.secret_label == signer
    else:
        assert isinstance(result, tuple)
        nothing_left = expired == set(ROTATION)
        assert result[1] is (Reason.NO_SECRET if nothing_left else Reason.SIGNATURE_MISMATCH)


@pytest.mark.parametrize(
    ("skew", "verified"),
    [(-1, False), (0, True), (59, True), (60, False)],
    ids=["before", "first", "last", "after"],
)
def test_law_6_a_window_holds_its_first_instant_and_not_its_last(skew: int, verified: bool) -> None:
    """All secrets that are valid now are tried."""
    start = datetime.fromtimestamp(NOW, UTC)
    secret = Secret(SECRET, not_before=start, expires_at=start + timedelta(seconds=60))
    verifier = Verifier(secret, clock=lambda: NOW + skew)

    assert isinstance(outcome(lambda: verifier.verify(BODY, headers())), Delivery) is verified


def test_law_6_secrets_without_a_label_are_numbered() -> None:
    """Delivery.secret_label names the one that matched."""
    verifier = Verifier([OTHER, Secret(SECRET, label="named"), PUBLIC], clock=lambda: NOW)
    keys = [
        verifier.verify(BODY, headers(signature=signature)).secret_label
        for signature in (mac(key=OTHER_KEY), mac(), ed25519_entry())
    ]

    assert keys == ["secret-1", "named", "secret-3"]


@given(st.lists(st.sampled_from(NAMES), unique=True))
def test_law_6_brands_are_never_mixed(present: list[str]) -> None:
    """Of two brands of headers the first complete trio counts; they are never mixed."""
    both = {**headers(), **headers("svix", id="msg_svix", signature=mac("msg_svix"))}
    given_headers = {name: both[name] for name in present}

    result = outcome(lambda: VERIFIER.verify(BODY, given_headers))

    trios = [
        message for message, names in ((ID, NAMES[:3]), ("msg_svix", NAMES[3:])) if set(names) <= set(present)
    ]
    assert (result.id if isinstance(result, Delivery) else None) == (trios[0] if trios else None)


def test_law_6_a_wrong_first_trio_is_not_saved_by_the_second() -> None:
    """The first complete trio counts."""
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(BODY, {**headers(signature=mac(key=b"?" * 32)), **headers("svix")})


# --- law 7 ----------------------------------------------------------------------------------------


@given(st.one_of(st.just([]), st.text(" \t\r\n'\"`", max_size=6), st.binary(max_size=15), st.just(b" " * 40)))
def test_law_7_no_secret_no_verifier(secret: Any) -> None:
    """No secret, no verifier."""
    for several in (secret, [SECRET, secret]) if secret != [] else (secret, ()):
        with pytest.raises(InvalidSecret):
            Verifier(several)


@given(st.text(min_size=1, max_size=60))
@example("whsec_!!!!")
@example("whsec_====")
@example("whsec_" + "ä" * 32)
def test_law_7_a_text_is_a_whole_key_or_none(text: str) -> None:
    """No secret, no verifier: never the empty key that a lenient base64 decoder makes out of junk."""
    try:
        Verifier(Secret("whsec_" + text), clock=lambda: NOW)
    except (InvalidSecret, UserWarning):
        return
    key = b64decode(text + "=" * (-len(text) % 4), validate=True)
    assert len(key) >= 24
