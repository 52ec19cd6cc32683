"""Rejection by the headers, with a body of 350 kB: the cost of an attacker's request.

The cost should not depend on the body. Ours checks the headers, then the timestamp, then the list of
signatures, and only hashes the body if there is a signature to compare. The time includes raising and
catching the exception. The other libraries get the same fault in their headers.
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
from benchmarks._measure import Call, Series, Target, interleaved
from webhook_verify import RejectedDelivery, Verifier

BODY_SIZE = 350_000
ROUNDS = 60
MICROSECONDS = 3.0

_CASES = ("missing header", "invalid timestamp", "stale timestamp", "no v1 entry")


def run(console: Console) -> list[Target]:
    """Measure, print one table, and return the targets."""
    body = event(BODY_SIZE, "utf-8")
    measured = {case: interleaved(_contenders(case, body), rounds=ROUNDS) for case in _CASES}
    console.print(_table(measured))
    return [
        Target(f"reject, {case}", series.median("ours") / 1000, "<", MICROSECONDS, "us")
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
    """Return the three headers with a fault."""
    if case == "missing header":
        return {name: value for name, value in headers.items() if name != "webhook-timestamp"}
    fault = {
        "invalid timestamp": {"webhook-timestamp": "yesterday"},
        "stale timestamp": {"webhook-timestamp": str(int(time.time()) - 3600)},
        "no v1 entry": {"webhook-signature": headers["webhook-signature"].replace("v1,", "v2,")},
    }
    return {**headers, **fault[case], "webhook-id": MESSAGE_ID}


def _faulty_stripe(case: str, body: bytes) -> str | None:
    """Return the header of Stripe with the same fault."""
    if case == "missing header":
        return None
    stale = (
        case == "stale timestamp"
    )  # correctly signed, because stripe checks the signature before the timestamp
    when = int(time.time()) - (3600 if stale else 0)
    header: str = stripe.WebhookSignature.generate_signature_header(body.decode(), SECRET, timestamp=when)
    if case == "invalid timestamp":
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
    title = f"reject by the headers, with a body of {BODY_SIZE:,} B: microseconds per call"
    table = Table("contender", title=title, title_justify="left")
    for case in measured:
        table.add_column(case, justify="right")
    for name in next(iter(measured.values())).rounds:
        table.add_row(name, *(f"{series.median(name) / 1000:,.2f}" for series in measured.values()))
    return table
