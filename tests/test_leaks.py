"""No secret, signature or body is in a text that may be logged.

Each test creates the output of a program, a debugger or an error tracker, and searches it for the forbidden
values in every encoding. The search itself is tested, too.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import logging
import pickle
import traceback
import warnings
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import webhook_verify
from tests.rows import rows
from webhook_verify import (
    InvalidSecret,
    RejectedDelivery,
    Secret,
    Signer,
    UnreadableEvent,
    Verifier,
)
from webhook_verify.secret import signing_key, verifying_key

NOW = 1_700_000_000
PACKAGE = str(Path(webhook_verify.__file__).parent)

KEY = hashlib.sha256(b"the HMAC key").digest()
SEED = hashlib.sha256(b"the seed").digest()
SECRET = "whsec_" + b64encode(KEY).decode()
PRIVATE = "whsk_" + b64encode(SEED).decode()
PUBLIC = "whpk_7amdYNKf0wqRichd6tz7kjIEf7QdxlEEWp9O6P12lX8="
BODY = b'{"card": "4242-4242-secret-body"}'

HEADERS = Signer([SECRET, PRIVATE]).sign(BODY, id="msg_1", timestamp=NOW)
V1, V1A = (entry.partition(",")[2] for entry in HEADERS["webhook-signature"].split(" "))
MAC = hmac.digest(KEY, b"msg_1.1700000000." + BODY, "sha256")


def spellings(raw: bytes) -> set[str]:
    """How bytes, or the most of them, can look in a text: base64, hex, as they are, or escaped."""
    encoded = b64encode(raw).decode().rstrip("=")
    texts = {
        encoded[:16],
        encoded.replace("+", "-").replace("/", "_")[:16],
        raw.hex()[:24],
        raw.hex(" ")[:24],
    }
    return {*texts, raw.hex().upper()[:24], raw.decode("latin-1")[:12], repr(raw)[2:-1][:24]}


SECRETS = spellings(KEY) | spellings(SEED)
SIGNATURES = spellings(MAC) | spellings(b64decode(V1A))
BODIES = spellings(BODY) | {"4242-4242-secret-body"}


def leaks(shown: str, hidden: set[str] = SECRETS | SIGNATURES | BODIES) -> list[str]:
    """Whatever of the hidden stands in the text."""
    return [text for text in hidden if text in shown]


@pytest.mark.parametrize(
    "text", [SECRET, PRIVATE, V1, V1A, repr(KEY), MAC.hex(), repr(BODY), str({"body": BODY})]
)
def test_the_search_finds_what_leaks(text: str) -> None:
    assert leaks(f"before {text} after")


# --- objects ----------------------------------------------------------------------------------------


def verification() -> Any:
    begun = Verifier([SECRET, PUBLIC], clock=lambda: NOW).begin(HEADERS)
    begun.update(BODY)
    return begun


OBJECTS: dict[str, Callable[[], Any]] = {
    "Secret": lambda: Secret(SECRET, label="2026-11"),
    "Secret of bytes": lambda: Secret(KEY),
    "Verifier": lambda: Verifier([SECRET, PUBLIC]),
    "Signer": lambda: Signer([SECRET, PRIVATE]),
    "Delivery": lambda: Verifier(SECRET, clock=lambda: NOW).verify(BODY, HEADERS),
    "Verification": verification,
    "HmacKey": lambda: verifying_key(Secret(SECRET)),
    "Ed25519SigningKey": lambda: signing_key(Secret(PRIVATE)),
    "Ed25519VerifyingKey": lambda: verifying_key(Secret(PUBLIC)),
    "Scheme": lambda: Verifier(SECRET).scheme,
}


@pytest.mark.parametrize("name", OBJECTS)
def test_no_object_shows_what_it_holds(name: str) -> None:
    thing = OBJECTS[name]()

    shown = f"{thing!r} {thing!s} {thing} {[thing]} { {'key': thing} } %s %r" % (thing, thing)

    assert not leaks(shown)
    assert not hasattr(thing, "__dict__")  # what vars() and naive serialisers would print


@rows("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@rows("name", [name for name in OBJECTS if name != "Scheme"])
def test_nothing_that_holds_a_secret_a_signature_or_a_body_is_pickled(name: str, protocol: int) -> None:
    with pytest.raises((TypeError, AttributeError, pickle.PicklingError)) as caught:
        pickle.dumps(OBJECTS[name](), protocol)

    assert not leaks(f"{caught.value} {caught.value!r} {caught.value.args}")


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
@pytest.mark.parametrize("name", OBJECTS)
def test_a_copy_shows_no_more(name: str, copied: Callable[[Any], Any]) -> None:
    """Copying goes the way of pickling: it is refused, or makes an object that is as silent."""
    try:
        shown = repr(copied(OBJECTS[name]()))
    except (TypeError, AttributeError) as refused:
        shown = f"{refused} {refused!r}"

    assert not leaks(shown)


# --- errors -----------------------------------------------------------------------------------------


def rejected(
    body: bytes = BODY, secret: Any = SECRET, now: float = NOW, **other: Any
) -> Callable[[], object]:
    """A delivery that is rejected, in one call."""
    headers = {**HEADERS, **{f"webhook-{role}": value for role, value in other.items()}}
    return lambda: Verifier(secret, clock=lambda: now).verify(body, headers)


def streamed(body: bytes = BODY, signature: str = HEADERS["webhook-signature"]) -> Callable[[], object]:
    """A delivery that is rejected when its last piece has come."""

    def finish() -> object:
        begun = Verifier([SECRET, PUBLIC], clock=lambda: NOW).begin(
            {**HEADERS, "webhook-signature": signature}
        )
        begun.update(body)
        return begun.finish()

    return finish


def unreadable_event() -> object:
    body = BODY + b"x"
    headers = Signer(SECRET).sign(body, id="msg_1", timestamp=NOW)
    return Verifier(SECRET, clock=lambda: NOW).verify(body, headers).json()


TAMPERED = BODY + b" "

# A delivery whose signature is not the right one: what the verifier reckoned must not be seen anywhere.
WRONG: dict[str, Callable[[], object]] = {
    "a wrong signature": rejected(signature="v1," + "A" * 43 + "="),
    "a wrong signature among garbage": rejected(signature="v1 , v2,abc v1," + "A" * 43 + "= v1a,"),
    "a wrong Ed25519 signature": rejected(secret=PUBLIC, signature="v1a," + "A" * 86 + "=="),
    "another id": rejected(id="msg_2"),
    "a tampered body": rejected(TAMPERED),
    "a wrong signature, streamed": streamed(signature="v1," + "A" * 43 + "="),
    "a tampered body, streamed": streamed(TAMPERED),
}
REJECTED: dict[str, Callable[[], object]] = {
    **WRONG,
    "no headers": lambda: Verifier(SECRET).verify(BODY, {}),
    "no mapping": lambda: Verifier(SECRET).verify(BODY, [V1]),  # type: ignore[arg-type]
    "an id that is the signature": rejected(id=V1 + "\n"),
    "a timestamp that is the signature": rejected(timestamp=V1),
    "a signature that is no text": rejected(signature=[V1, V1A]),
    "a signature of a wrong type": rejected(signature={V1: BODY}),
    "a stale delivery": rejected(now=NOW + 301),
    "a delivery from the future": rejected(now=NOW - 301),
}
INVALID: dict[str, Callable[[], object]] = {
    "not base64": lambda: Verifier(SECRET[:-5] + "!" + SECRET[-5:]),
    "cut": lambda: Verifier(SECRET[:-3]),
    "as bytes": lambda: Verifier(SECRET.encode()),
    "a signing key to verify with": lambda: Verifier(PRIVATE),
    "a verifying key to sign with": lambda: Signer(PUBLIC),
    "a seed that is too short": lambda: Signer(PRIVATE[:-8]),
    "halves of two keys": lambda: Signer("whsk_" + b64encode(SEED + KEY).decode()),
    "a PEM that is none": lambda: Signer(f"-----BEGIN PRIVATE KEY-----\n{SECRET}\n-----END PRIVATE KEY-----"),
    "a PEM with junk": lambda: Verifier(b"-----BEGIN PUBLIC KEY-----\n" + KEY),
    "two of one label": lambda: Verifier([Secret(SECRET, label="a"), Secret(KEY, label="a")]),
    "not a secret at all": lambda: Verifier({SECRET: KEY}.items()),  # type: ignore[arg-type]
}
ERRORS = {**REJECTED, **INVALID, "a body that is no JSON": unreadable_event}


def raised(call: Callable[[], object]) -> BaseException:
    with pytest.raises((RejectedDelivery, InvalidSecret, UnreadableEvent, ValueError, TypeError)) as caught:
        call()
    return caught.value


@rows("name", ERRORS)
def test_no_error_shows_a_secret_a_signature_or_a_body(name: str) -> None:
    error = raised(ERRORS[name])

    assert not leaks(f"{error} {error!r} {error.args!r} {vars(error)!r}")
    assert not leaks("".join(traceback.format_exception_only(error)))


@pytest.mark.parametrize("name", [*REJECTED, "a body that is no JSON"])
def test_no_error_drags_another_along(name: str) -> None:
    """A chained error would show what was read: binascii and json quote it."""
    error = raised(ERRORS[name])

    assert (error.__context__, error.__cause__) == (None, None)


@pytest.mark.parametrize("name", INVALID)
def test_what_an_invalid_secret_drags_along_shows_nothing(name: str) -> None:
    chain = raised(INVALID[name])
    while chain is not None:
        assert not leaks(f"{chain!r} {chain.args!r}")
        chain = chain.__cause__ or chain.__context__  # type: ignore[assignment]


@pytest.mark.parametrize("name", [*REJECTED, "a body that is no JSON"])
def test_a_pickled_error_shows_nothing(name: str) -> None:
    assert not leaks(pickle.dumps(raised(ERRORS[name]), 0).decode("latin-1"))


def our_frames(error: BaseException) -> Iterator[FrameType]:
    for frame, _ in traceback.walk_tb(error.__traceback__):
        if frame.f_code.co_filename.startswith(PACKAGE):
            yield frame


@pytest.mark.parametrize("name", WRONG)
def test_no_frame_of_ours_holds_the_right_signature_or_the_secret(name: str) -> None:
    """What an error tracker prints of a traceback must not be enough to sign the next delivery.

    The headers and the body that came are the caller's own, and stand in the frames of any function
    that takes them; what must not stand there is what only the receiver knows.
    """
    body = TAMPERED if "tampered" in name else BODY
    message_id = "msg_2" if name == "another id" else "msg_1"
    right = hmac.digest(KEY, f"{message_id}.{NOW}.".encode() + body, "sha256")

    frames = list(our_frames(raised(WRONG[name])))

    assert frames
    for frame in frames:
        assert not leaks(repr(frame.f_locals), spellings(right) | SECRETS), frame.f_code.co_qualname


@pytest.mark.parametrize("name", [*REJECTED, "a body that is no JSON"])
def test_nothing_is_logged_warned_or_printed(
    name: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG), warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        raised(ERRORS[name])

    assert (caplog.records, warned) == ([], [])
    assert capsys.readouterr() == ("", "")


def test_the_warning_of_a_weak_secret_does_not_show_it() -> None:
    weak = b"k3y-of-17-bytes-x"
    with pytest.warns(webhook_verify.WeakSecretWarning) as warned:
        Verifier(weak)

    assert not leaks("".join(f"{each.message!r} {each}" for each in warned), spellings(weak))


def test_a_logged_rejection_shows_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What a receiver writes in the obvious way: the error, with its traceback."""
    for name in WRONG:
        try:
            WRONG[name]()
        except RejectedDelivery as rejection:
            logging.getLogger("receiver").warning("rejected: %s", rejection, exc_info=True)

    assert len(caplog.records) == len(WRONG)
    assert not leaks(caplog.text)
