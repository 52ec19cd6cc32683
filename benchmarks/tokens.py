"""Verification of JSON Web Tokens: ours, the cryptography that it needs, and PyJWT.

A token of four claims signs the hash of a JSON event. The contenders have different work:

- ours: ``Verifier.verify`` reads the headers, checks the claims, the times and the hash, and creates a
  Delivery.
- bare calls: only the signature by cryptography or hmac, and the SHA-256 of the body. Nothing is parsed.
- PyJWT: ``jwt.decode``, which checks the signature and the issuer, and the comparison of the hash.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode
from functools import partial
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import event
from benchmarks._measure import Call, Series, Target, interleaved
from webhook_verify import Verifier
from webhook_verify.schemes import JwtScheme

SIZES = (200, 40_000)
ROUNDS = 1_000
SLICE_MS = 0.4  # short, so that most rounds are not interrupted
NOW = 1_790_000_000
SECRET = "5f2c" * 10

OURS, BARE, PYJWT = "ours", "bare calls", "PyJWT, decode"
# Parsing a token takes longer than an HMAC, so the limit for the bare calls is for public keys.
LIMITS = {"HS256": (PYJWT, 1.0), "RS256": (BARE, 1.3), "ES256": (BARE, 1.3)}


def run(console: Console) -> list[Target]:
    """Measure, print a table for each algorithm, and return the targets."""
    targets: list[Target] = []
    for algorithm, (other, limit) in LIMITS.items():
        measured = {
            size: interleaved(_contenders(algorithm, event(size, "ascii")), rounds=ROUNDS, slice_ms=SLICE_MS)
            for size in SIZES
        }
        console.print(_table(algorithm, measured))
        for size, series in measured.items():
            name = f"{algorithm}, {size:,} B: ours / {other}"
            targets.append(Target(name, series.ratio(OURS, other), "<=", limit))
    return targets


def _contenders(algorithm: str, body: bytes) -> dict[str, Call]:
    private, public, secret = _keys(algorithm)
    claims = {"iss": "acme", "iat": NOW, "jti": "1b9d6bcd", "digest": hashlib.sha256(body).hexdigest()}
    token = jwt.encode(claims, private, algorithm)
    scheme = JwtScheme(
        "acme",
        header="acme-token",
        algorithm=algorithm,
        claims={"iss": "acme", "digest": "{sha256:body}"},
        id_claim="jti",
    )
    verify = Verifier(secret, scheme=scheme, clock=lambda: NOW).verify
    options: Any = {"verify_iat": False}

    def decode() -> bool:
        received = jwt.decode(token, public, algorithms=[algorithm], issuer="acme", options=options)
        return hmac.compare_digest(received["digest"], hashlib.sha256(body).hexdigest())

    return {
        OURS: partial(verify, body, {"acme-token": token}),
        BARE: _bare(algorithm, public, token, body),
        PYJWT: decode,
    }


def _keys(algorithm: str) -> tuple[Any, Any, str]:
    """Return the signing key, the verifying key of the others, and our secret."""
    if algorithm == "HS256":
        return SECRET, SECRET, SECRET
    private: Any = (
        rsa.generate_private_key(65537, 2048)
        if algorithm == "RS256"
        else ec.generate_private_key(ec.SECP256R1())
    )
    public = private.public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private, public, pem.decode()


def _bare(algorithm: str, public: Any, token: str, body: bytes) -> Call:
    content, _, encoded = token.rpartition(".")
    message, signature = content.encode(), urlsafe_b64decode(encoded + "==")
    if algorithm == "HS256":
        key = SECRET.encode()
        check: Call = partial(hmac.digest, key, message, "sha256")
    elif algorithm == "RS256":
        check = partial(public.verify, signature, message, PKCS1v15(), SHA256())
    else:
        r, s = (int.from_bytes(part, "big") for part in (signature[:32], signature[32:]))
        check = partial(public.verify, encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))

    def calls() -> bytes:
        check()
        return hashlib.sha256(body).digest()

    return calls


def _table(algorithm: str, measured: dict[int, Series]) -> Table:
    title = f"{algorithm}: microseconds per call (times {BARE})"
    table = Table("contender", title=title, title_justify="left")
    for size in measured:
        table.add_column(f"{size:,} B", justify="right")
    for contender in next(iter(measured.values())).rounds:
        cells = (
            f"{series.median(contender) / 1000:,.2f} ({series.ratio(contender, BARE):5.2f})"
            for series in measured.values()
        )
        table.add_row(contender, *cells)
    return table
