"""The format of a sealed delivery: bytes that cross a queue, authenticated with a key of the application.

    version (1 byte, 0x01) | length of the header (4 bytes, big-endian) | header | body | MAC (32 bytes)

The header is JSON in ASCII with sorted keys. The MAC is HMAC-SHA256 over everything before it. Its key is
derived from the application's key, which may have other uses. No pickle: bytes from a queue never decide
which code runs. The text form is base64url without padding.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Any

from webhook_verify.errors import InvalidSeal, InvalidSecret, SealMismatch
from webhook_verify.secret import MIN_KEY_BYTES, Secret, derive_keys

__all__ = ["SCHEME_FLAGS", "as_text", "from_text", "header_of", "pack", "seal_keys", "unpack", "valid_key"]

SCHEME_FLAGS = ("has_id_in_body", "signs_body", "signs_event_type", "signs_id", "signs_timestamp")
"""The properties of a scheme that a delivery reads. The seal contains them: a worker may lack the scheme."""

_VERSION = b"\x01"
_MAC_BYTES = 32
_FIXED_BYTES = 1 + 4 + _MAC_BYTES
_PURPOSE = b"webhook-verify: sealed delivery, version 1"
_NOT_SEALED = "expected a sealed delivery of version 1, as Delivery.seal() returns it"


def seal_keys(key: object) -> list[tuple[Secret, bytes]]:
    """Derive the keys of seals.

    Args:
        key: A str, bytes or `Secret`, or several of them.

    Returns:
        Each secret, and the key that is derived from it.

    Raises:
        InvalidSecret: If a key is empty or shorter than 16 bytes.
        TypeError: If a key has another type.
    """
    return [(secret, derived) for _, secret, derived in derive_keys(key, _derive)]


def valid_key(key: object, now: float) -> bytes:
    """Return the first derived key that is valid.

    Args:
        key: A str, bytes or `Secret`, or several of them.
        now: Unix seconds.

    Returns:
        The derived key.

    Raises:
        InvalidSecret: If a key is empty or shorter than 16 bytes.
        TypeError: If a key has another type.
        ValueError: If no key is valid at that time.
    """
    for secret, derived in seal_keys(key):
        if secret.valid_at(now):
            return derived
    raise ValueError("no key of the seal is valid now: check not_before and expires_at of the secrets")


def _derive(secret: Secret) -> bytes:
    value = secret.reveal()
    key = value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    if len(key) < MIN_KEY_BYTES:
        raise InvalidSecret(
            f"the key of a seal has {len(key)} bytes and needs at least {MIN_KEY_BYTES}: create one with "
            "secrets.token_urlsafe(32)"
        )
    return hmac.digest(key, _PURPOSE, "sha256")


def header_of(parts: tuple[Any, ...], id_in_body: str, namespace: str, sealed_at: float) -> dict[str, Any]:
    """Describe a delivery, except for its body.

    Args:
        parts: The parts of a `Delivery`.
        id_in_body: The message id in its body, or "".
        namespace: The name of the queue or the tenant.
        sealed_at: Unix seconds.

    Returns:
        The header, with values of JSON.

    Raises:
        TypeError: If `namespace` is not a str.
    """
    if type(namespace) is not str:
        raise TypeError(f"namespace must be a str, not {type(namespace).__name__!r}")
    message_id, timestamp, body, scheme, label, event_type = parts[:6]
    header: dict[str, Any] = {"id": message_id, "timestamp": timestamp, "scheme": scheme, "label": label}
    header |= {"event_type": event_type, "namespace": namespace, "sealed_at": int(sealed_at)}
    if len(parts) == 7:
        own, signed_body, before, content, after = parts[6]
        texts = {"before": before, "after": after}
        texts |= {"signed_body": signed_body} if signed_body != body else {}
        texts |= {"content": content} if content != signed_body else {}
        header["signed"] = {name: b64encode(value).decode("ascii") for name, value in texts.items()}
        header["flags"] = [name for name in SCHEME_FLAGS if getattr(own, name)]
        header |= {"id_in_body": id_in_body, "json_form_field": own.json_form_field}
        header["id_on_retry"] = own.id_on_retry
    return header


def pack(header: dict[str, Any], body: bytes, key: bytes) -> bytes:
    """Seal a header and a body.

    Args:
        header: Values of JSON.
        body: The bytes after the header.
        key: A key of `seal_keys`.

    Returns:
        The sealed bytes.
    """
    text = json.dumps(header, separators=(",", ":"), sort_keys=True).encode("ascii")
    content = b"".join((_VERSION, len(text).to_bytes(4), text, body))
    return content + hmac.digest(key, content, "sha256")


def unpack(sealed: bytes, keys: list[bytes]) -> tuple[dict[str, Any], bytes]:
    """Authenticate sealed bytes.

    Args:
        sealed: The sealed bytes.
        keys: The keys that may have sealed them.

    Returns:
        The header and the body.

    Raises:
        InvalidSeal: If the bytes are not a seal of this version.
        SealMismatch: If none of the keys has sealed them.
    """
    if sealed[:1] != _VERSION or len(sealed) < _FIXED_BYTES:
        raise InvalidSeal(_NOT_SEALED)
    content, mac = memoryview(sealed)[:-_MAC_BYTES], sealed[-_MAC_BYTES:]
    if not any(hmac.compare_digest(hmac.new(key, content, sha256).digest(), mac) for key in keys):
        raise SealMismatch(
            "the seal matches no key: it was changed, or sealed with a key that is not configured"
        )
    size = int.from_bytes(content[1:5])
    try:
        header: Any = json.loads(bytes(content[5 : 5 + size]))
    except (ValueError, RecursionError):
        header = None
    if header.__class__ is not dict:
        raise InvalidSeal(_NOT_SEALED)
    return header, bytes(content[5 + size :])


def as_text(sealed: bytes) -> str:
    """Return sealed bytes as text.

    Args:
        sealed: The sealed bytes.

    Returns:
        The text, in base64url without padding.
    """
    return urlsafe_b64encode(sealed).decode("ascii").rstrip("=")


def from_text(text: str | bytes) -> bytes:
    """Return the sealed bytes of a text.

    Args:
        text: The text of `as_text`.

    Returns:
        The sealed bytes.

    Raises:
        InvalidSeal: If the text is not canonical base64url.
    """
    given = text.encode("ascii", "replace") if isinstance(text, str) else text
    try:
        sealed = urlsafe_b64decode(given + b"=" * (-len(given) % 4))
    except ValueError:
        sealed = b""
    if not sealed or as_text(sealed).encode("ascii") != given:
        raise InvalidSeal(_NOT_SEALED)
    return sealed
