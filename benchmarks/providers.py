"""Verification of deliveries of Stripe and GitHub: ours and the SDKs for Python.

Bodies are JSON events of 200 B and 40 kB in ASCII. Ours gets ten lower-case headers as a dict, and as an ASGI
list. The SDKs have two functions each, with different work:

- stripe: ``WebhookSignature.verify_header(body, header, secret, 300)``, which only checks the signature, and
  ``Webhook.construct_event``, which its documentation recommends and which also parses the JSON.
- gidgethub: ``sansio.validate_event(body, signature=..., secret=...)``, which only checks the signature, and
  ``sansio.Event.from_http(headers, body, secret=...)``, which also parses the JSON. GitHub has no Python SDK,
  and gidgethub is the usual library.

Ours reads all headers, creates a Delivery, and does not parse the JSON. The targets compare it with the
faster function of each SDK, which gets only the header that it needs and creates no result.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import stripe
from gidgethub import sansio
from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import event
from benchmarks._measure import Call, Series, Target, interleaved
from webhook_verify import Signer, Verifier

SIZES = (200, 40_000)
ROUNDS = 250
SECRET = "whsec_" + "5f2c" * 8  # a text that both use unchanged

OURS = "ours, dict of 10"
CHECKS = {"stripe": "stripe, verify_header", "github": "gidgethub, validate_event"}


def run(console: Console) -> list[Target]:
    """Measure, print a table for each provider, and return the targets."""
    targets: list[Target] = []
    for name, contenders in (("stripe", _stripe), ("github", _github)):
        measured = {size: interleaved(contenders(event(size, "ascii")), rounds=ROUNDS) for size in SIZES}
        console.print(_table(name, measured))
        for size, series in measured.items():
            figure = series.ratio(OURS, CHECKS[name])
            targets.append(Target(f"{name}, {size:,} B: ours / {CHECKS[name]}", figure, "<=", 1.0))
    return targets


def _ours(name: str, body: bytes, headers: Mapping[str, str]) -> dict[str, Call]:
    verify = Verifier(SECRET, scheme=name).verify
    pairs = [(each.encode(), value.encode()) for each, value in headers.items()]
    return {OURS: partial(verify, body, headers), "ours, ASGI list of 10": partial(verify, body, pairs)}


def _stripe(body: bytes) -> dict[str, Call]:
    headers = _ten(body, Signer(SECRET, scheme="stripe").sign(body))
    given = body, headers["stripe-signature"], SECRET, 300
    return {
        **_ours("stripe", body, headers),
        CHECKS["stripe"]: partial(stripe.WebhookSignature.verify_header, *given),
        "stripe, construct_event": partial(stripe.Webhook.construct_event, *given),
    }


def _github(body: bytes) -> dict[str, Call]:
    headers = _ten(body, Signer(SECRET, scheme="github").sign(body), {"x-github-event": "push"})
    signature = headers["x-hub-signature-256"]
    return {
        **_ours("github", body, headers),
        CHECKS["github"]: partial(sansio.validate_event, body, signature=signature, secret=SECRET),
        "gidgethub, Event.from_http": partial(sansio.Event.from_http, headers, body, secret=SECRET),
    }


def _ten(body: bytes, *own: Mapping[str, str]) -> dict[str, str]:
    """Return ten lower-case headers, including those of the provider."""
    headers = {name: value for each in own for name, value in each.items()}
    common = {
        "content-type": "application/json",
        "host": "hooks.example.com",
        "user-agent": "GitHub-Hookshot/8d33975",
        "content-length": str(len(body)),
        "accept": "*/*",
        "accept-encoding": "gzip",
        "x-forwarded-for": "192.0.2.17",
        "x-forwarded-proto": "https",
        "x-request-id": "2f5b0b8e6c3e4e0c",
    }
    return {**dict([*common.items()][: 10 - len(headers)]), **headers}


def _table(name: str, measured: dict[int, Series]) -> Table:
    title = f"{name} deliveries: microseconds per call (times {CHECKS[name]})"
    table = Table("contender", title=title, title_justify="left")
    for size in measured:
        table.add_column(f"{size:,} B", justify="right")
    for contender in next(iter(measured.values())).rounds:
        cells = (
            f"{series.median(contender) / 1000:,.2f} ({series.ratio(contender, CHECKS[name]):5.2f})"
            for series in measured.values()
        )
        table.add_row(contender, *cells)
    return table
