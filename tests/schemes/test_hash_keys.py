"""Options of `HeaderScheme(algorithm=...)`: plain hashes with the secret, and several algorithms."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import RejectedDelivery, Signer, Verifier
from webhook_verify.schemes import HeaderScheme

SECRET, BODY = "a secret with thirty-two letters", "é {}".encode()
_Mac = Callable[[bytes], bytes]
MACS: dict[str, _Mac] = {
    "md5-suffix": lambda content: hashlib.md5(content + SECRET.encode()).digest(),
    "sha1-suffix": lambda content: hashlib.sha1(content + SECRET.encode()).digest(),
    "sha256-suffix": lambda content: hashlib.sha256(content + SECRET.encode()).digest(),
    "hmac-md5": lambda content: hmac.digest(SECRET.encode(), content, "md5"),
    "hmac-sha512": lambda content: hmac.digest(SECRET.encode(), content, "sha512"),
}


def _scheme(algorithm: Any, **options: Any) -> HeaderScheme:
    return HeaderScheme("acme", signature_header="x-signature", algorithm=algorithm, **options)


@rows(("name", "mac"), MACS.items(), ids=MACS)
@rows("encoding", ["hex", "base64"])
def test_one_algorithm(name: str, mac: _Mac, encoding: str) -> None:
    scheme = _scheme(name, signature_encoding=encoding)
    headers = Signer(SECRET, scheme=scheme).sign(BODY, id="1", timestamp=1)
    other = _scheme("hmac-sha384", signature_encoding=encoding)

    assert headers["x-signature"] in (mac(BODY).hex(), scheme.signature_encoding[1](_base64(mac(BODY))))
    assert Verifier(SECRET, scheme=scheme).verify(BODY, headers).body_is_signed
    for verifier, body in (
        (Verifier(SECRET, scheme=scheme), BODY + b" "),
        (Verifier(SECRET, scheme=other), BODY),
    ):
        with pytest.raises(RejectedDelivery):
            verifier.verify(body, headers)


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()


def test_the_size_of_a_signature_selects_one_of_several_algorithms() -> None:
    several = _scheme([name for name in MACS if name != "sha1-suffix"], signature_encoding="base64")
    verifier = Verifier(SECRET, scheme=several)
    for name, mac in MACS.items():
        headers = {"x-signature": _base64(mac(BODY))}
        if name == "sha1-suffix":
            with pytest.raises(RejectedDelivery):
                verifier.verify(BODY, headers)
        else:
            assert verifier.verify(BODY, headers)
    assert Signer(SECRET, scheme=several).sign(BODY, id="1", timestamp=1)["x-signature"] == _base64(
        MACS["md5-suffix"](BODY)
    )


WRONG: dict[str, tuple[Any, type[Exception]]] = {
    "an unknown name": ("sha1", ValueError),
    "none": ([], ValueError),
    "not a name": (5, TypeError),
    "no names": ([5], TypeError),
    "a token among several": (["hmac-sha256", "token"], ValueError),
    "a public key among several": (["hmac-sha256", "ed25519"], ValueError),
}


@rows(("algorithm", "error"), WRONG.values(), ids=WRONG)
def test_a_wrong_algorithm_is_an_error_at_construction(algorithm: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="algorithm"):
        _scheme(algorithm)


@rows("secret", ["", " ", "-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----"])
def test_an_unusable_secret_is_an_error_at_construction(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        Verifier(secret, scheme=_scheme("sha1-suffix"))
