"""Verification of HTTP message signatures (RFC 9421): ours and the calls of cryptography that it needs.

The bare calls are the SHA-256 of the body, and the verification of a signature base that is already built, by
a key that is already loaded. Ours parses three headers, checks the profile and builds the signature base. The
target is for Ed25519; RSA and HMAC are so fast that parsing takes longer than they do.
"""

from __future__ import annotations

import hmac
from base64 import b64decode
from functools import partial
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import event
from benchmarks._measure import Call, Series, Target, interleaved
from webhook_verify import Signer, Verifier
from webhook_verify.schemes.http_signature import HttpSignature, Profile

ROUNDS = 150
URL = "https://example.com/hooks?tenant=1"
SECRET = "a shared secret of 32 characters"
OURS, BARE = "ours", "bare cryptography"


def run(console: Console) -> list[Target]:
    """Measure, print a table, and return the target."""
    body = event(1_000, "ascii")
    measured = {
        name: interleaved(_contenders(name, key, body), rounds=ROUNDS) for name, key in _keys().items()
    }
    console.print(_table(measured))
    ratio = measured["ed25519"].ratio(OURS, BARE)
    return [Target("http-signature, ed25519, 1,000 B: ours / bare cryptography", ratio, "<=", 1.3)]


def _keys() -> dict[str, Any]:
    rsa_key = rsa.generate_private_key(65537, 2048)
    return {
        "ed25519": ed25519.Ed25519PrivateKey.generate(),
        "ecdsa-p256-sha256": ec.generate_private_key(ec.SECP256R1()),
        "rsa-pss-sha512": rsa_key,
        "rsa-v1_5-sha256": rsa_key,
        "hmac-sha256": None,
    }


def _contenders(algorithm: str, key: Any, body: bytes) -> dict[str, Call]:
    public = private = SECRET
    if key is not None:
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        spki = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        public = spki.decode()
    scheme = HttpSignature("bench", Profile(algorithms=(algorithm,)))
    verifier = Verifier(public, scheme=scheme)
    headers = {
        "host": "example.com",
        "user-agent": "sender/1",
        "accept": "*/*",
        "content-type": "application/json",
        **Signer(private, scheme=scheme).sign(body, url=URL, method="POST"),
    }
    _, _, [(_, signature)], base, _, _ = scheme.parse_headers(headers, URL, "POST")
    bare = _bare(algorithm, key and key.public_key(), b64decode(signature), base)
    return {
        OURS: partial(verifier.verify, body, headers, url=URL, method="POST"),
        BARE: lambda: (sha256(body).digest(), bare()),
    }


def _bare(algorithm: str, key: Any, signature: bytes, base: bytes) -> Call:
    if algorithm == "ed25519":
        return partial(key.verify, signature, base)
    if algorithm == "ecdsa-p256-sha256":
        number, hashed = int.from_bytes, ec.ECDSA(SHA256())
        return lambda: key.verify(
            encode_dss_signature(number(signature[:32]), number(signature[32:])), base, hashed
        )
    if algorithm == "rsa-pss-sha512":
        return partial(key.verify, signature, base, padding.PSS(padding.MGF1(SHA512()), 64), SHA512())
    if algorithm == "rsa-v1_5-sha256":
        return partial(key.verify, signature, base, padding.PKCS1v15(), SHA256())
    return partial(hmac.digest, SECRET.encode(), base, "sha256")


def _table(measured: dict[str, Series]) -> Table:
    table = Table("algorithm", "ours, µs", "bare, µs", "ratio", "extra, µs", title="HTTP message signatures")
    for name, series in measured.items():
        ours, bare, extra = (
            figure / 1_000
            for figure in (series.median(OURS), series.median(BARE), series.difference(OURS, BARE))
        )
        table.add_row(name, f"{ours:.0f}", f"{bare:.0f}", f"{series.ratio(OURS, BARE):.2f}", f"{extra:.0f}")
    return table
