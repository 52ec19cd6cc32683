"""What the rows of :mod:`tests.integrations.contract` send: signed deliveries, and requests as bytes.

They are signed here with ``hmac`` and ``cryptography`` alone, so that the package under test is not its
own judge.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.integrations.wire import Sending

PATH = "/webhooks/svix"
LIMIT = 1_048_576
TOLERANCE = 300

KEY, OLD_KEY, WRONG_KEY = bytes(range(32)), bytes(range(32, 64)), bytes(range(64, 96))
PRIVATE_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(96, 128)))
SECRET = f"whsec_{b64encode(KEY).decode()}"
OLD_SECRET = f"whsec_{b64encode(OLD_KEY).decode()}"
PUBLIC = f"whpk_{b64encode(PRIVATE_KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)).decode()}"

BODY = b'{"type": "invoice.paid",  "customer": "Zo\xc3\xab", "amount": 1.0}\n'

Pairs = list[tuple[str, str]]


# Signed deliveries


def new_id() -> str:
    return f"msg_{uuid4().hex}"


def mac(msg_id: str, timestamp: str, body: bytes, key: bytes = KEY) -> str:
    content = b"%b.%b.%b" % (msg_id.encode(), timestamp.encode(), body)
    return "v1," + b64encode(hmac.digest(key, content, hashlib.sha256)).decode()


def ed25519(msg_id: str, timestamp: str, body: bytes) -> str:
    content = b"%b.%b.%b" % (msg_id.encode(), timestamp.encode(), body)
    return "v1a," + b64encode(PRIVATE_KEY.sign(content)).decode()


def signed(
    body: bytes = BODY,
    *,
    brand: str = "webhook",
    age: int = 0,
    key: bytes = KEY,
    msg_id: str = "",
    timestamp: str = "",
) -> Pairs:
    """The three headers of a delivery that was signed so many seconds ago."""
    msg_id, timestamp = msg_id or new_id(), timestamp or str(int(time.time()) - age)
    trio = ("id", msg_id), ("timestamp", timestamp), ("signature", mac(msg_id, timestamp, body, key))
    return [(f"{brand}-{part}", value) for part, value in trio]


def changed(pairs: Pairs, name: str, change: Callable[[str], str]) -> Pairs:
    return [(each, change(value) if each == name else value) for each, value in pairs]


def without(pairs: Pairs, name: str) -> Pairs:
    return [(each, value) for each, value in pairs if each != name]


def value_of(pairs: Pairs, part: str) -> str:
    return next(value for name, value in pairs if name.endswith(part))


def with_signatures(*makers: Callable[[str, str, bytes], str], body: bytes = BODY) -> Pairs:
    """A delivery whose signature header lists what each of these makes of it."""
    pairs = signed(body)
    msg_id, timestamp = value_of(pairs, "-id"), value_of(pairs, "-timestamp")
    entries = " ".join(make(msg_id, timestamp, body) for make in makers)
    return changed(pairs, "webhook-signature", lambda _: entries)


def garbage(*_: object) -> str:
    return "v1," + b64encode(hashlib.sha256(uuid4().bytes).digest()).decode()


# What a request looks like on the wire


def head(
    pairs: Pairs,
    *framing: str,
    method: str = "POST",
    target: str = PATH,
    version: str = "1.1",
    content_type: str = "application/json",
    connection: str = "close",
) -> bytes:
    lines = [f"{method} {target} HTTP/{version}", "Host: hooks.example", f"Connection: {connection}"]
    lines += [f"Content-Type: {content_type}"] * bool(content_type)
    lines += [*framing, *(f"{name}: {value}" for name, value in pairs), "", ""]
    return "\r\n".join(lines).encode("latin-1")


def post(
    pairs: Pairs | None = None,
    body: bytes = BODY,
    *,
    method: str = "POST",
    target: str = PATH,
    version: str = "1.1",
    content_type: str = "application/json",
) -> Sending:
    """A request with a length."""
    pairs = signed(body) if pairs is None else pairs
    start = head(
        pairs,
        f"Content-Length: {len(body)}",
        method=method,
        target=target,
        version=version,
        content_type=content_type,
    )
    return Sending(start + body)


def chunked(pieces: Iterable[bytes], pairs: Pairs | None = None, *, pauses: bool = False) -> Sending:
    """A request whose body comes in chunks."""
    pieces = list(pieces)
    start = head(signed(b"".join(pieces)) if pairs is None else pairs, "Transfer-Encoding: chunked")
    return Sending(start, tuple(chunks(pieces)), pauses=pauses)


def chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    for piece in pieces:
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"


def framed(*framing: str, body: bytes = BODY, pairs: Pairs | None = None) -> Sending:
    """A genuine delivery under framing headers of its own."""
    return Sending(head(signed(body) if pairs is None else pairs, *framing) + body)


def ended(framing: str, body: bytes) -> Sending:
    """A delivery that ends before its framing says so."""
    return Sending(head(signed(), framing) + body, ends=True)


def gone(start: bytes, *pieces: bytes) -> Sending:
    return Sending(start, pieces, hangs_up=True, pauses=True)


def twice(part: str, value: str | None = None) -> Sending:
    """A genuine delivery, one header of which stands twice; with the same value unless there is another."""
    pairs = signed()
    return post([*pairs, (f"webhook-{part}", value_of(pairs, f"-{part}") if value is None else value)])


def altered(part: str, change: Callable[[str], str]) -> Sending:
    return post(changed(signed(), f"webhook-{part}", change))


def event(word: str) -> Sending:
    return post(body=b'{"type": "%b"}' % word.encode())


def in_pauses() -> Sending:
    whole = post().head
    return Sending(whole[:40], (whole[40:200], whole[200:-9], whole[-9:]), pauses=True)


def expecting(sends: bool) -> Sending:
    pairs = signed(age=0 if sends else TOLERANCE + 1)
    start = head(pairs, f"Content-Length: {len(BODY)}", "Expect: 100-continue")
    return Sending(start, (BODY,) if sends else (), waits=sends)


def smuggled(msg_id: str = "") -> Pairs:
    """A genuine trio under names that a CGI-like server could take for the real ones."""
    return [(name.replace("-", "_"), value) for name, value in signed(msg_id=msg_id)]


def nested(*, in_chunks: bool) -> Sending:
    """A stale delivery, on a connection that goes on, whose body is a genuine one with head and all."""
    body = post().head
    framing = "Transfer-Encoding: chunked" if in_chunks else f"Content-Length: {len(body)}"
    start = head(signed(body, age=TOLERANCE + 1), framing, connection="keep-alive")
    last = head([], method="GET", target="/")
    return Sending(start + (b"".join(chunks([body])) if in_chunks else body) + last)
