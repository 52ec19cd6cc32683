"""The ways in which a body comes to a verifier: at once, or in pieces."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from webhook_verify import Delivery, Verifier

__all__ = ["WAYS", "Verify", "every_way"]


def at_once(given: Verifier, body: bytes, headers: Any) -> Delivery:
    return given.verify(body, headers)


def in_chunks(given: Verifier, body: bytes, headers: Any) -> Delivery:
    verification = given.begin(headers)
    for start in range(0, len(body), 7):
        verification.update(body[start : start + 7])
    return verification.finish()


def in_one_chunk(given: Verifier, body: bytes, headers: Any) -> Delivery:
    verification = given.begin(headers)
    verification.update(body)
    return verification.finish(b"")


def ends_with_the_last(given: Verifier, body: bytes, headers: Any) -> Delivery:
    return given.begin(headers).finish(body)


Verify = Callable[[Verifier, bytes, Any], Delivery]
WAYS: list[Verify] = [at_once, in_chunks, in_one_chunk, ends_with_the_last]

every_way = pytest.mark.parametrize(
    "verify", WAYS, ids=[way.__name__ for way in (at_once, in_chunks, in_one_chunk, ends_with_the_last)]
)
