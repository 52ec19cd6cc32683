"""Secrets as people configure them, and the keys that they hold.

A :class:`Secret` is a text or bytes with a label and a window of validity. What its text means is
for a scheme to say; for Standard Webhooks (1.0.0, section "Signature scheme") it is read by
:func:`verifying_key` and :func:`signing_key`, and the prefix pins the kind: ``whsec_`` holds an
HMAC-SHA256 key and never anything but ``v1``, ``whpk_`` and ``whsk_`` hold the halves of an Ed25519
pair and never anything but ``v1a``.
"""

from __future__ import annotations

import warnings
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from webhook_verify.errors import InvalidSecret, WeakSecretWarning
from webhook_verify.keys import Ed25519SigningKey, Ed25519VerifyingKey, HmacKey
from webhook_verify.tracebacks import hide_arguments, safe_repr

__all__ = [
    "MIN_KEY_BYTES",
    "Secret",
    "as_secrets",
    "derive_keys",
    "from_base64",
    "hmac_key_from_bytes",
    "hmac_key_from_text",
    "signing_key",
    "verifying_key",
]

# Standard Webhooks 1.0.0: 24 to 64 bytes. Real senders use shorter ones, so those only warn;
# below 16 bytes (128 bits) guessing comes within reach.
_RECOMMENDED_KEY_BYTES = 24
MIN_KEY_BYTES = 16
"""The shortest HMAC key that is taken, unless the scheme says otherwise."""

# Each kind of key, and what some dashboards show in front of it: v1,whsec_...
_PREFIXES = {"whsec": "v1,", "whpk": "v1a,", "whsk": "v1a,"}

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    from webhook_verify.keys import Hash, SigningKey, VerifyingKey

    _Key = TypeVar("_Key")


@safe_repr
class Secret:
    """One configured secret: ``Secret("whsec_...", label="2026-11", expires_at=when)``.

    ``value`` is the secret as the provider shows it (str), or a raw HMAC key or PEM (bytes).
    ``label`` is the name under which :attr:`Delivery.secret_label` tells that this secret matched.
    ``not_before`` (inside) and ``expires_at`` (outside) are aware datetimes; the secret is used
    only between them. Neither repr, str, format nor pickle shows the value.

    Raises :class:`InvalidSecret` for an empty or blank value, TypeError for a value that is neither
    str nor bytes, ValueError for a naive datetime or an empty window.
    """

    __slots__ = ("_end", "_label", "_start", "_value")

    @hide_arguments
    def __init__(
        self,
        value: str | bytes,
        *,
        label: str | None = None,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self._value = _strip_paste_marks(value)
        if label is not None and (type(label) is not str or not label.strip()):
            raise ValueError("a label is a text that is not blank, or None")
        self._label = label
        self._start = _to_unix("not_before", not_before, float("-inf"))
        self._end = _to_unix("expires_at", expires_at, float("inf"))
        if self._start >= self._end:
            raise ValueError("not_before must be earlier than expires_at")

    @property
    def label(self) -> str | None:
        """The name of the secret, None if it has none."""
        return self._label

    def valid_at(self, when: float) -> bool:
        """Whether the secret may be used at this instant (Unix seconds)."""
        return self._start <= when < self._end

    @property
    def always_valid(self) -> bool:
        """Whether the secret has neither a first nor a last instant."""
        return self._start == float("-inf") and self._end == float("inf")

    @property
    def sort_key(self) -> tuple[float, float]:
        """Sorts secrets by age: what expires is older than what does not, then by ``not_before``."""
        return (self._end, self._start)

    def reveal(self) -> str | bytes:
        """The value itself. For schemes and signers; never log what this returns."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret(label={self.label!r})"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled, so that it does not leak: build it where it is used")


def _strip_paste_marks(value: object) -> str | bytes:
    """The value without the marks that pasting leaves: outer blanks and one pair of quotes."""
    if isinstance(value, str):
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
            value = value[1:-1].strip()
    elif isinstance(value, bytes):
        value = bytes(value)
    else:
        raise TypeError(
            f"a secret is str (as the provider shows it) or bytes (a raw key), not {type(value).__name__}"
        )
    if not value.strip():
        raise InvalidSecret("the secret is empty: is the environment variable or setting that holds it set?")
    return value


def as_secrets(secret: object) -> list[Secret]:
    """One or several secrets, each str, bytes or :class:`Secret`, as a list of Secrets.

    Raises :class:`InvalidSecret` for an empty list and TypeError for anything else.
    """
    kind = type(secret).__name__
    values: Any = [secret] if isinstance(secret, str | bytes | bytearray | Secret) else secret
    if not hasattr(values, "__iter__") or isinstance(values, Mapping | memoryview):
        raise TypeError(f"a secret is str, bytes, Secret or several of these, not {kind}")
    secrets = [item if isinstance(item, Secret) else Secret(item) for item in values]
    if not secrets:
        raise InvalidSecret("there is no secret: an empty list can neither verify nor sign")
    return secrets


def derive_keys(secret: object, make: Callable[[Secret], _Key]) -> list[tuple[str, Secret, _Key]]:
    """(label, secret, key) of one or several secrets, the key made by ``make``.

    A secret without a label is called by its place, ``secret-1``. Raises :class:`InvalidSecret` that
    names the secret it is about, and ValueError for two of the same label.
    """
    keys: list[tuple[str, Secret, _Key]] = []
    for number, item in enumerate(as_secrets(secret), 1):
        label = item.label or f"secret-{number}"
        problem = ""
        try:
            keys.append((label, item, make(item)))
        except InvalidSecret as error:
            problem = str(error)
        if problem:
            raise InvalidSecret(f"{label}: {problem}")
    labels = [label for label, _, _ in keys]
    if len(set(labels)) < len(labels):
        raise ValueError(f"two secrets have the same label, so nothing could tell them apart: {labels}")
    return keys


def _to_unix(name: str, when: object, default: float) -> float:
    if when is None:
        return default
    if not isinstance(when, datetime):
        raise TypeError(f"{name} is an aware datetime or None, not {type(when).__name__}")
    if when.utcoffset() is None:
        raise ValueError(
            f"{name} has no time zone: use an aware datetime, such as datetime.now(timezone.utc)"
        )
    return when.timestamp()


def verifying_key(secret: Secret, min_key_bytes: int = MIN_KEY_BYTES) -> VerifyingKey:
    """The key with which a receiver verifies: ``whsec_``, bare base64, raw bytes, ``whpk_`` or PEM.

    ``min_key_bytes``: the shortest HMAC key that is taken. Raises :class:`InvalidSecret` for anything
    else, and ImportError for an Ed25519 key when the extra ``asymmetric`` is not installed. Warns with
    :class:`WeakSecretWarning` of a short HMAC key.
    """
    kind, key = _parse(secret, min_key_bytes)
    if kind == "whsk":
        raise InvalidSecret("a whsk_ key signs; a receiver verifies with the whpk_ key that belongs to it")
    return HmacKey(key) if kind == "whsec" else Ed25519VerifyingKey(key)


def signing_key(secret: Secret, min_key_bytes: int = MIN_KEY_BYTES) -> SigningKey:
    """The key with which a sender signs: ``whsec_``, bare base64, raw bytes, ``whsk_`` or PEM.

    Raises and warns as :func:`verifying_key`.
    """
    kind, key = _parse(secret, min_key_bytes)
    if kind == "whpk":
        raise InvalidSecret("a whpk_ key only verifies; a sender signs with the whsk_ key that belongs to it")
    return HmacKey(key) if kind == "whsec" else Ed25519SigningKey(key)


def hmac_key_from_text(secret: Secret, digest: Callable[[bytes], Hash] = sha256) -> HmacKey:
    """The HMAC key that a text itself is, in UTF-8 and not decoded any further; bytes are that key already.

    Raises :class:`InvalidSecret` for a public key and for what is as good as empty. Warns with
    :class:`WeakSecretWarning` of a short key, for the provider may let its users choose one.
    """
    value = secret.reveal()
    return hmac_key_from_bytes(
        value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"), digest
    )


def hmac_key_from_bytes(key: bytes, digest: Callable[[bytes], Hash] = sha256) -> HmacKey:
    """The HMAC key of these octets. Raises and warns as :func:`hmac_key_from_text`."""
    if key.startswith(_PUBLIC_KEY_STARTS):
        raise InvalidSecret("this is a public key, which anybody may know: it cannot be an HMAC secret")
    if not key.strip(b"\0"):
        raise InvalidSecret(
            "the secret is all zeros, and HMAC takes that for the empty key, which anybody has"
        )
    if len(key) < MIN_KEY_BYTES:
        _warn(f"an HMAC key has {len(key)} bytes; fewer than {MIN_KEY_BYTES} can be guessed")
    return HmacKey(key, digest)


_PUBLIC_KEY_STARTS = (b"-----BEGIN ", b"whpk_", b"ssh-")


def _parse(secret: Secret, min_key_bytes: int) -> tuple[str, bytes]:
    """The kind of key (whsec, whpk, whsk or pem) and its bytes."""
    value = secret.reveal()
    if isinstance(value, bytes):
        kind, key = _parse_bytes(value)
    else:
        kind, key = _parse_text(value)
    if kind == "whsec":
        _check_strength(key, min_key_bytes)
    return kind, key


def _parse_bytes(value: bytes) -> tuple[str, bytes]:
    start = value.find(b"-----BEGIN ")
    if start >= 0:  # a PEM may have a comment in front
        return "pem", value[start:]
    text = value.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\v\f\"'`")
    if _split_prefix(text[:16].decode("latin-1"))[0]:
        raise InvalidSecret(
            "bytes are taken as a raw key, but these start like a text: pass the secret as str"
        )
    return "whsec", value


def _parse_text(value: str) -> tuple[str, bytes]:
    if value.startswith("-----BEGIN"):
        return "pem", value.encode("utf-8", "replace")
    kind, encoded = _split_prefix(value)
    if kind and not encoded:
        raise InvalidSecret(f"the secret holds nothing after {kind}_: was it cut when it was copied?")
    decoded = from_base64(encoded)
    if decoded is None:
        raise InvalidSecret(
            "the secret is not base64 after a known prefix (whsec_, whpk_, whsk_) or none: copy it again, "
            "whole, as the provider shows it; if the text itself is the provider's key, pass it as bytes"
        )
    return kind or "whsec", decoded


def _split_prefix(text: str) -> tuple[str, str]:
    """The kind that the prefix tells, "" without one, and the rest."""
    for kind, form in _PREFIXES.items():
        unprefixed = text.removeprefix(form)
        if unprefixed.startswith(f"{kind}_"):
            return kind, unprefixed[len(kind) + 1 :]
    return "", text


def from_base64(text: str) -> bytes | None:
    """The bytes of base64 text, padded or not; a lenient decoder would make an empty key of junk."""
    unpadded = text.rstrip("=")
    padding = -len(unpadded) % 4
    if unpadded and padding < 3 and len(text) - len(unpadded) in (0, padding):
        try:
            return a2b_base64(unpadded + "=" * padding, strict_mode=True)
        except ValueError:
            pass  # no base64 either
    return None


# In the encodings of Ed25519 keys (RFC 8410 section 3): the algorithm's identifier.
_ED25519_IDENTIFIER = bytes.fromhex("06032b6570")


def _check_strength(key: bytes, min_key_bytes: int) -> None:
    # Whatever everybody knows must not become an HMAC key: everybody could sign.
    if _ED25519_IDENTIFIER in key[:16] or key.startswith(b"ssh-"):
        raise InvalidSecret("this is an Ed25519 key and no HMAC secret: pass it as whpk_... or as a PEM")
    if len(key) < min_key_bytes:
        raise InvalidSecret(f"the HMAC key has {len(key)} bytes; fewer than {min_key_bytes} can be guessed")
    if len(key) < _RECOMMENDED_KEY_BYTES:
        _warn(
            f"an HMAC key has {len(key)} bytes; Standard Webhooks asks for at least {_RECOMMENDED_KEY_BYTES}"
        )
    elif not key.strip(b"\0"):  # HMAC pads keys with zeros
        _warn("an HMAC key is all zeros, a placeholder: it signs as the empty key does, which anybody has")


def _warn(text: str) -> None:
    # No stacklevel: from one place, Python's default filter shows a warning once.
    category = WeakSecretWarning
    warnings.warn(text, category, stacklevel=1)
