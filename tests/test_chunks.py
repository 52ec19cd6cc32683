"""A body in very small chunks needs little more memory than the body."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import Receiver, Secret, Signer, Verifier
from webhook_verify.api.secret_source import SecretSource
from webhook_verify.body import MAX_LOOSE_CHUNKS, Chunks, join_small_chunks
from webhook_verify.http import RequestHead

BODY = bytes(range(256)) * 128  # 32 KiB
NOW = 1_790_000_000.0
ED25519_KEY = "whsk_" + "nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A="
ED25519_PUBLIC = "whpk_" + "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="


def chunks_of(size: int, body: bytes = BODY) -> list[bytes]:
    return [body[start : start + size] for start in range(0, len(body), size)]


@rows("size", [1, 2, 3, 7, 63, 64, 65, 1_000, 1_100, 5_000])
def test_chunks_are_the_body_in_its_order(size: int) -> None:
    chunks = Chunks()
    for chunk in chunks_of(size):
        chunks.append(chunk)
    assert b"".join(chunks) == BODY
    assert len(chunks) <= 2 * MAX_LOOSE_CHUNKS
    assert chunks[0] == BODY[:size]


def test_large_chunks_are_not_copied() -> None:
    chunk = b"x" * 4_096
    chunks = [chunk] * (3 * MAX_LOOSE_CHUNKS)
    assert join_small_chunks(chunks, 2 * MAX_LOOSE_CHUNKS) == 4 * MAX_LOOSE_CHUNKS
    assert all(one is chunk for one in chunks)


def _receiver(verifier: Any, **options: Any) -> Callable[[dict[str, str]], Any]:
    receiver = Receiver(verifier, **options)
    return lambda headers: receiver.begin(RequestHead("POST", "/", headers))


def _clock() -> float:
    return NOW


BEGINS: dict[str, tuple[Callable[[dict[str, str]], Any], str]] = {
    "HMAC": (Verifier(SECRET, clock=_clock).begin, SECRET),
    "Ed25519": (Verifier(ED25519_PUBLIC, clock=_clock).begin, ED25519_KEY),
    "two secrets": (Verifier([Secret("b" * 32), SECRET], clock=_clock).begin, SECRET),
    "a receiver": (_receiver(Verifier(SECRET, clock=_clock)), SECRET),
    "a receiver with a diagnosis": (_receiver(Verifier(SECRET, clock=_clock), diagnose=True), SECRET),
    "a secret source": (_receiver(SecretSource(lambda: SECRET, clock=_clock)), SECRET),
}


@rows("case", BEGINS)
@pytest.mark.parametrize("size", [2, *(pytest.param(size, marks=pytest.mark.slow) for size in (1, 3, 8))])
def test_small_chunks_take_at_most_three_times_the_body(case: str, size: int) -> None:
    begin, secret = BEGINS[case]
    headers = Signer(secret).sign(BODY, id="1", timestamp=int(NOW))
    verification = begin(headers)
    tracemalloc.start()
    try:
        for start in range(0, len(BODY), size):
            verification.update(BODY[start : start + size])
        delivery = verification.finish()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert delivery.body == BODY
    assert peak < 3 * len(BODY) + 50_000  # for the loose chunks, whatever the size of the body
