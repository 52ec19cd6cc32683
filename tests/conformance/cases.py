"""The conformance table: what a receiver is sent, and the verdict it must reach.

Drawn from Standard Webhooks 1.0.0 and from what the official libraries test. The delivery that most
rows vary is the specification's own: its secret, id, timestamp and body, received in the very second
it was signed. Rows are signed here with ``hmac`` and ``cryptography`` alone, so that the package
under test is not its own judge; an altered delivery carries the signature of its unaltered self, and
a delivery that is refused for its form carries a good signature of just that form.

Here are the rows about the body, the order of checks and published deliveries, and all rows together.
"""

from __future__ import annotations

from dataclasses import replace

from tests.conformance.cases_headers import ABSENT, BRANDS, DUPLICATES, IDS, NAMES, TIMESTAMPS, T, without
from tests.conformance.cases_signatures import ED25519, EXPIRED, LISTS, SECRETS
from tests.conformance.spec_delivery import (
    ACCEPTED,
    BODY,
    DUPLICATE,
    GOOD,
    ID,
    MISMATCH,
    MISSING,
    PADDED,
    PUBLIC,
    SIGNATURE,
    SIGNATURE_V1A,
    TIMESTAMP,
    TOO_OLD,
    UNREADABLE,
    WRONG,
    Accepted,
    Case,
    Rejected,
    case,
    listed,
    signed,
    trio,
    v1,
)
from tests.signing import SECRET

# --- Body, alterations, order, vectors ----------------------------------------------------------


class OddBytes(bytes):
    """A subclass, as some frameworks have them."""


EVERY_BYTE = bytes(range(256))
EVEN_BYTES = EVERY_BYTE[::2]
BODIES: dict[str, bytes] = {
    "empty": b"",
    "one byte": b"1",
    "not UTF-8": b"\xff\xfe\x80{}",
    "every byte": EVERY_BYTE,
    "NULs": b"\0\0\0",
    "UTF-8": '{"name": "\u9ec4\U0001f4a9"}'.encode(),
    "byte order mark": b"\xef\xbb\xbf{}",
    "CRLF": b"{\r\n}\r\n",
    "dots": b"...",
    "looks like a timestamp": b"1614265331.{}",
    "form": b"a=1&b=2",
    "no JSON": b"{",
    "64 bytes, a block of SHA-256": b"x" * 64,
    "1 MiB and one byte": b"\xab" * (2**20 + 1),
}
ALTERED: dict[str, tuple[bytes, bytes]] = {
    "one bit": (BODY, b'{"test": 2432232315}'),
    "byte added": (BODY, BODY + b"\n"),
    "byte cut off": (BODY, BODY[:-1]),
    "emptied": (BODY, b""),
    "filled": (b"", BODY),
    "serialised again": (BODY, b'{"test":2432232314}'),
    "decoded with replacement": (b"\xff{}", "\ufffd{}".encode()),
    "replacement turned back": ("\ufffd{}".encode(), b"\xff{}"),
    "byte order mark cut off": (b"\xef\xbb\xbf{}", b"{}"),
    "byte order mark added": (b"{}", b"\xef\xbb\xbf{}"),
    "CRLF turned to LF": (b"{\r\n}", b"{\n}"),
    "LF turned to CRLF": (b"{\n}", b"{\r\n}"),
    "composed letter decomposed": ("\xe9".encode(), "e\u0301".encode()),
    "escape written out": (b'"\\u00e9"', '"\xe9"'.encode()),
    "NUL cut off": (b"{}\0", b"{}"),
    "cut at the NUL": (b"{}\0{}", b"{}"),
    "latin-1 turned to UTF-8": (b"\xe9", "\xe9".encode()),
}
CONTENT = [
    *(case(f"body: {name}", ACCEPTED, signed(body=body), body=body) for name, body in BODIES.items()),
    case("body: bytearray", ACCEPTED, signed(body=EVERY_BYTE), body=bytearray(EVERY_BYTE)),
    case("body: memoryview", ACCEPTED, signed(body=EVERY_BYTE), body=memoryview(EVERY_BYTE)),
    case("body: memoryview with gaps", ACCEPTED, signed(body=EVEN_BYTES), body=memoryview(EVERY_BYTE)[::2]),
    case("body: subclass of bytes", ACCEPTED, GOOD, body=OddBytes(BODY)),
    *(case(f"altered body: {n}", MISMATCH, signed(body=was), body=now) for n, (was, now) in ALTERED.items()),
    case("altered: id", MISMATCH, trio(id="msg_2")),
    case("altered: letter case of the id", MISMATCH, trio(id=ID.upper())),
    case("altered: id cut off", MISMATCH, trio(id=ID[:-1])),
    case("altered: timestamp, one second later", MISMATCH, trio(timestamp=str(TIMESTAMP + 1))),
    case("altered: timestamp, one second earlier", MISMATCH, trio(timestamp=str(TIMESTAMP - 1))),
    case("altered: timestamp of an old delivery", MISMATCH, {**signed(timestamp=1), "webhook-timestamp": T}),
    case("altered: signature of another delivery", MISMATCH, trio(signature=v1("msg_2"))),
]

ORDER = [
    case("order: missing header before stale timestamp", MISSING, without("webhook-id", signed(timestamp=1))),
    case("order: duplicate before missing header", DUPLICATE, [("webhook-id", "a"), ("webhook-id", "b")]),
    case("order: unreadable id before stale timestamp", UNREADABLE, signed("msg_\0", 1)),
    case("order: unreadable timestamp before wrong signature", UNREADABLE, trio(ID, "hello", WRONG)),
    case("order: stale timestamp before wrong signature", TOO_OLD, listed(WRONG), now=TIMESTAMP + 301),
    case("order: stale timestamp before expired secret", TOO_OLD, GOOD, secret=EXPIRED, now=TIMESTAMP + 301),
]


def vector(
    name: str,
    secret: str | bytes,
    id: str,
    timestamp: int,
    body: bytes,
    signature: str,
    verdict: Accepted | Rejected = ACCEPTED,
) -> Case:
    """A published delivery, received in the second in which it was signed."""
    return case(
        f"vector: {name}",
        verdict,
        trio(id, str(timestamp), signature),
        secret=secret,
        body=body,
        now=timestamp,
    )


_LITHIC_BODY = (
    b'{"card_token":"sit Lorem ipsum, accusantium repellendus possimus","created_at":"elit. placeat libero '
    b'architecto molestias, sit","account_token":"elit.","issuer_decision":"magnam, libero esse Lorem ipsum '
    b'magnam, magnam,","tokenization_attempt_id":"illum dolor repellendus libero esse accusantium",'
    b'"wallet_decisioning_info":{"device_score":"placeat architecto"},"digital_wallet_token_metadata":'
    b'{"status":"reprehenderit dolor","token_requestor_id":"possimus","payment_account_info":'
    b'{"account_holder_data":{"phone_number":"libero","email_address":"nobis molestias, veniam culpa! quas '
    b'elit. quas libero esse architecto placeat"},"pan_unique_reference":"adipisicing odit magnam, odit"}}}'
)
VECTORS = [
    SPEC := vector("Standard Webhooks, v1", SECRET, ID, TIMESTAMP, BODY, SIGNATURE),
    replace(SPEC, name="vector: Standard Webhooks, v1a", secret=PUBLIC, headers=listed(SIGNATURE_V1A)),
    replace(SPEC, name="vector: Standard Webhooks, v1 after v1a", headers=listed(SIGNATURE_V1A, SIGNATURE)),
    *(
        replace(SPEC, name=f"vector: C#, {size} times a", body=b"a" * size, headers=listed(signature))
        for size, signature in {
            262_143: "v1,NTItnqyWMoFhk2Bbe5V/BMdcFRWgcSQaTgqLHX7FC7c=",
            262_144: "v1,Mw4Pe2WgApuT7NSqnSq0PQPV9gbLdggCl9B865x5Xh0=",
            1_048_576: "v1,txpEUxqWZJ5nteTnymUVa+7C4NHpBeXJ6CsBAW0c3/A=",
        }.items()
    ),
    vector(
        "the Rust library",
        "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
        "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk",
        1649367553,
        b'{"email":"test@example.com","username":"test_user"}',
        "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=",
    ),
    vector(
        "Lithic, Python library",
        "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst",
        "msg_2Lh9KRb0pzN4LePd3XiA4v12Axj",
        1676312382,
        _LITHIC_BODY,
        "v1,Dwa0AHInLL3XFo2sxcHamOQDrJNi7F654S3L6skMAOI=",
    ),
    vector(
        "Lithic, documentation",
        PADDED,
        "65a9dad4-1b60-4686-83fd-65b25078a4b4",
        1698031907,
        b'{"acquirer_fee":0,"amount":2000,"authorization_amount":2000}',
        "v1,OGBiqPtc/O2sWacUsuS4pvTdfFBv6dqxYX/4UFzrbGk=",
    ),
    # The specification's example of headers shows a signature of another of its messages.
    vector(
        "Standard Webhooks, the header example, which is no real signature",
        PUBLIC,
        "msg_2KWPBgLlAfxdpx2AI54pPJ85f4W",
        1674087231,
        BODY,
        SIGNATURE_V1A,
        MISMATCH,
    ),
]

CASES: list[Case] = [
    *NAMES,
    *ABSENT,
    *DUPLICATES,
    *BRANDS,
    *TIMESTAMPS,
    *IDS,
    *LISTS,
    *ED25519,
    *SECRETS,
    *CONTENT,
    *ORDER,
    *VECTORS,
]
