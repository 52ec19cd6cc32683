"""Which keys a provider's algorithm takes, and what the text of a configured secret means to it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from webhook_verify.errors import InvalidSecret
from webhook_verify.key_kinds import HmacKey, TokenKey
from webhook_verify.keys import Secret, from_base64, octets_key, text_key

if TYPE_CHECKING:
    from webhook_verify.key_kinds import SigningKey, VerifyingKey

__all__ = ["ALGORITHMS", "HABITS", "Algorithm"]


class Algorithm(NamedTuple):
    """How keys are made of a secret and its habit.

    ``size`` is a signature's, in octets, 0 for any; ``version`` is what its keys call their signatures;
    ``signs`` says whether it signs at all.
    """

    name: str
    size: int
    verifying_key: Callable[[Secret, str], VerifyingKey]
    signing_key: Callable[[Secret, str], SigningKey]
    version: str = "v1"
    signs: bool = True


def _hmac(digest: str, secret: Secret, habit: str) -> HmacKey:
    """Raises :class:`InvalidSecret`; a short key only warns, for providers let their users choose one."""
    make = getattr(hashlib, digest)
    value = secret.reveal()
    if habit == "text" or isinstance(value, bytes):
        return text_key(secret, make)
    key = from_base64(value) if habit == "base64" else _from_hex(value)
    if not key:
        raise InvalidSecret(
            f"the secret is not {HABITS[habit]}: copy it again, whole, as the provider shows it"
        )
    return octets_key(key, make)


def _from_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if text.isalnum() else None
    except ValueError:
        return None


def _token(secret: Secret, habit: str) -> TokenKey:
    value = secret.reveal()
    text = value.decode("latin-1") if isinstance(value, bytes) else value
    if not (text.isascii() and text.isprintable()):
        raise InvalidSecret("a token is sent in a header, so it must be printable ASCII")
    return TokenKey(text)


HABITS = {
    "text": "the text itself, in UTF-8, with whatever prefix it has",
    "base64": "base64 of the key",
    "hex": "the key in hex",
}

_HMACS = {
    f"hmac-{name}": Algorithm(f"HMAC-{name.upper()}", size, partial(_hmac, name), partial(_hmac, name))
    for name, size in (("sha256", 32), ("sha1", 20), ("sha512", 64))
}

ALGORITHMS: dict[str, Algorithm] = {
    **_HMACS,
    "token": Algorithm("a plain token", 0, _token, _token, signs=False),
}
