"""Error trackers show local variables: no frame of this package contains a secret when it raises."""

from __future__ import annotations

import traceback
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.traceback import Traceback

import webhook_verify
from tests.providers.samples import SAMPLES
from tests.rows import rows
from webhook_verify import Secret, Signer, Verifier
from webhook_verify.api.emporix import AsyncEmporix, Emporix
from webhook_verify.api.lithic import AsyncLithic, Lithic
from webhook_verify.api.secret_source import SecretSource
from webhook_verify.api.svix import AsyncSvix, Svix
from webhook_verify.keys import Ed25519SigningKey, Ed25519VerifyingKey, HmacKey, TokenKey
from webhook_verify.secret import from_base64

PACKAGE = str(Path(webhook_verify.__file__).parent)
TEXT = "whsec_S1dWd1R0Ym9VUVlOV3hNbVpkQnJQcUhz"
TOKEN = "tok-8d1f2c77a6b94e0c5a3b"
NO_CLOCK: Any = "no clock"
_MAX = 1_000_000  # characters and items of a value that rich shows


def shown(call: Callable[[], object], *, is_rich: bool) -> str:
    """What Python and rich show of the frames of this package after the call has failed."""
    try:
        call()
    except Exception as error:
        failure = error
    else:
        raise AssertionError("it did not fail")
    own = failure.__traceback__
    while own is not None and not own.tb_frame.f_code.co_filename.startswith(PACKAGE):
        own = own.tb_next  # the caller's frames are the caller's
    assert own is not None
    failure.__traceback__ = own
    plain = traceback.TracebackException.from_exception(failure, capture_locals=True)
    text = "".join(line for line in plain.format() if "File" in line)
    if is_rich:
        console = Console(width=10_000, record=True, quiet=True)
        trace = Traceback.extract(type(failure), failure, own, show_locals=True, locals_max_string=_MAX)
        console.print(Traceback(trace, show_locals=True, locals_max_string=_MAX, locals_max_length=_MAX))
        text += console.export_text()
    return text


def forms(secret: str | bytes) -> Iterator[str]:
    """The secret and the key that it holds, as text, base64 and hex; and the beginning of each."""
    text = secret if isinstance(secret, str) else secret.decode("latin-1")
    unprefixed = text.rpartition("_")[2]
    keys = {text.encode(), unprefixed.encode(), from_base64(unprefixed) or b"", _unhex(text)}
    for key in filter(None, keys):
        for form in (
            key.decode("latin-1"),
            repr(key)[2:-1],
            key.hex(),
            b64encode(key).decode(),
            urlsafe_b64encode(key).decode(),
        ):
            yield form[:16]


def _unhex(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def leaked(call: Callable[[], object], secret: str | bytes, *, is_rich: bool = False) -> list[str]:
    text = shown(call, is_rich=is_rich)
    return [form for form in forms(secret) if form in text]


CONSTRUCTORS: dict[str, tuple[Callable[[], object], str]] = {
    "Verifier, clock": (lambda: Verifier(TEXT, clock=NO_CLOCK), TEXT),
    "Verifier, tolerance": (lambda: Verifier([TEXT], tolerance=-1), TEXT),
    "Verifier, scheme": (lambda: Verifier(TEXT, scheme="no scheme"), TEXT),
    "Verifier, label": (lambda: Verifier([Secret(TEXT, label="a"), Secret(TEXT, label="a")]), TEXT),
    "Verifier, damaged": (lambda: Verifier(TEXT + "!"), TEXT),
    "Verifier, another kind": (lambda: Verifier(TEXT.replace("whsec", "whsk")), TEXT),
    "Verifier, of a list": (lambda: Verifier([TEXT, None]), TEXT),  # type: ignore[list-item]
    "Verifier, a mapping": (lambda: Verifier({"key": TEXT}), TEXT),
    "Verifier, bytes that are text": (lambda: Verifier(TEXT.encode()), TEXT),
    "Signer, clock": (lambda: Signer(TEXT, clock=NO_CLOCK), TEXT),
    "Signer, damaged": (lambda: Signer(TEXT + "!"), TEXT),
    "Secret, label": (lambda: Secret(TEXT, label=" "), TEXT),
    "Secret, window": (lambda: Secret(TEXT, expires_at=1), TEXT),  # type: ignore[arg-type]
    "Secret, a list": (lambda: Secret([TEXT]), TEXT),  # type: ignore[arg-type]
    "HmacKey": (lambda: HmacKey(TEXT), TEXT),  # type: ignore[arg-type]
    "TokenKey": (lambda: TokenKey(TOKEN.encode()), TOKEN),  # type: ignore[arg-type]
    "Ed25519VerifyingKey": (lambda: Ed25519VerifyingKey(TEXT.encode()), TEXT),
    "Ed25519SigningKey": (lambda: Ed25519SigningKey(TEXT.encode()), TEXT),
    "Svix": (lambda: Svix(TOKEN, timeout=-1), TOKEN),
    "Svix, URL": (lambda: Svix(TOKEN, server_url="ftp://x"), TOKEN),
    "Svix, token": (lambda: Svix(TOKEN + "\n\x00"), TOKEN),
    "AsyncSvix": (lambda: AsyncSvix(TOKEN, retries=-1), TOKEN),
    "Lithic": (lambda: Lithic(TOKEN, timeout=-1), TOKEN),
    "AsyncLithic": (lambda: AsyncLithic(TOKEN, timeout=-1), TOKEN),
    "Emporix": (lambda: Emporix("tenant", "client", TOKEN, timeout=-1), TOKEN),
    "AsyncEmporix": (lambda: AsyncEmporix("tenant", "client", TOKEN, timeout=-1), TOKEN),
    "SecretSource": (lambda: SecretSource(lambda: TEXT + "!")(), TEXT),
}


_SHOWN_BY_RICH = {"Verifier, clock", "Secret, window", "Svix"}  # which takes 0.1 s for each


@rows("case", CONSTRUCTORS)
def test_a_constructor_that_fails_shows_no_secret(case: str) -> None:
    call, secret = CONSTRUCTORS[case]
    assert leaked(call, secret, is_rich=case in _SHOWN_BY_RICH) == []


def test_the_frames_of_a_constructor_that_fails_are_hidden_and_its_error_is_not() -> None:
    with pytest.raises(ValueError, match="it cannot be disabled") as raised:
        Verifier(TEXT, tolerance=-1)
    assert raised.traceback[-1].name == "call"
    assert raised.value.__context__ is None


@rows("scheme", sorted(SAMPLES))
def test_of_every_provider(scheme: str) -> None:
    sample = SAMPLES[scheme]
    secret = sample.secret
    if isinstance(secret, Secret) or not isinstance(secret, str | bytes):
        return
    assert leaked(lambda: Verifier(secret, scheme=scheme, clock=NO_CLOCK), secret) == []
    verifier = sample.verifier()
    assert leaked(lambda: verifier.verify(b"{}", [("a", "b")]), secret) == []
    assert leaked(lambda: verifier.verify("text", {}), secret) == []  # type: ignore[arg-type]


def test_a_call_that_fails_shows_no_token() -> None:
    client = Svix(TOKEN, server_url="http://127.0.0.1:9", retries=0)
    assert leaked(lambda: list(client.application.list()), TOKEN) == []
