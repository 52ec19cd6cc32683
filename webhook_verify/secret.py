"""Configured secrets and their keys.

A `Secret` is a text or bytes with a label and a validity window. The scheme defines the meaning of the text.
For Standard Webhooks (1.0.0, section "Signature scheme"), `verifying_key` and `signing_key` parse it, and the
prefix determines the kind of the key: `whsec_` is an HMAC-SHA256 key for `v1` only, `whpk_` and `whsk_` are
the public and the private key of an Ed25519 pair for `v1a` only.
"""

from __future__ import annotations

import warnings
from binascii import a2b_base64
from collections.abc import Callable, Mapping
from datetime import datetime
from hashlib import sha256

from webhook_verify import credentials
from webhook_verify._times import optional_unix_time
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

# Standard Webhooks 1.0.0 requires 24 to 64 bytes. Some senders use shorter keys, so these only cause a
# warning. Keys below 16 bytes (128 bits) are rejected, because they may be guessed.
_RECOMMENDED_KEY_BYTES = 24
MIN_KEY_BYTES = 16
"""The shortest accepted HMAC key in bytes, unless the scheme defines another limit."""

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import Any, NoReturn, TypeVar

    from webhook_verify.keys import Hash, SigningKey, VerifyingKey

    _Key = TypeVar("_Key")


@safe_repr
class Secret:
    """A configured secret, such as `Secret("whsec_...", label="2026-11", expires_at=when)`.

    Neither repr, str, format nor pickle shows the value.

    Args:
        value: The secret as the provider shows it (str), or a raw HMAC key or PEM (bytes).
        label: The name of the secret in `Delivery.secret_label`. By default its position, such as `secret-1`.
        not_before: The start of the validity window, an aware datetime, inclusive.
        expires_at: The end of the validity window, an aware datetime, exclusive.

    Raises:
        InvalidSecret: If `value` is empty or only whitespace.
        TypeError: If `value` is neither str nor bytes, or a limit of the window is not a datetime.
        ValueError: If a datetime is naive, the window is empty, or `label` is empty.
    """

    __slots__ = ("_configured", "_end", "_label", "_start", "_value")

    @hide_arguments
    def __init__(
        self,
        value: str | bytes,
        *,
        label: str | None = None,
        not_before: datetime | None = None,
        expires_at: datetime | None = None,
    ) -> None:
        self._value, self._configured = _strip_paste_marks(value), value
        if label is not None and (type(label) is not str or not label.strip()):
            raise ValueError("label must be a non-empty str or None")
        self._label = label
        self._start = optional_unix_time("not_before", not_before, float("-inf"))
        self._end = optional_unix_time("expires_at", expires_at, float("inf"))
        if self._start >= self._end:
            raise ValueError("not_before must be earlier than expires_at")

    @property
    def label(self) -> str | None:
        """The label of the secret, or None."""
        return self._label

    def valid_at(self, when: float) -> bool:
        """Return whether the secret is valid at a time.

        Args:
            when: The time, in Unix seconds.

        Returns:
            True if `when` is in the validity window.
        """
        return self._start <= when < self._end

    @property
    def always_valid(self) -> bool:
        """Whether the validity window has no limits."""
        return self._start == float("-inf") and self._end == float("inf")

    @property
    def sort_key(self) -> tuple[float, float]:
        """The sort key for age, oldest first: `expires_at` (no end is the newest), then `not_before`."""
        return (self._end, self._start)

    def reveal(self) -> str | bytes:
        """Return the value of the secret. For schemes and signers. Never log it.

        Returns:
            The value, without surrounding whitespace and quotes.
        """
        return self._value

    def as_configured(self) -> Secret | None:
        """Return the secret with its surrounding whitespace and quotes, or None without any.

        Returns:
            The secret, or None.
        """
        if self._value == self._configured:
            return None
        copy = Secret("unused")
        copy._value = self._configured
        return copy

    def __repr__(self) -> str:
        return f"Secret(label={self.label!r})"

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret cannot be pickled, so that it does not leak: create it where it is used")


def _strip_paste_marks(value: object) -> str | bytes:
    """Return the value without surrounding whitespace and one pair of quotes, which copying may add."""
    if isinstance(value, str):
        value = value.strip()
        if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'`":
            value = value[1:-1].strip()
    elif isinstance(value, bytes):
        value = bytes(value)
    else:
        raise TypeError(
            "secret must be a str (as the provider shows it) or bytes (a raw key), "
            f"not {type(value).__name__!r}"
        )
    if not value.strip():
        raise InvalidSecret("secret is empty: check the environment variable or setting that contains it")
    return value


def as_secrets(secret: object) -> list[Secret]:
    """Return one or several secrets as a list.

    Args:
        secret: A str, bytes or `Secret`, or an iterable of these.

    Returns:
        The secrets.

    Raises:
        InvalidSecret: If the iterable or a secret is empty.
        TypeError: If `secret` has another type.
    """
    kind = type(secret).__name__
    values: Any = [secret] if isinstance(secret, str | bytes | bytearray | Secret) else secret
    if not hasattr(values, "__iter__") or isinstance(values, Mapping | memoryview):
        raise TypeError(f"secret must be a str, bytes, Secret or an iterable of these, not {kind!r}")
    secrets = [item if isinstance(item, Secret) else Secret(item) for item in values]
    if not secrets:
        raise InvalidSecret("secret is an empty list: pass at least one secret")
    return secrets


def derive_keys(
    secret: object, make: Callable[[Secret], _Key], pattern: str = ""
) -> list[tuple[str, Secret, _Key]]:
    """Derive a key from each secret.

    Args:
        secret: A str, bytes or `Secret`, or an iterable of these.
        make: Derives the key of a secret.
        pattern: A regular expression of secrets. Warns about other credentials. "" for none.

    Returns:
        The (label, secret, key) of each secret. The default label is its position, such as `secret-1`.

    Raises:
        ImportError: If a key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If a secret is invalid. The message contains its label.
        TypeError: If `secret` has another type.
        ValueError: If two secrets have the same label.
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
        if pattern:
            credentials.warn_about_credential(label, item.reveal(), pattern)
    labels = [label for label, _, _ in keys]
    if len(set(labels)) < len(labels):
        raise ValueError(f"labels must be unique, but two secrets have the same label: {labels}")
    return keys


def verifying_key(secret: Secret, min_key_bytes: int = MIN_KEY_BYTES) -> VerifyingKey:
    """Return the key with which a receiver verifies. Warns with `WeakSecretWarning` if an HMAC key is short.

    Args:
        secret: The secret: `whsec_`, base64 without a prefix, raw bytes, `whpk_` or a PEM.
        min_key_bytes: The shortest accepted HMAC key, in bytes.

    Returns:
        The key.

    Raises:
        ImportError: If an Ed25519 key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If the secret has another form, or is too short.
    """
    kind, key = _parse(secret, min_key_bytes)
    if kind == "whsk":
        raise InvalidSecret("a whsk_ key is for signing: verify with the whpk_ key of the same pair")
    return HmacKey(key) if kind == "whsec" else Ed25519VerifyingKey(key)


def signing_key(secret: Secret, min_key_bytes: int = MIN_KEY_BYTES) -> SigningKey:
    """Return the key with which a sender signs. Warns with `WeakSecretWarning` if an HMAC key is short.

    Args:
        secret: The secret: `whsec_`, base64 without a prefix, raw bytes, `whsk_` or a PEM.
        min_key_bytes: The shortest accepted HMAC key, in bytes.

    Returns:
        The key.

    Raises:
        ImportError: If an Ed25519 key needs the extra `asymmetric`, which is not installed.
        InvalidSecret: If the secret has another form, or is too short.
    """
    kind, key = _parse(secret, min_key_bytes)
    if kind == "whpk":
        raise InvalidSecret("a whpk_ key is for verifying: sign with the whsk_ key of the same pair")
    return HmacKey(key) if kind == "whsec" else Ed25519SigningKey(key)


def hmac_key_from_text(secret: Secret, digest: Callable[[bytes], Hash] = sha256) -> HmacKey:
    """Return the HMAC key of a secret whose text is the key itself, in UTF-8.

    Warns with `WeakSecretWarning` about a short key and does not reject it, because some providers let their
    users choose the secret.

    Args:
        secret: The secret. Bytes are used unchanged.
        digest: The hash, a function of hashlib.

    Returns:
        The key.

    Raises:
        InvalidSecret: If the secret is a public key, or all zeros.
    """
    value = secret.reveal()
    return hmac_key_from_bytes(
        value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass"), digest
    )


def hmac_key_from_bytes(key: bytes, digest: Callable[[bytes], Hash] = sha256) -> HmacKey:
    """Return the HMAC key of these bytes. Warns with `WeakSecretWarning` about a short key.

    Args:
        key: The bytes of the key.
        digest: The hash, a function of hashlib.

    Returns:
        The key.

    Raises:
        InvalidSecret: If `key` is a public key, or all zeros.
    """
    if key.startswith(_PUBLIC_KEY_STARTS) or credentials.is_public_key(key):
        if b"PRIVATE KEY-----" in key[:64]:
            raise InvalidSecret("secret is a private key. Configure the webhook's signing secret instead")
        raise InvalidSecret("secret is a public key: an HMAC secret must not be public")
    if not key.strip(b"\0"):
        raise InvalidSecret(
            "secret is all zeros, which HMAC treats as an empty key: copy the secret of the provider"
        )
    if len(key) < MIN_KEY_BYTES:
        _warn(f"an HMAC key has {len(key)} bytes; a key of fewer than {MIN_KEY_BYTES} can be guessed")
    return HmacKey(key, digest)


_PUBLIC_KEY_STARTS = (b"-----BEGIN ", b"whpk_", b"ssh-")


def _parse(secret: Secret, min_key_bytes: int) -> tuple[str, bytes]:
    """Return the kind of the key (whsec, whpk, whsk or pem) and its bytes."""
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
    if start >= 0:  # a PEM may begin with a comment
        return "pem", value[start:]
    text = value.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\v\f\"'`")
    if credentials.split_prefix(text[:16].decode("latin-1"))[0]:
        raise InvalidSecret(
            "secret is bytes, which are a raw key, but begins like the text of a secret: pass it as a str"
        )
    return "whsec", value


def _parse_text(value: str) -> tuple[str, bytes]:
    if value.startswith("-----BEGIN"):
        return "pem", value.encode("utf-8", "replace")
    kind, encoded = credentials.split_prefix(value)
    if kind and not encoded:
        raise InvalidSecret(f"secret contains nothing after {kind}_: copy the full secret")
    decoded = from_base64(encoded)
    if decoded is None:
        raise InvalidSecret(
            credentials.problem_of(value)
            or "secret is not valid base64. Copy it in full from the provider's dashboard, including any "
            "whsec_, whpk_ or whsk_ prefix. If the provider uses the text itself as the key, pass bytes"
        )
    return kind or "whsec", decoded


def from_base64(text: str) -> bytes | None:
    """Decode base64 strictly, because a lenient decoder would return an empty key for invalid text.

    Args:
        text: The base64 text, with or without padding.

    Returns:
        The bytes, or None if `text` is empty or not valid base64.
    """
    unpadded = text.rstrip("=")
    padding = -len(unpadded) % 4
    if unpadded and padding < 3 and len(text) - len(unpadded) in (0, padding):
        try:
            return a2b_base64(unpadded + "=" * padding, strict_mode=True)
        except ValueError:
            pass  # not base64
    return None


# The identifier of the algorithm in encodings of Ed25519 keys (RFC 8410 section 3).
_ED25519_IDENTIFIER = bytes.fromhex("06032b6570")


def _check_strength(key: bytes, min_key_bytes: int) -> None:
    # A public key must not become an HMAC key, because then an attacker could sign.
    if _ED25519_IDENTIFIER in key[:16] or key.startswith(b"ssh-"):
        raise InvalidSecret("secret is an Ed25519 key, not an HMAC secret: pass it as whpk_... or as a PEM")
    if len(key) < min_key_bytes:
        raise InvalidSecret(
            f"the HMAC key has {len(key)} bytes; a key of fewer than {min_key_bytes} can be guessed"
        )
    if len(key) < _RECOMMENDED_KEY_BYTES:
        _warn(
            f"an HMAC key has {len(key)} bytes; Standard Webhooks requires at least {_RECOMMENDED_KEY_BYTES}"
        )
    elif not key.strip(b"\0"):  # HMAC pads keys with zeros
        _warn(
            "an HMAC key is all zeros, a placeholder: HMAC treats it as an empty key, so an attacker can sign"
        )


def _warn(text: str) -> None:
    # All warnings have the same location, so that Python's default filter shows each text once.
    category = WeakSecretWarning
    warnings.warn(text, category, stacklevel=1)
