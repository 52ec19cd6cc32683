"""The cost of replay protection at its store, compared with the necessary calls of the driver.

Redis: claim and complete a delivery through the receiver, through the store, and with a bare EVALSHA of the
same two scripts and the same client, on a real ``redis-server`` on loopback. Sync code handles one delivery
after the other, and asyncio 16 at a time. Memory: the resident memory of a separate process that has
completed three times the capacity of the store, and the cost of a claim with a thousand and with a million
ids.
"""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from itertools import count
from typing import Any

import redis
import redis.asyncio
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import SECRET
from benchmarks._measure import Call, Series, Target, interleaved
from tests.replay.helpers import Unavailable
from tests.replay.servers import redis_server
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.delivery import make_delivery
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import AsyncRedisStore, MemoryStore, RedisStore, ReplayGuard
from webhook_verify.replay import redis_scripts as scripts
from webhook_verify.replay.redis import DEFAULT_PREFIX

ROUNDS = 60
TASKS = 16
IDS = 1_000_000
FEW = 1_000
LEASE, KEEP = 60.0, 345_600.0
TOKEN = "t" * 22

MAX_RATIO_TO_BARE = 1.25
MAX_MEGABYTES = 256.0
MAX_RATIO_TO_FEW = 1.5
"""A million records do not fit into the processor's caches, but a thousand do."""

_FACTS = RequestHead("POST", "/hook", [])

_numbers = count()


def run(console: Console) -> list[Target]:
    """Measure, print the tables, and return the targets."""
    try:
        with redis_server() as server:
            blocking, awaited = _redis(server.url), _redis_awaited(server.url)
    except Unavailable as missing:
        console.print(f"replay: {missing}")
        return []
    memory = _memory()
    peak = _peak_megabytes()
    console.print(_table(blocking, awaited, memory))
    return [
        Target(
            "Receiver on Redis / bare EVALSHA", blocking.ratio("receiver", "bare"), "<=", MAX_RATIO_TO_BARE
        ),
        Target(
            "AsyncReceiver on Redis / bare EVALSHA",
            awaited.ratio("receiver", "bare"),
            "<=",
            MAX_RATIO_TO_BARE,
        ),
        Target("RedisStore / bare EVALSHA", blocking.ratio("store", "bare"), "<=", MAX_RATIO_TO_BARE),
        Target("AsyncRedisStore / bare EVALSHA", awaited.ratio("store", "bare"), "<=", MAX_RATIO_TO_BARE),
        Target(f"MemoryStore, {IDS:,} ids, then bounded", peak, "<", MAX_MEGABYTES, "MB"),
        Target(f"MemoryStore, {IDS:,} ids / {FEW:,}", memory.ratio("many", "few"), "<=", MAX_RATIO_TO_FEW),
    ]


def _table(blocking: Series, awaited: Series, memory: Series) -> Table:
    table = Table("one delivery", title="replay: microseconds for claim and complete", title_justify="left")
    for name in ("receiver", "store", "bare calls"):
        table.add_column(name, justify="right")
    rows = {"Redis": (blocking, 1), f"Redis, asyncio, {TASKS} at a time": (awaited, TASKS)}
    for name, (series, deliveries) in rows.items():
        figures = (series.median(each) / deliveries / 1_000 for each in ("receiver", "store", "bare"))
        table.add_row(name, *(f"{figure:,.0f}" for figure in figures))
    for name, ids in (("few", FEW), ("many", IDS)):
        table.add_row(f"memory, {ids:,} ids", "", f"{memory.median(name) / 1_000:,.1f}", "")
    return table


def _new_key() -> str:
    return f"{next(_numbers):043}"


def _delivery() -> Delivery:
    return make_delivery(
        f"msg_{next(_numbers):027}", 1_700_000_000, b"{}", "standard-webhooks", "key-1", None
    )


def _bare(key: str) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the arguments of the two calls, as the store passes them."""
    name = f"{DEFAULT_PREFIX}{{{key}}}"
    claim = scripts.CLAIM.sha, 1, name, TOKEN, 60_000_000, 345_600_000
    return claim, (scripts.COMPLETE.sha, 1, name, TOKEN, 345_600_000)


def _redis(url: str) -> Series:
    with closing(redis.Redis.from_url(url)) as client:
        store = RedisStore(client)
        receiver = Receiver(Verifier(SECRET), ReplayGuard(store))

        def received() -> None:
            claim: Any = receiver.claim(_delivery(), _FACTS)
            receiver.settle(claim, _FACTS, 200)

        def guarded() -> None:
            key = _new_key()
            store.claim(key, TOKEN, lease=LEASE, retention=KEEP)
            store.complete(key, TOKEN, retention=KEEP)

        def bare() -> None:
            for call in _bare(_new_key()):
                client.evalsha(*call)

        guarded()  # loads the scripts into the server
        return interleaved({"receiver": received, "store": guarded, "bare": bare}, rounds=ROUNDS, slice_ms=20)


def _redis_awaited(url: str) -> Series:
    with _loop() as loop:
        client = redis.asyncio.Redis.from_url(url)
        store = AsyncRedisStore(client)
        receiver = AsyncReceiver(Verifier(SECRET), ReplayGuard(store))

        async def received() -> None:
            claim: Any = await receiver.claim(_delivery(), _FACTS)
            await receiver.settle(claim, _FACTS, 200)

        async def guarded() -> None:
            key = _new_key()
            await store.claim(key, TOKEN, lease=LEASE, retention=KEEP)
            await store.complete(key, TOKEN, retention=KEEP)

        async def bare() -> None:
            for call in _bare(_new_key()):
                await client.evalsha(*call)

        def at_once(deliver: Callable[[], Any]) -> Call:
            async def deliveries() -> None:
                await asyncio.gather(*(deliver() for _ in range(TASKS)))

            return lambda: loop.run_until_complete(deliveries())

        try:
            all_three = {"receiver": received, "store": guarded, "bare": bare}
            contenders = {name: at_once(deliver) for name, deliver in all_three.items()}
            return interleaved(contenders, rounds=ROUNDS, slice_ms=40)
        finally:
            loop.run_until_complete(client.aclose())


@contextmanager
def _loop() -> Generator[asyncio.AbstractEventLoop]:
    with closing(asyncio.new_event_loop()) as loop:
        yield loop


def _memory() -> Series:
    logging.getLogger("webhook_verify").setLevel(logging.ERROR)  # the stores are full on purpose
    return interleaved({"few": _full(FEW), "many": _full(IDS)}, rounds=ROUNDS, slice_ms=20)


def _full(ids: int) -> Call:
    """Handle another delivery with a full store."""
    store = MemoryStore(ids)

    def handle() -> None:
        key = _new_key()
        store.claim(key, TOKEN, lease=LEASE, retention=KEEP)
        store.complete(key, TOKEN, retention=KEEP)

    for _ in range(ids):
        handle()
    return handle


def _peak_megabytes() -> float:
    """Return the peak of the whole process, including the interpreter, in MB of 1,000,000 bytes."""
    command = [sys.executable, "-m", "tests.replay.memory_growth", str(IDS)]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return int(printed.split()[1]) / 1e6
