"""Memory use of verification: a body is neither copied for signing nor stored again.

The measure is the peak of Python's allocations (``tracemalloc``) since the start of the call. It does not
include the body or the chunks of the caller, which exist before, or the joined chunks, which are
`Delivery.body` and therefore the result.
"""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.signing import NOW, SECRET, VERIFIER
from webhook_verify import RejectedDelivery, Signer

BODY = bytes(range(256)) * 4_096  # 1 MB
CHUNKS = [BODY[start : start + 65_536] for start in range(0, len(BODY), 65_536)]
MAX_PEAK_BYTES = 65_536

HEADERS = Signer(SECRET).sign(BODY, id="msg_1", timestamp=NOW)
FORGED = {**HEADERS, "webhook-id": "msg_2"}


@contextmanager
def peak() -> Iterator[Callable[[], int]]:
    """The most bytes allocated at once since the start."""
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def verified(headers: dict[str, str]) -> bool:
    try:
        return VERIFIER.verify(BODY, headers).body is BODY
    except RejectedDelivery:
        return False


def streamed(headers: dict[str, str]) -> bool:
    verification = VERIFIER.begin(headers)
    for chunk in CHUNKS:
        verification.update(chunk)
    try:
        return verification.finish().body == BODY
    except RejectedDelivery:
        return False


@pytest.mark.parametrize(
    ("headers", "genuine"), [(HEADERS, True), (FORGED, False)], ids=["genuine", "forged"]
)
def test_verifying_a_megabyte_allocates_less_than_64_kb(headers: dict[str, str], genuine: bool) -> None:
    with peak() as most:
        assert verified(headers) is genuine
        assert most() < MAX_PEAK_BYTES


def test_streaming_a_megabyte_allocates_less_than_64_kb_beside_the_joined_body() -> None:
    with peak() as most:
        assert streamed(HEADERS)
        assert most() - len(BODY) < MAX_PEAK_BYTES


def test_streaming_a_forged_megabyte_does_not_even_join_it() -> None:
    with peak() as most:
        assert not streamed(FORGED)
        assert most() < MAX_PEAK_BYTES


def test_a_copy_would_have_been_seen() -> None:
    """Proof that what is measured above is what it says: one copy of the body is far over the limit."""
    with peak() as most:
        assert len(b".".join((b"msg_1", BODY))) > len(BODY)
        assert most() > len(BODY)
