"""Configured secrets: validity windows, labels, weak secrets, and the kind of key of each text.

The conformance table contains the meaning of each text of a secret.
"""

from __future__ import annotations

import pickle
import sys
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from tests import processes
from webhook_verify import InvalidSecret, Secret, WeakSecretWarning
from webhook_verify.keys import Ed25519SigningKey, Ed25519VerifyingKey, HmacKey
from webhook_verify.secret import (
    as_secrets,
    hmac_key_from_bytes,
    hmac_key_from_text,
    signing_key,
    verifying_key,
)

NOW = 1_700_000_000
BODY = b'{"type": "invoice.paid"}'
KEY = bytes(range(32))
TEXT = b64encode(KEY).decode()
SECRET = f"whsec_{TEXT}"
SEED = bytes(range(64, 96))
PUBLIC = "whpk_JUO5L/EJVRFHatyDadtt3JM2ZaEZeN2hQE7hBmypVZ0="
PRIVATE = "whsk_" + b64encode(SEED).decode()
PAIR = "whsk_" + b64encode(SEED + b64decode(PUBLIC[5:])).decode()
START = datetime.fromtimestamp(NOW, UTC)


# --- Secret -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("not_before", "expires_at", "instants"),
    [
        pytest.param(None, None, [-(2.0**60), NOW, 2.0**60], id="always"),
        pytest.param(START, None, [NOW, NOW + 0.5, 2.0**60], id="from its first instant on"),
        pytest.param(None, START, [-(2.0**60), NOW - 1, NOW - 0.001], id="up to its last, which is outside"),
        pytest.param(START, START + timedelta(seconds=1), [NOW, NOW + 0.999], id="between the two"),
    ],
)
def test_a_secret_is_valid_in_its_window(
    not_before: datetime | None, expires_at: datetime | None, instants: list[float]
) -> None:
    secret = Secret(SECRET, not_before=not_before, expires_at=expires_at)
    asked = {-(2.0**60), NOW - 1, NOW - 0.001, NOW, NOW + 0.5, NOW + 0.999, NOW + 1, 2.0**60, *instants}

    inside = [when for when in sorted(asked) if secret.valid_at(when)]

    start = NOW if not_before else -(2.0**61)
    end = expires_at.timestamp() if expires_at else 2.0**61
    assert inside == [when for when in sorted(asked) if start <= when < end]
    assert set(instants) <= set(inside)
    assert secret.always_valid is (not_before is None and expires_at is None)


def test_a_window_is_the_same_in_every_time_zone() -> None:
    elsewhere = START.astimezone(timezone(timedelta(hours=13, minutes=45)))

    assert Secret(SECRET, not_before=elsewhere).valid_at(NOW)
    assert not Secret(SECRET, not_before=elsewhere).valid_at(NOW - 1)


@pytest.mark.parametrize(
    ("window", "error", "why"),
    [
        pytest.param(
            {"not_before": datetime(2026, 1, 1)}, ValueError, "not_before has no time zone", id="naive"
        ),
        pytest.param(
            {"expires_at": datetime(2026, 1, 1)}, ValueError, "expires_at has no time zone", id="naive end"
        ),
        pytest.param({"expires_at": NOW}, TypeError, "aware datetime or None, not 'int'", id="an int"),
        pytest.param({"not_before": "2026-01-01"}, TypeError, "not 'str'", id="a text"),
        pytest.param({"not_before": date(2026, 1, 1)}, TypeError, "not 'date'", id="a date"),
        pytest.param({"not_before": START, "expires_at": START}, ValueError, "must be earlier", id="empty"),
        pytest.param(
            {"not_before": START, "expires_at": START - timedelta(1)},
            ValueError,
            "must be earlier",
            id="reversed",
        ),
    ],
)
def test_a_window_that_cannot_be_meant_is_refused(window: Any, error: type[Exception], why: str) -> None:
    with pytest.raises(error, match=why):
        Secret(SECRET, **window)


@pytest.mark.parametrize("label", ["", " ", "\n", 5, b"label", True], ids=repr)
def test_a_label_is_a_text_that_is_not_blank(label: Any) -> None:
    with pytest.raises(ValueError, match="label must be a non-empty str or None"):
        Secret(SECRET, label=label)


@pytest.mark.parametrize(
    "value", [None, 5, bytearray(KEY), memoryview(KEY), [SECRET], Secret(SECRET)], ids=type
)
def test_a_value_is_text_or_bytes(value: Any) -> None:
    with pytest.raises(TypeError, match="secret must be a str"):
        Secret(value)


@pytest.mark.parametrize("value", ["", " \n", "''", '" "', b"", b"\n\t "], ids=repr)
def test_an_empty_secret_is_refused(value: str | bytes) -> None:
    with pytest.raises(InvalidSecret, match="secret is empty: check"):
        Secret(value)


@pytest.mark.parametrize(
    "pasted", [f" {SECRET}\n", f'"{SECRET}"', f"'{SECRET}'", f"`{SECRET}`", f' "{SECRET} " ']
)
def test_the_marks_of_pasting_are_taken_off(pasted: str) -> None:
    assert Secret(pasted).reveal() == SECRET


@pytest.mark.parametrize("value", ['"', f"X{SECRET}X", f"\"{SECRET}'", f'"{SECRET}', f'{SECRET}"'])
def test_what_only_resembles_quotes_stays(value: str) -> None:
    assert Secret(value).reveal() == value


def test_bytes_are_taken_as_they_are() -> None:
    raw = b' "' + KEY + b'" \n'

    assert Secret(raw).reveal() == raw


@pytest.mark.parametrize(
    ("label", "shown"), [("2026-11", "Secret(label='2026-11')"), (None, "Secret(label=None)")]
)
def test_a_secret_shows_its_label_alone(label: str | None, shown: str) -> None:
    assert repr(Secret(SECRET, label=label)) == shown


def test_a_secret_is_not_pickled() -> None:
    with pytest.raises(TypeError, match="pickled"):
        pickle.dumps(Secret(SECRET))


@pytest.mark.parametrize(
    "text", ["a plain text of 20 characters", "X" * 20, "\u00e4" * 20, "\ud800" * 20], ids=ascii
)
def test_a_text_is_the_key_itself(text: str) -> None:
    """In UTF-8. A lone surrogate, which JSON may hold, does not fail."""
    key = text.encode("utf-8", "surrogatepass")
    assert (
        hmac_key_from_text(Secret(text)).sign(BODY)
        == hmac_key_from_bytes(key).sign(BODY)
        == hmac_key_from_text(Secret(key)).sign(BODY)
    )


@pytest.mark.parametrize(
    "make", [hmac_key_from_bytes, lambda key: hmac_key_from_text(Secret(key))], ids=["octets", "text"]
)
def test_a_key_of_fewer_than_16_bytes_is_weak(make: Callable[[bytes], HmacKey]) -> None:
    make(b"a" * 16)  # without a warning
    with pytest.warns(WeakSecretWarning, match="15 bytes"):
        make(b"a" * 15)


@pytest.mark.parametrize("key", [b"X" * 24, b"X\0" * 12, bytes(23) + b"1", b"0" * 24], ids=repr)
def test_a_long_key_of_anything_but_zeros_is_not_warned_of(key: bytes) -> None:
    assert verifying_key(Secret(key)).verify([("v1", signing_key(Secret(key)).sign(BODY))], b"", BODY, b"")


@pytest.mark.parametrize(
    "key", [PUBLIC.encode(), b"-----BEGIN PUBLIC KEY-----\n", b"ssh-ed25519 AAAAC3NzaC1lZDI1"]
)
def test_a_public_key_is_not_the_octets_of_an_hmac_key(key: bytes) -> None:
    with pytest.raises(InvalidSecret, match="public key"):
        hmac_key_from_bytes(key)
    with pytest.raises(InvalidSecret, match="public key"):
        hmac_key_from_text(Secret(key.decode()))


def test_all_weak_secrets_are_warned_of_from_one_place() -> None:
    """Python's default filter shows a warning once for each place and text."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        hmac_key_from_bytes(b"a")
        verifying_key(Secret(b"a" * 16))
        verifying_key(Secret(bytes(24)))
    assert len(caught) == 3
    assert len({(warning.filename, warning.lineno) for warning in caught}) == 1


def test_of_several_pems_the_first_counts() -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    def pem(seed: bytes) -> bytes:
        public = Ed25519PrivateKey.from_private_bytes(seed).public_key()
        return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    key = verifying_key(Secret(b"# two keys\n" + pem(SEED) + pem(KEY)))
    signature = signing_key(Secret(PRIVATE)).sign(BODY)
    assert key.verify([("v1a", signature)], b"", BODY, b"")


@pytest.mark.parametrize("front", [b"X", b"x", b"\0", b"a\xef\xbb\xbf"], ids=repr)
def test_bytes_that_do_not_start_like_a_text_are_a_raw_key(front: bytes) -> None:
    assert isinstance(verifying_key(Secret(front + SECRET.encode())), HmacKey)


def test_secrets_sort_by_age() -> None:
    """What expires is older than what does not; then what began earlier."""
    oldest = Secret(KEY, label="4", expires_at=START)
    old = Secret(KEY, label="3", expires_at=START + timedelta(1))
    new = Secret(KEY, label="2")
    newest = Secret(KEY, label="1", not_before=START)

    ranked = sorted([new, oldest, newest, old], key=lambda secret: secret.sort_key, reverse=True)

    assert [secret.label for secret in ranked] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    "given_secrets",
    [SECRET, [SECRET], (SECRET,), iter([SECRET]), {SECRET: 1}.keys(), Secret(SECRET), [Secret(SECRET)]],
    ids=lambda value: type(value).__name__,
)
def test_one_or_several_secrets(given_secrets: Any) -> None:
    assert [secret.reveal() for secret in as_secrets(given_secrets)] == [SECRET]


def test_no_secret_at_all_is_refused() -> None:
    with pytest.raises(InvalidSecret, match="secret is an empty list"):
        as_secrets([])


@pytest.mark.parametrize(
    "given_secrets", [None, 5, 1.5, object(), [None], [5], [[SECRET]]], ids=lambda value: type(value).__name__
)
def test_anything_else_is_no_secret(given_secrets: Any) -> None:
    with pytest.raises(TypeError, match="secret must be a str"):
        as_secrets(given_secrets)


# --- kinds of keys ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "verifying", "signing"),
    [
        pytest.param(SECRET, HmacKey, HmacKey, id="whsec_"),
        pytest.param(TEXT, HmacKey, HmacKey, id="bare base64"),
        pytest.param(KEY, HmacKey, HmacKey, id="raw bytes"),
        pytest.param(f"v1,{SECRET}", HmacKey, HmacKey, id="display form"),
        pytest.param(PUBLIC, Ed25519VerifyingKey, None, id="whpk_"),
        pytest.param(PRIVATE, None, Ed25519SigningKey, id="whsk_, a seed"),
        pytest.param(PAIR, None, Ed25519SigningKey, id="whsk_, both halves"),
        pytest.param(f"v1a,{PUBLIC}", Ed25519VerifyingKey, None, id="display form of whpk_"),
        pytest.param(f"v1a,{PRIVATE}", None, Ed25519SigningKey, id="display form of whsk_"),
    ],
)
def test_the_prefix_pins_the_kind(value: str | bytes, verifying: type | None, signing: type | None) -> None:
    for make, kind in ((verifying_key, verifying), (signing_key, signing)):
        if kind is None:
            with pytest.raises(InvalidSecret, match=r"wh[ps]k_ key"):
                make(Secret(value))
        else:
            assert type(make(Secret(value))) is kind


def test_halves_that_do_not_belong_together_are_refused() -> None:
    wrong = "whsk_" + b64encode(SEED + KEY).decode()

    with pytest.raises(InvalidSecret, match="the two halves"):
        signing_key(Secret(wrong))


def test_both_forms_of_a_signing_key_sign_the_same() -> None:
    assert signing_key(Secret(PRIVATE)).sign(BODY) == signing_key(Secret(PAIR)).sign(BODY)


@pytest.mark.parametrize("size", [24, 32, 64, 100])
def test_a_long_enough_key_does_not_warn(size: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert isinstance(verifying_key(Secret(bytes(range(size)))), HmacKey)


@pytest.mark.parametrize("size", [16, 23])
@pytest.mark.parametrize("make", [verifying_key, signing_key])
def test_a_short_key_warns(make: Callable[[Secret], object], size: int) -> None:
    with pytest.warns(
        WeakSecretWarning, match=f"an HMAC key has {size} bytes; Standard Webhooks requires at least 24"
    ):
        assert isinstance(make(Secret(b"k" * size)), HmacKey)


@pytest.mark.parametrize("size", [1, 15])
@pytest.mark.parametrize("make", [verifying_key, signing_key])
def test_a_key_that_can_be_guessed_is_refused(make: Callable[[Secret], object], size: int) -> None:
    with pytest.raises(InvalidSecret, match=f"the HMAC key has {size} bytes; a key of fewer than 16"):
        make(Secret(b"k" * size))


def test_a_short_key_warns_once() -> None:
    """Under Python's own filter, however many verifiers are built."""
    program = "from webhook_verify import Verifier\nfor _ in range(5): Verifier(b'k' * 20)\n"
    done = processes.run([sys.executable, "-c", program], text=True)

    assert done.stderr.count("WeakSecretWarning") == 1


def test_an_ed25519_key_without_cryptography_names_the_extra() -> None:
    program = (
        "import sys\n"
        "sys.modules['cryptography'] = None\n"
        "from webhook_verify import Verifier\n"
        f"Verifier({SECRET!r})\n"
        "try:\n"
        f"    Verifier({PUBLIC!r})\n"
        "except ImportError as error:\n"
        "    print(error)\n"
    )
    done = processes.run([sys.executable, "-c", program], text=True)

    assert "pip install 'webhook-verify[asymmetric]'" in done.stdout
