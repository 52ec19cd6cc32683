"""Verification that may block: when an `AsyncReceiver` leaves the event loop of asyncio or trio."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import trio

from tests.request_heads import head
from tests.rows import rows
from tests.signing import BODY, NOW, SECRET, signed
from webhook_verify import AsyncReceiver, Delivery, Verifier
from webhook_verify.schemes import StandardWebhooks
from webhook_verify.schemes.fetch_context import caller_of_request

MAX_BYTES_ON_THE_LOOP = 65_536


class ParsingScheme(StandardWebhooks):
    """A scheme that parses the body, and records where and for which caller."""

    parses_body = True

    def __init__(self) -> None:
        super().__init__("parsing", brand="webhook")
        self.threads: list[int] = []
        self.callers: list[str] = []

    def parse_body(self, reading: Any, body: bytes) -> Any:
        self.threads.append(threading.get_ident())
        self.callers.append(caller_of_request.get())
        return super().parse_body(reading, body)

    def verifier(self) -> Verifier:
        return Verifier(SECRET, scheme=self, clock=lambda: NOW)


class FetchingScheme(ParsingScheme):
    """A scheme that may fetch a key for every delivery."""

    fetches_keys = True


class CachingScheme(StandardWebhooks):
    """A scheme that fetches keys into a cache, and does not parse the body."""

    fetches_keys = has_key_cache = True


def run_asyncio(function: Callable[[], Coroutine[Any, Any, Delivery]]) -> Delivery:
    return asyncio.run(function())


@rows("run", [run_asyncio, trio.run], ids=["asyncio", "trio"])
@rows("is_last", [False, True], ids=["before", "with finish"])
@rows(
    ("kind", "size", "is_in_thread"),
    [
        (ParsingScheme, MAX_BYTES_ON_THE_LOOP, False),
        (ParsingScheme, MAX_BYTES_ON_THE_LOOP + 1, True),
        (FetchingScheme, 1, True),
    ],
)
def test_a_large_body_is_parsed_in_a_thread_and_so_is_one_whose_key_is_fetched(
    run: Any, is_last: bool, kind: type[ParsingScheme], size: int, is_in_thread: bool
) -> None:
    scheme, body = kind(), b"x" * size
    receiver = AsyncReceiver(scheme.verifier())

    async def receive() -> Delivery:
        incoming = await receiver.begin(head(signed(body)))
        if is_last:
            return await receiver.finish(incoming, body)
        incoming.update(body)
        return await receiver.finish(incoming)

    assert run(receive).body == body
    assert [thread != threading.get_ident() for thread in scheme.threads] == [is_in_thread]


def test_a_large_body_that_is_not_parsed_stays_on_the_loop() -> None:
    scheme = CachingScheme("caching", brand="webhook")
    verification = Verifier(SECRET, scheme=scheme, clock=lambda: NOW).begin(signed())
    verification.update(b"x" * (MAX_BYTES_ON_THE_LOOP + 1))

    assert verification.may_block, "its key may not be cached"
    assert not verification.needs_thread


def test_a_caller_that_is_not_set_is_unknown() -> None:
    """An unknown caller has no share in the budget of key fetches that each network has."""
    scheme = FetchingScheme()
    verifier = scheme.verifier()
    verifier.verify(BODY, signed())
    verifier.begin(signed()).finish(BODY)
    verification = verifier.begin(signed())
    verification.set_caller("203.0.113.9")
    verification.finish(BODY)

    assert scheme.callers == ["", "", "203.0.113.9"]
