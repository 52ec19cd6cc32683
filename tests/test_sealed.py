"""A sealed delivery crosses a queue unchanged, and nothing else opens."""

from __future__ import annotations

import base64
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import THOROUGH, examples
from tests.providers.every_sample import every_one, genuine
from tests.providers.sample import Sample
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import (
    Delivery,
    InvalidSeal,
    InvalidSecret,
    SealMismatch,
    SealTooOld,
    Secret,
    Signer,
    Verifier,
    open_sealed,
)
from webhook_verify.schemes import HeaderScheme

KEY = "a key of the application"
OTHER_KEY = "another key of the application"
NOW = 1_790_000_000.0
BODY = '{"type": "invoice.paid", "note": "für Zoë \U0001f4b6"}'.encode()
PROPERTIES = [name for name, value in vars(Delivery).items() if isinstance(value, property)]


def at(seconds: float) -> Any:
    return lambda: NOW + seconds


def delivery(body: bytes = BODY) -> Delivery:
    headers = Signer(SECRET).sign(body, id="msg_1", timestamp=int(NOW))
    return Verifier(SECRET, clock=at(0)).verify(body, headers)


SEALED = delivery().seal(KEY, clock=at(0))


def seen(value: Delivery) -> dict[str, object]:
    """Everything that a handler can read."""
    found: dict[str, object] = {"repr": repr(value), "hash": hash(value)}
    for name in [*PROPERTIES, "json", "form"]:
        try:
            attribute = getattr(value, name)
            found[name] = attribute() if callable(attribute) else attribute
        except Exception as error:
            found[name] = repr(error)
    return found


# --- what is opened ---------------------------------------------------------------------------------


@every_one
def test_the_opened_delivery_is_the_sealed_one(sample: Sample) -> None:
    """For every provider, and without its scheme or its secret."""
    sealed = genuine(sample)
    for form in (sealed.seal(KEY), sealed.seal_text(KEY), sealed.seal_text(KEY).encode()):
        opened = open_sealed(form, KEY)
        assert opened == sealed
        assert seen(opened) == seen(sealed)


def test_a_scheme_of_the_application_need_not_exist_in_the_worker() -> None:
    scheme = HeaderScheme("a-scheme-of-mine", signature_header="x-mine", id_in_body="id", json_form_field="p")
    body = b"p=%7B%22id%22%3A1%7D"
    headers = Signer("0123456789abcdef0123", scheme=scheme).sign(body)
    sealed = Verifier("0123456789abcdef0123", scheme=scheme).verify(body, headers)
    assert seen(open_sealed(sealed.seal(KEY), KEY)) == seen(sealed)


def test_an_opened_delivery_can_be_sealed_again() -> None:
    opened = open_sealed(SEALED, KEY)
    assert open_sealed(opened.seal(OTHER_KEY), OTHER_KEY) == delivery()


@examples(300)
@given(body=st.binary(max_size=3_000))
def test_any_body_is_opened_as_it_was(body: bytes) -> None:
    sealed = delivery(body)
    assert open_sealed(sealed.seal(KEY), KEY).body == body
    assert open_sealed(sealed.seal_text(KEY), KEY) == sealed


def test_the_seal_is_as_large_as_the_body_and_a_header() -> None:
    assert len(SEALED) < len(BODY) + 250
    assert BODY in SEALED


# --- keys -------------------------------------------------------------------------------------------


@rows("key", [KEY, KEY.encode(), Secret(KEY), [OTHER_KEY, KEY], [Secret(OTHER_KEY, label="new"), KEY]])
def test_the_forms_of_a_key(key: Any) -> None:
    assert open_sealed(SEALED, key) == delivery()


def test_a_key_is_rotated_without_a_lost_message() -> None:
    """First the workers get the new key, then the receivers, then the old one is removed."""
    old, both = Secret(KEY, label="old"), [Secret(OTHER_KEY, label="new"), Secret(KEY, label="old")]
    assert open_sealed(delivery().seal(old), both) == delivery()
    assert open_sealed(delivery().seal(both), OTHER_KEY) == delivery()
    with pytest.raises(SealMismatch):
        open_sealed(delivery().seal(both), old)


def test_a_key_with_a_window_is_used_within_it() -> None:
    from datetime import UTC, datetime

    ended = Secret(KEY, expires_at=datetime.fromtimestamp(NOW, UTC))
    with pytest.raises(SealMismatch):
        open_sealed(SEALED, ended, clock=at(0))
    assert open_sealed(SEALED, ended, clock=at(-1)) == delivery()
    with pytest.raises(ValueError, match="no key of the seal is valid now"):
        delivery().seal(ended, clock=at(0))


@rows("key", ["", "   ", "fifteen bytes!!", b"x" * 15, []])
def test_a_key_that_can_be_guessed_is_refused(key: Any) -> None:
    with pytest.raises(InvalidSecret):
        delivery().seal(key)
    with pytest.raises(InvalidSecret):
        open_sealed(SEALED, key)


@rows("key", [None, 7, object(), {"a": "b"}])
def test_a_key_of_another_type_is_a_type_error(key: Any) -> None:
    with pytest.raises(TypeError):
        delivery().seal(key)
    with pytest.raises(TypeError):
        open_sealed(SEALED, key)


# --- what is refused --------------------------------------------------------------------------------


def test_another_key_does_not_open_it_and_is_not_shown() -> None:
    with pytest.raises(SealMismatch) as caught:
        open_sealed(SEALED, OTHER_KEY)
    assert OTHER_KEY not in repr(caught.value)
    assert "invoice.paid" not in repr(caught.value)


def test_every_changed_byte_is_noticed() -> None:
    for place in range(len(SEALED)):
        for bit in range(8):
            changed = bytearray(SEALED)
            changed[place] ^= 1 << bit
            with pytest.raises(InvalidSeal):
                open_sealed(bytes(changed), KEY)


def test_every_other_length_is_noticed() -> None:
    for size in range(len(SEALED)):
        with pytest.raises(InvalidSeal):
            open_sealed(SEALED[:size], KEY)
    for more in (b"\0", b"=", SEALED):
        with pytest.raises(InvalidSeal):
            open_sealed(SEALED + more, KEY)


@pytest.mark.slow
def test_no_changed_seal_opens() -> None:
    """Bytes that are changed, inserted, removed or moved."""
    chance = random.Random(7)
    opened = 0
    for _ in range(200_000 if THOROUGH else 20_000):
        changed = bytearray(SEALED)
        for _ in range(chance.randint(1, 3)):
            place = chance.randrange(len(changed))
            match chance.randrange(4):
                case 0:
                    changed[place] = chance.randrange(256)
                case 1:
                    changed.insert(place, chance.randrange(256))
                case 2:
                    del changed[place]
                case _:
                    changed[place:] = changed[place:][::-1]
        if bytes(changed) != SEALED:
            try:
                open_sealed(bytes(changed), KEY)
                opened += 1
            except InvalidSeal:
                pass
    assert opened == 0


@examples(500)
@given(sealed=st.binary(max_size=400) | st.text(max_size=400))
def test_anything_else_is_no_seal(sealed: bytes | str) -> None:
    with pytest.raises(InvalidSeal):
        open_sealed(sealed, KEY)


@rows("sealed", [None, 7, [SEALED], object()])
def test_another_type_is_a_type_error(sealed: Any) -> None:
    with pytest.raises(TypeError, match="sealed must be bytes or a str"):
        open_sealed(sealed, KEY)


TEXT = delivery().seal_text(KEY, clock=at(0))


@rows(
    "text", [TEXT + "=", TEXT + "\n", " " + TEXT, TEXT.upper(), TEXT[:-1], base64.b64encode(SEALED).decode()]
)
def test_a_text_has_one_form(text: str) -> None:
    with pytest.raises(InvalidSeal):
        open_sealed(text, KEY)


def test_a_seal_is_for_its_namespace() -> None:
    sealed = delivery().seal(KEY, namespace="orders")
    assert open_sealed(sealed, KEY, namespace="orders") == delivery()
    for other in ("", "order", "ORDERS"):
        with pytest.raises(SealMismatch, match="namespace"):
            open_sealed(sealed, KEY, namespace=other)
    nothing: Any = None
    with pytest.raises(TypeError, match="namespace must be a str"):
        delivery().seal(KEY, namespace=nothing)


@rows(("age", "max_age", "opens"), [(60, 60, True), (61, 60, False), (10**9, None, True), (-5, 60, True)])
def test_a_seal_has_an_age(age: int, max_age: float | None, opens: bool) -> None:
    if opens:
        assert open_sealed(SEALED, KEY, max_age=max_age, clock=at(age)) == delivery()
        return
    with pytest.raises(SealTooOld, match="sealed 61 s ago; max_age is 60 s") as caught:
        open_sealed(SEALED, KEY, max_age=max_age, clock=at(age))
    assert (caught.value.age, caught.value.max_age) == (61, 60)


@rows("max_age", [0, -1, float("nan"), float("inf")])
def test_a_limit_cannot_be_switched_off_by_accident(max_age: float) -> None:
    with pytest.raises(ValueError, match="max_age must be finite and longer than zero"):
        open_sealed(SEALED, KEY, max_age=max_age)


def test_the_format_is_the_one_of_version_1() -> None:
    """Sealed by the first release: it must be opened for as long as version 1 is."""
    recorded = (
        "AQAAAJF7ImV2ZW50X3R5cGUiOlsidHlwZSJdLCJpZCI6Im1zZ18xIiwibGFiZWwiOiJzZWNyZXQtMSIsIm5hbWVzcG"
        "FjZSI6IiIsInNjaGVtZSI6InN0YW5kYXJkLXdlYmhvb2tzIiwic2VhbGVkX2F0IjoxNzkwMDAwMDAwLCJ0aW1lc3Rh"
        "bXAiOjE3OTAwMDAwMDB9eyJ0eXBlIjogImludm9pY2UucGFpZCIsICJub3RlIjogImbDvHIgWm_DqyDwn5K2In0f77"
        "g7SS_aaaRLhYJOT0kZ8txsAwaSf789SI1aKgGDOQ"
    )
    assert open_sealed(recorded, KEY) == delivery()
    assert delivery().seal_text(KEY, clock=at(0)) == recorded
