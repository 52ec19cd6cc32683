"""The specification's delivery, how the other side signs it and sends it, and the verdicts that there are."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.signing import SECRET
from webhook_verify import (
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    TimestampOutsideTolerance,
)

# The specification's delivery, signed both ways (its "v1" and "v1a" vectors).
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
PUBLIC = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4="
PRIVATE = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
SIGNATURE_V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="

KEY = b64decode(SECRET.removeprefix("whsec_"))
PUBLIC_BYTES = b64decode(PUBLIC.removeprefix("whpk_"))
SEED = b64decode(PRIVATE.removeprefix("whsk_"))[:32]
# RFC 8410: twelve bytes that say Ed25519, then the key.
PUBLIC_PEM = (
    f"-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA{PUBLIC.removeprefix('whpk_')}\n-----END PUBLIC KEY-----\n"
)
PADDED = "aDeFC3Zn55XB3PDD2zF0JP9cyrDHdV/18VOmkTcuyto="  # 32 bytes, so its base64 ends in one "="
PADDED_KEY = b64decode(PADDED)
OTHER_KEY = bytes(range(100, 132))
OTHER_SECRET = "whsec_" + b64encode(OTHER_KEY).decode()
WRONG = "v1," + b64encode(bytes(32)).decode()
WRONG_V1A = "v1a," + b64encode(bytes(64)).decode()


@dataclass(frozen=True)
class Accepted:
    """A Delivery, verified by the secret of this label."""

    key: str = "secret-1"
    scheme: str = "standard-webhooks"


@dataclass(frozen=True)
class Rejected:
    """The error that must be raised: exactly this class, reason and status hint."""

    error: type[RejectedDelivery]
    reason: Reason
    status_hint: int


MISSING = Rejected(MalformedDelivery, Reason.MISSING_HEADER, 400)
DUPLICATE = Rejected(MalformedDelivery, Reason.DUPLICATE_HEADER, 400)
UNREADABLE = Rejected(MalformedDelivery, Reason.UNREADABLE_HEADER, 400)
TOO_OLD = Rejected(TimestampOutsideTolerance, Reason.TOO_OLD, 401)
TOO_NEW = Rejected(TimestampOutsideTolerance, Reason.TOO_NEW, 401)
MISMATCH = Rejected(SignatureMismatch, Reason.SIGNATURE_MISMATCH, 401)
NO_SECRET = Rejected(SignatureMismatch, Reason.NO_SECRET, 401)
ACCEPTED = Accepted()


@dataclass(frozen=True, kw_only=True)
class Case:
    """One delivery as it is received, and the verdict. ``options`` are the Verifier's."""

    name: str
    verdict: Accepted | Rejected
    headers: Any
    body: bytes | bytearray | memoryview = BODY
    secret: Any = SECRET
    now: float = TIMESTAMP
    options: Mapping[str, Any] = field(default_factory=dict)


def case(name: str, verdict: Accepted | Rejected, headers: Any, **delivery: Any) -> Case:
    """A row of the table."""
    return Case(name=name, verdict=verdict, headers=headers, **delivery)


# --- How the other side signs -------------------------------------------------------------------


def content(id: str | bytes, timestamp: object, body: bytes) -> bytes:
    """The signed content."""
    octets = id if isinstance(id, bytes) else id.encode("utf-8", "surrogatepass")
    return b".".join((octets, str(timestamp).encode("utf-8"), body))


def v1(id: str | bytes = ID, timestamp: object = TIMESTAMP, body: bytes = BODY, *, key: bytes = KEY) -> str:
    """The ``v1`` entry that a sender with this key makes."""
    mac = hmac.new(key, content(id, timestamp, body), hashlib.sha256).digest()
    return "v1," + b64encode(mac).decode()


def v1a(id: str = ID, timestamp: object = TIMESTAMP, body: bytes = BODY, *, seed: bytes = SEED) -> str:
    """The ``v1a`` entry that a sender with this private key makes."""
    signature = Ed25519PrivateKey.from_private_bytes(seed).sign(content(id, timestamp, body))
    return "v1a," + b64encode(signature).decode()


def trio(
    id: object = ID, timestamp: object = str(TIMESTAMP), signature: object = SIGNATURE, brand: str = "webhook"
) -> dict[str, Any]:
    """The three headers of one brand."""
    return {f"{brand}-id": id, f"{brand}-timestamp": timestamp, f"{brand}-signature": signature}


def signed(
    id: str | bytes = ID, timestamp: object = TIMESTAMP, body: bytes = BODY, *, key: bytes = KEY
) -> dict[str, Any]:
    """The three headers of a delivery that is genuine as far as the signature goes."""
    return trio(id, str(timestamp), v1(id, timestamp, body, key=key))


def listed(*entries: str) -> dict[str, Any]:
    """The specification's delivery with this list of signatures."""
    return trio(signature=" ".join(entries))


def renamed(rename: Callable[[str], Any], headers: dict[str, Any]) -> dict[Any, Any]:
    """The same headers under other spellings of their names."""
    return {rename(name): value for name, value in headers.items()}


def environ(headers: dict[str, Any]) -> dict[str, Any]:
    """A WSGI environ, or Django's META."""
    http = renamed(lambda name: "HTTP_" + name.upper().replace("-", "_"), headers)
    return {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "application/json", "wsgi.input": object(), **http}


def octets(headers: dict[str, Any]) -> list[tuple[bytes, bytes]]:
    """An ASGI scope's headers."""
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]


def message(pairs: Iterable[tuple[str, str]]) -> Message:
    """The headers as the standard library parses them: repeats stay repeats."""
    parsed = Message()
    for name, value in pairs:
        parsed[name] = value
    return parsed


def nested(value: object, depth: int) -> object:
    """A list in a list in a list."""
    for _ in range(depth):
        value = [value]
    return value


GOOD = trio()
GOOD_SVIX = trio(brand="svix")
PAIRS = list(GOOD.items())
SVIX_PAIRS = list(GOOD_SVIX.items())
ASGI = octets(GOOD)

MAC = SIGNATURE.removeprefix("v1,")
MAC_BYTES = b64decode(MAC)
