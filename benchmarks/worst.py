"""The highest cost of a single unauthenticated request, for every registered scheme.

Each scheme's `AsyncReceiver` gets the hostile requests of `benchmarks._hostile`, in chunks of 64 KiB. The
figure is the CPU time of the event loop's thread, which is not available to other requests. The most
expensive requests are measured five times, and the lowest figure counts. With `diagnose=True` it is the CPU
time of the whole process.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks._hostile import MAX_BODY_BYTES, HostileRequest, hostile_requests
from benchmarks._measure import Target
from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from webhook_verify import AsyncReceiver, schemes
from webhook_verify.diagnosis import receiver_log
from webhook_verify.http import RequestHead, WebhookResponse
from webhook_verify.schemes import HeaderScheme, StandardWebhooks

__all__ = ["is_plain_hmac", "run", "worst_of"]

LOOP_MILLISECONDS, HMAC_MILLISECONDS, DIAGNOSIS_MILLISECONDS = 25.0, 10.0, 500.0
ROUNDS = 5

_CHUNK = 65_536
_REMEASURED = 5  # of the most expensive requests of a scheme
_DIAGNOSED = 2  # of the most expensive requests of a scheme, in addition to these shapes
_DIAGNOSED_SHAPES = ("different keys", "a form", "lists 120 deep")

Costs = list[tuple[float, HostileRequest]]
"""The cost of a request in milliseconds."""


def run(console: Console) -> list[Target]:
    """Measure, print the most expensive request of each scheme, and return the targets."""
    # A receiver logs each rejection. The records are created, but not written.
    logger = logging.getLogger("webhook_verify")
    handlers, propagate = logger.handlers, logger.propagate
    logger.handlers, logger.propagate = [logging.NullHandler()], False
    try:
        names = schemes.names()
        verified = {name: worst_of(SAMPLES[name]) for name in names}
        explained = {name: _explained(SAMPLES[name], verified[name]) for name in names}
    finally:
        logger.handlers, logger.propagate = handlers, propagate
    console.print(_table(verified, explained))
    targets = []
    for name in names:
        limit = HMAC_MILLISECONDS if is_plain_hmac(name) else LOOP_MILLISECONDS
        targets.append(Target(f"worst, {name}", verified[name][0][0], "<=", limit, "ms"))
        targets.append(
            Target(f"worst, {name}, diagnosed", explained[name][0][0], "<=", DIAGNOSIS_MILLISECONDS, "ms")
        )
    return targets


def is_plain_hmac(name: str) -> bool:
    """Return whether a delivery costs one HMAC: the scheme signs the raw bytes and parses nothing."""
    scheme = schemes.get(name)
    if isinstance(scheme, StandardWebhooks):
        return True
    return isinstance(scheme, HeaderScheme) and scheme.algorithm.name.startswith("HMAC")


def worst_of(sample: Sample, *, rounds: int = ROUNDS) -> Costs:
    """Return the costs of the hostile requests of a scheme on the event loop, the highest first."""
    receiver = AsyncReceiver(sample.verifier(), public_url=sample.origin)
    once = _costs(receiver, sample, hostile_requests(sample), 1, time.thread_time)
    costly = [request for _, request in once[:_REMEASURED]]
    again = _costs(receiver, sample, costly, rounds, time.thread_time)
    return sorted([*again, *once[_REMEASURED:]], key=lambda cost: -cost[0])


def _explained(sample: Sample, verified: Costs) -> Costs:
    """Return the costs of some requests with a diagnosis, including the most expensive ones."""
    receiver = AsyncReceiver(sample.verifier(), public_url=sample.origin, diagnose=True)
    costly = [request for _, request in verified[:_DIAGNOSED]]
    others = [request for _, request in verified if request.shape in _DIAGNOSED_SHAPES]
    return _costs(receiver, sample, [*costly, *others], 1, time.process_time)


def _costs(
    receiver: AsyncReceiver,
    sample: Sample,
    requests: Iterable[HostileRequest],
    rounds: int,
    clock: Callable[[], float],
) -> Costs:
    async def measure() -> Costs:
        costs: Costs = []
        for request in requests:
            receiver_log._limiter.pop()  # otherwise the budget of a minute is soon exhausted
            taken = [await _once(receiver, sample, request, clock) for _ in range(rounds)]
            costs.append((min(taken), request))
        return costs

    return sorted(asyncio.run(measure()), key=lambda cost: -cost[0])


async def _once(
    receiver: AsyncReceiver, sample: Sample, request: HostileRequest, clock: Callable[[], float]
) -> float:
    head = RequestHead(
        sample.method or "POST", "/hook", request.headers, target=request.target or sample.target
    )
    chunks = [request.body[start : start + _CHUNK] for start in range(0, len(request.body), _CHUNK)]
    if len(request.body) > MAX_BODY_BYTES:
        raise AssertionError(f"{request.shape}: the body is over the limit of a receiver")
    start = clock()
    response: Any = await receiver.handle_request(head, chunks, _handle, lambda answer: answer.status)
    taken = clock() - start
    if response.status < 400:
        raise AssertionError(
            f"{sample.name}, {request.shape}: the response to a forgery was {response.status}"
        )
    return taken * 1_000


async def _handle(delivery: object) -> WebhookResponse:
    return WebhookResponse(204)


def _table(verified: dict[str, Costs], explained: dict[str, Costs]) -> Table:
    title = f"the worst request of at most {MAX_BODY_BYTES:,} B: milliseconds of CPU"
    table = Table("scheme", "worst request", title=title, title_justify="left")
    for column in ("on the loop", "limit", "diagnosed", "limit"):
        table.add_column(column, justify="right")
    for name, costs in sorted(verified.items(), key=lambda pair: -pair[1][0][0]):
        limit = HMAC_MILLISECONDS if is_plain_hmac(name) else LOOP_MILLISECONDS
        cost, request = costs[0]
        diagnosed = explained[name][0][0]
        cells = (f"{cost:.1f}", f"{limit:g}", f"{diagnosed:.0f}", f"{DIAGNOSIS_MILLISECONDS:g}")
        table.add_row(name, request.shape, *cells)
    return table
