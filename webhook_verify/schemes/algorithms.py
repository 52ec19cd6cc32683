"""Signature algorithms, and how each makes its keys from a configured secret."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from functools import partial

from webhook_verify.credentials import problem_of
from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import (
    Ed25519SigningKey,
    Ed25519VerifyingKey,
    HmacKey,
    PrivateKey,
    PublicKey,
    TokenKey,
)
from webhook_verify.secret import Secret, from_base64, hmac_key_from_bytes, hmac_key_from_text
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from webhook_verify.keys import SigningKey, VerifyingKey
    from webhook_verify.schemes.hash_keys import KeyPerSize, SuffixKey

__all__ = ["ALGORITHMS", "SECRET_ENCODINGS", "Algorithm", "algorithm_named"]


@safe_repr
class Algorithm:
    """A signature algorithm: its name, the size of its signatures, and how its keys are made from a secret.

    Args:
        name: The name on the provider's page.
        size: The size of a signature in bytes, or 0 for any size.
        verifying_key: Makes a receiver's key from a secret and its encoding.
        signing_key: Makes a sender's key from a secret and its encoding.
        version: The version of the signatures that its keys make.
        signs: Whether the algorithm signs content. False for a token.
    """

    __slots__ = ("name", "signing_key", "signs", "size", "verifying_key", "version")

    def __init__(
        self,
        name: str,
        size: int,
        verifying_key: Callable[[Secret, str], VerifyingKey],
        signing_key: Callable[[Secret, str], SigningKey],
        version: str = "v1",
        *,
        signs: bool = True,
    ) -> None:
        self.name: str = name
        self.size: int = size
        self.version: str = version
        self.signs: bool = signs
        self.verifying_key: Callable[[Secret, str], VerifyingKey] = verifying_key
        self.signing_key: Callable[[Secret, str], SigningKey] = signing_key

    def __repr__(self) -> str:
        return f"<algorithm {self.name}>"


# No control characters (C0, DEL, C1) and no surrogates, which are not text.
_HEADER_TEXT = re.compile(r"[^\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def _hmac(digest: str, secret: Secret, encoding: str) -> HmacKey:
    """Make an HMAC key. A short key only causes a warning, because some providers let users choose it."""
    make = getattr(hashlib, digest)
    value = secret.reveal()
    if encoding == "text" or isinstance(value, bytes):
        return hmac_key_from_text(secret, make)
    return hmac_key_from_bytes(_decode_secret(value, encoding), make)


def _suffix(digest: str, secret: Secret, encoding: str) -> SuffixKey:
    """Make a key that is hashed after the content. The HMAC key is made because that checks the secret."""
    from webhook_verify.schemes.hash_keys import SuffixKey  # here, because few schemes need it

    _hmac(digest, secret, encoding)
    value = secret.reveal()
    if isinstance(value, str):
        value = (
            value.encode("utf-8", "surrogatepass") if encoding == "text" else _decode_secret(value, encoding)
        )
    return SuffixKey(value, partial(hashlib.new, digest, usedforsecurity=False))


def _decode_secret(text: str, encoding: str) -> bytes:
    """Decode a secret from base64 or hex."""
    key = from_base64(text) if encoding == "base64" else _from_hex(text)
    if not key:
        raise InvalidSecret(
            problem_of(text)
            or f"secret must be {SECRET_ENCODINGS[encoding]}. Copy it in full from the provider's dashboard"
        )
    return key


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if text.isalnum() else None
    except ValueError:
        return None


def _token(secret: Secret, encoding: str) -> TokenKey:
    value = secret.reveal()
    text = value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value
    if not _HEADER_TEXT.fullmatch(text):
        raise InvalidSecret(
            "secret must be UTF-8 text without control characters, because the token is sent in a header"
        )
    return TokenKey(text)


def _key_bytes(secret: Secret, encoding: str) -> bytes:
    """Return one key of a key pair, as PEM or raw bytes. PEM is recognized in every encoding."""
    value = secret.reveal()
    pem = value if isinstance(value, bytes) else value.encode("utf-8", "replace")
    start = pem.find(b"-----BEGIN ")
    if start >= 0:
        return pem[start:]
    if isinstance(value, bytes):
        return value
    if encoding == "text":
        raise InvalidSecret(
            "secret must be a key in PEM format: several lines, the first of which starts with -----BEGIN"
        )
    return _decode_secret(value, encoding)


def _ed25519_public(secret: Secret, encoding: str) -> PublicKey:
    return Ed25519VerifyingKey(_key_bytes(secret, encoding))


def _ed25519_private(secret: Secret, encoding: str) -> PrivateKey:
    return Ed25519SigningKey(_key_bytes(secret, encoding))


# Each kind has its own signature version, so that a key never verifies a signature of another kind.
_ECDSA, _RSA = "ecdsa-p256-sha256", "rsa-sha256"


def _ecdsa_public(secret: Secret, encoding: str) -> PublicKey:
    from webhook_verify.asymmetric import ecdsa_rsa as serialized

    return PublicKey(_ECDSA, serialized.ecdsa_p256_sha256_verifier(_key_bytes(secret, encoding)))


def _ecdsa_private(secret: Secret, encoding: str) -> PrivateKey:
    from webhook_verify.asymmetric import ecdsa_rsa as serialized

    return PrivateKey(_ECDSA, serialized.ecdsa_p256_sha256_signer(_key_bytes(secret, encoding)))


def _rsa_public(secret: Secret, encoding: str) -> PublicKey:
    from webhook_verify.asymmetric import ecdsa_rsa as serialized

    return PublicKey(_RSA, serialized.rsa_sha256_verifier(_key_bytes(secret, encoding)))


def _rsa_private(secret: Secret, encoding: str) -> PrivateKey:
    from webhook_verify.asymmetric import ecdsa_rsa as serialized

    return PrivateKey(_RSA, serialized.rsa_sha256_signer(_key_bytes(secret, encoding)))


SECRET_ENCODINGS = {
    "text": "the text itself in UTF-8, including any prefix",
    "base64": "the key in base64",
    "hex": "the key in hex",
}

_HMACS = {
    f"hmac-{name}": Algorithm(f"HMAC-{name.upper()}", size, partial(_hmac, name), partial(_hmac, name))
    for name, size in (("sha256", 32), ("sha1", 20), ("sha384", 48), ("sha512", 64), ("md5", 16))
}

# MD5 and SHA-1 with the secret at the end: weak, but the only signatures of some providers.
_SUFFIXES = {
    f"{digest}-suffix": Algorithm(
        f"{name} of the content and the secret (not an HMAC)",
        size,
        partial(_suffix, digest),
        partial(_suffix, digest),
    )
    for name, digest, size in (("MD5", "md5", 16), ("SHA-1", "sha1", 20), ("SHA-256", "sha256", 32))
}

ALGORITHMS: dict[str, Algorithm] = {
    **_HMACS,
    **_SUFFIXES,
    "ed25519": Algorithm("Ed25519", 64, _ed25519_public, _ed25519_private, "v1a"),
    _ECDSA: Algorithm("ECDSA on P-256 with SHA-256, in DER", 0, _ecdsa_public, _ecdsa_private, _ECDSA),
    _RSA: Algorithm("RSA PKCS #1 v1.5 with SHA-256", 0, _rsa_public, _rsa_private, _RSA),
    "token": Algorithm("a plain token", 0, _token, _token, signs=False),
}


def algorithm_named(value: object) -> Algorithm:
    """Return an algorithm, or the one that accepts the signatures of several.

    Args:
        value: A name of `ALGORITHMS`, or several HMACs or hashes, of which the first is used to sign.

    Returns:
        The algorithm.

    Raises:
        TypeError: If `value` is neither a str nor an iterable of str.
        ValueError: If a name is unknown, or one of several is neither an HMAC nor a hash.
    """
    known: Any = value
    values: list[Any] = [*known] if isinstance(value, Iterable) and not isinstance(value, str) else [known]
    if wrong := [each for each in values if not isinstance(each, str)]:
        raise TypeError(f"algorithm must be a str, or several; not {type(wrong[0]).__name__!r}")
    names: list[str] = values
    for name in names:
        if name not in ALGORITHMS:
            raise ValueError(f"algorithm must be one of {', '.join(ALGORITHMS)}; not {name!r}")
    if len(names) == 1:
        return ALGORITHMS[names[0]]
    chosen = [ALGORITHMS[name] for name in names if name in _HMACS or name in _SUFFIXES]
    if len(chosen) < len(names) or not chosen:
        raise ValueError(f"several algorithms must be HMACs or hashes: {', '.join([*_HMACS, *_SUFFIXES])}")

    def verifying_key(secret: Secret, encoding: str) -> KeyPerSize:
        from webhook_verify.schemes.hash_keys import KeyPerSize  # here, because few schemes need it

        return KeyPerSize([(each.size, each.verifying_key(secret, encoding)) for each in chosen])

    title = " or ".join(each.name for each in chosen)
    return Algorithm(title, 0, verifying_key, chosen[0].signing_key)
