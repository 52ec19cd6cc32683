"""The peak of Python's memory allocations in addition to the body, during the verification of 1 MB.

tracemalloc is reset after the body and the headers exist, and its peak is read after one verification. Each
contender is called once before, so that permanent allocations do not count. Allocations by OpenSSL outside of
Python (a few hundred bytes per hash) are not measured.
"""

from __future__ import annotations

import tracemalloc
from functools import partial

import standardwebhooks
import stripe
import svix.webhooks
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import KINDS, SECRET, event, signed
from benchmarks._measure import Call, Target
from webhook_verify import Verifier

BODY_SIZE = 1_000_000
MAX_PEAK_KB = 64.0  # kB of 1024 bytes


def run(console: Console) -> list[Target]:
    """Measure, print one table, and return the targets."""
    measured = {
        kind: {name: _peak(call) for name, call in _contenders(event(BODY_SIZE, kind)).items()}
        for kind in KINDS
    }
    table = Table(
        "contender", title=f"memory: peak kB beyond a body of {BODY_SIZE:,} B", title_justify="left"
    )
    for kind in KINDS:
        table.add_column(kind, justify="right")
    for name in measured[KINDS[0]]:
        table.add_row(name, *(f"{measured[kind][name]:,.1f}" for kind in KINDS))
    console.print(table)
    return [
        Target(f"memory, 1 MB {kind}: ours", measured[kind]["ours"], "<", MAX_PEAK_KB, "kB") for kind in KINDS
    ]


def _contenders(body: bytes) -> dict[str, Call]:
    delivery = signed(body)
    verifier = Verifier(SECRET)
    return {
        "ours": partial(verifier.verify, body, delivery.webhook),
        "ours, begin/update/finish": partial(_streamed, verifier, body, delivery.webhook),
        "svix": partial(svix.webhooks.Webhook(SECRET).verify, body, delivery.svix),
        "standardwebhooks": partial(
            standardwebhooks.Webhook(SECRET).verify, body, delivery.webhook, json_parse=False
        ),
        "stripe": partial(stripe.WebhookSignature.verify_header, body, delivery.stripe, SECRET, 300),
    }


def _streamed(verifier: Verifier, body: bytes, headers: dict[str, str]) -> None:
    """Verify chunks of 64 kB. The peak includes the chunks and the joined body."""
    verification = verifier.begin(headers)
    for start in range(0, len(body), 65_536):
        verification.update(body[start : start + 65_536])
    verification.finish()


def _peak(call: Call) -> float:
    call()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        call()
        return (tracemalloc.get_traced_memory()[1] - before) / 1024
    finally:
        tracemalloc.stop()
