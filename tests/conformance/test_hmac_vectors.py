"""The published vectors of HMAC: RFC 2202 for SHA-1, RFC 4231 for SHA-256 and SHA-512."""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

from tests.rows import rows
from webhook_verify.keys import HmacKey

LARGE_KEY = b"\xaa" * 131
LARGE_DATA = b"Test Using Larger Than Block-Size Key - Hash Key First"
LARGER_DATA = (
    b"This is a test using a larger than block-size key and a larger than block-size data. "
    b"The key needs to be hashed before being used by the HMAC algorithm."
)

VECTORS: list[tuple[str, Callable[[bytes], Any], bytes, bytes, str]] = [
    ("sha1 1", hashlib.sha1, b"\x0b" * 20, b"Hi There", "b617318655057264e28bc0b6fb378c8ef146be00"),
    (
        "sha1 2",
        hashlib.sha1,
        b"Jefe",
        b"what do ya want for nothing?",
        "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
    ),
    ("sha1 3", hashlib.sha1, b"\xaa" * 20, b"\xdd" * 50, "125d7342b9ac11cd91a39af48aa17b4f63f175d3"),
    (
        "sha1 4",
        hashlib.sha1,
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "4c9007f4026250c6bc8414f9bf50c86c2d7235da",
    ),
    ("sha1 6", hashlib.sha1, b"\xaa" * 80, LARGE_DATA, "aa4ae5e15272d00e95705637ce8a3b55ed402112"),
    (
        "sha256 1",
        hashlib.sha256,
        b"\x0b" * 20,
        b"Hi There",
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
    ),
    (
        "sha256 2",
        hashlib.sha256,
        b"Jefe",
        b"what do ya want for nothing?",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    (
        "sha256 3",
        hashlib.sha256,
        b"\xaa" * 20,
        b"\xdd" * 50,
        "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe",
    ),
    (
        "sha256 4",
        hashlib.sha256,
        bytes(range(1, 26)),
        b"\xcd" * 50,
        "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b",
    ),
    (
        "sha256 6",
        hashlib.sha256,
        LARGE_KEY,
        LARGE_DATA,
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        "sha256 7",
        hashlib.sha256,
        LARGE_KEY,
        LARGER_DATA,
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
    (
        "sha512 1",
        hashlib.sha512,
        b"\x0b" * 20,
        b"Hi There",
        "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cde"
        "daa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854",
    ),
    (
        "sha512 2",
        hashlib.sha512,
        b"Jefe",
        b"what do ya want for nothing?",
        "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
        "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ),
    (
        "sha512 6",
        hashlib.sha512,
        LARGE_KEY,
        LARGE_DATA,
        "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f352"
        "6b56d037e05f2598bd0fd2215d6a1e5295e64f73f63f0aec8b915a985d786598",
    ),
]

tables = rows("digest, key, data, mac", [row[1:] for row in VECTORS], ids=[row[0] for row in VECTORS])


@tables
def test_the_mac_is_the_published_one(digest: Any, key: bytes, data: bytes, mac: str) -> None:
    assert HmacKey(key, digest).sign(data) == _base64(bytes.fromhex(mac))
    for cut in {0, 1, len(data)}:  # the content in two parts, wherever they meet
        assert _is_accepted(HmacKey(key, digest), bytes.fromhex(mac), data[:cut], data[cut:])


@tables
def test_a_mac_with_any_bit_changed_or_cut_off_is_refused(
    digest: Any, key: bytes, data: bytes, mac: str
) -> None:
    hmac_key, right = HmacKey(key, digest), bytes.fromhex(mac)
    changed = [
        right[:place] + bytes([right[place] ^ 1 << bit]) + right[place + 1 :]
        for place in range(len(right))
        for bit in range(8)
    ]
    cut = [right[:size] for size in range(len(right))]
    others = [right + b"\0", right[::-1], bytes(len(right)), b"\xff" * len(right), right * 2]
    accepted = [each for each in (*changed, *cut, *others) if _is_accepted(hmac_key, each, b"", data)]
    assert accepted == []


@tables
def test_another_key_or_another_message_is_refused(digest: Any, key: bytes, data: bytes, mac: str) -> None:
    right = bytes.fromhex(mac)
    for other in (key + b"\1", key[:-1], bytes([key[0] ^ 1]) + key[1:]):
        assert not _is_accepted(HmacKey(other, digest), right, b"", data)
    for message in (data + b"\0", data[:-1], b"\0" + data, b""):
        assert not _is_accepted(HmacKey(key, digest), right, b"", message)


def _is_accepted(key: HmacKey, mac: bytes, before: bytes, body: bytes) -> bool:
    streaming = key.start([("v1", _base64(mac))])
    for part in (before, body):
        streaming.update(part)
    at_once = key.verify([("v1", _base64(mac))], before, body, b"")
    assert streaming.matches() == at_once
    return at_once


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode()
