"""Rejecting on the headers alone, with a body of 350 kB at hand: what an attacker's request costs.

A verdict that the headers decide should not depend on the body: ours looks at the headers, then
the time, then the signature list, and hashes only when there is something to compare with. Timed is
the call with its exception raised and caught. The peers get the same fault in their own headers.
"""

from __future__ import annotations

import time
from functools import partial

import standardwebhooks
import stripe
import svix.webhooks
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import MESSAGE_ID, SECRET, event, signed
from benchmarks._measure import Bar, Call, Series, interleaved
from webhook_verify import RejectedDelivery, Verifier

BODY_SIZE = 350_000
ROUNDS = 60
MICROSECONDS = 3.0

_CASES = ("missing header", "unreadable timestamp", "stale timestamp", "no v1 entry")


def run(console: Console) -> list[Bar]:
    """Measure, print one table, and give back the bars."""
    body = event(BODY_SIZE, "utf-8")
    measured = {case: interleaved(_contenders(case, body), rounds=ROUNDS) for case in _CASES}
    console.print(_table(measured))
    return [
        Bar(f"reject, {case}", series.median("ours") / 1000, "<", MICROSECONDS, "us")
        for case, series in measured.items()
    ]


def _contenders(case: str, body: bytes) -> dict[str, Call]:
    headers = _faulty(case, signed(body).webhook)
    as_svix = {name.replace("webhook", "svix"): value for name, value in headers.items()}
    peer, inner = svix.webhooks.Webhook(SECRET), standardwebhooks.Webhook(SECRET)
    header = _faulty_stripe(case, body)
    check = partial(stripe.WebhookSignature.verify_header, body, header, SECRET, 300)
    return {
        "ours": _caught(partial(Verifier(SECRET).verify, body, headers), RejectedDelivery),
        "svix": _caught(partial(peer.verify, body, as_svix), svix.webhooks.WebhookVerificationError),
        "standardwebhooks": _caught(
            partial(inner.verify, body, headers), standardwebhooks.WebhookVerificationError
        ),
        "stripe": _caught(check, stripe.SignatureVerificationError),
    }


def _faulty(case: str, headers: dict[str, str]) -> dict[str, str]:
    """The three headers, with the fault in them."""
    if case == "missing header":
        return {name: value for name, value in headers.items() if name != "webhook-timestamp"}
    fault = {
        "unreadable timestamp": {"webhook-timestamp": "yesterday"},
        "stale timestamp": {"webhook-timestamp": str(int(time.time()) - 3600)},
        "no v1 entry": {"webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")},
    }
    return {**headers, **fault[case], "webhook-id": MESSAGE_ID}


def _faulty_stripe(case: str, body: bytes) -> str | None:
    """The one header of Stripe, with the same fault in it."""
    if case == "missing header":
        return None
    stale = case == "stale timestamp"  # signed right: the peer checks the signature before the time
    when = int(time.time()) - (3600 if stale else 0)
    header: str = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET, timestamp=when)
    if case == "unreadable timestamp":
        return header.replace(str(when), "yesterday")
    return header.replace("v1=", "v2=") if case == "no v1 entry" else header


def _caught(verify: Call, rejection: type[Exception]) -> Call:
    def call() -> None:
        try:
            verify()
        except rejection:
            return
        raise AssertionError("a delivery that had to be rejected was accepted")

    return call


def _table(measured: dict[str, Series]) -> Table:
    title = f"reject on headers, body of {BODY_SIZE:,} B at hand: microseconds a call"
    table = Table("contender", title=title, title_justify="left")
    for case in measured:
        table.add_column(case, justify="right")
    for name in next(iter(measured.values())).rounds:
        table.add_row(name, *(f"{series.median(name) / 1000:,.2f}" for series in measured.values()))
    return table
