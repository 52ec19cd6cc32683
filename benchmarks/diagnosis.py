"""Why was it rejected? What one answer costs: a forgery, for which everything is tried and nothing is found.

At 40 kB, in the schemes that differ by their work: an HMAC, a list of signatures, Ed25519, the address in the
signed content, the canonical JSON. At 1 MiB the work is bounded, by what is hashed and by the time on the
CPU, and what is hostile costs no more than that. A diagnosis is for developing, so there are no peers: the
verdict alone stands beside it. Timed is the thread on the CPU, for a machine is never quiet.
"""

from __future__ import annotations

import base64
import hashlib
import json
import statistics
import time
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import event
from benchmarks._measure import Bar, Call
from webhook_verify import RejectedDelivery, Signer, Verifier
from webhook_verify.diagnosis import explain

BODY_SIZE = 40_000
LARGE = 1_048_576
ROUNDS = 15
MILLISECONDS, LARGE_MILLISECONDS = 50.0, 1_000.0

_URL = "https://shop.example/webhooks/in?shop=17"
_SCHEMES = ("standard-webhooks", "stripe", "github", "discord", "hubspot", "emporix")


@dataclass(frozen=True)
class _Forgery:
    """A delivery that somebody else has signed, in perfect form."""

    verifier: Verifier
    body: bytes
    headers: dict[str, str]

    def verify(self) -> None:
        try:
            self.verifier.verify(self.body, self.headers, url=_URL, method="POST")
        except RejectedDelivery:
            return
        raise AssertionError("a forgery was accepted")

    def explain(self) -> None:
        if explain(self.verifier, self.body, self.headers, url=_URL, method="POST").verified:
            raise AssertionError("a forgery was called genuine")


def run(console: Console) -> list[Bar]:
    """Measure, print the tables, and give back the bars."""
    forgeries = {scheme: _forgery(scheme, event(BODY_SIZE, "utf-8")) for scheme in _SCHEMES}
    explained = {scheme: _milliseconds(forgery.explain) for scheme, forgery in forgeries.items()}
    verified = {scheme: _milliseconds(forgery.verify) for scheme, forgery in forgeries.items()}
    hostile = {kind: _milliseconds(_forgery("github", body).explain, 3) for kind, body in _large().items()}
    console.print(_table(f"a forgery of {BODY_SIZE:,} B: milliseconds a call", explained, verified))
    console.print(_table(f"a forgery of {LARGE:,} B, scheme github: milliseconds a call", hostile))
    bars = [
        Bar(f"explain, {scheme}, {BODY_SIZE // 1000} kB", taken, "<", MILLISECONDS, "ms")
        for scheme, taken in explained.items()
    ]
    worst = max(hostile.values())
    return [*bars, Bar("explain, worst of 1 MiB", worst, "<", LARGE_MILLISECONDS, "ms")]


def _forgery(scheme: str, body: bytes) -> _Forgery:
    theirs, ours = (hashlib.sha256(owner).digest() for owner in (b"theirs", b"ours"))
    if scheme == "discord":
        pair = _pair(theirs), _pair(ours)
        secret, signing = pair[0][1], pair[1][0]
    elif scheme == "standard-webhooks":
        secret, signing = (f"whsec_{base64.b64encode(key).decode()}" for key in (theirs, ours))
    else:
        secret, signing = theirs.hex(), ours.hex()
    small = b'{"signed":"something else"}'
    headers = Signer(signing, scheme=scheme).sign(small, url=_URL, method="POST")
    return _Forgery(Verifier(secret, scheme=scheme), body, headers)


def _pair(seed: bytes) -> tuple[str, str]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return seed.hex(), Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw().hex()


def _large() -> dict[str, bytes]:
    """An event, and what somebody may send to make the work hard."""
    return {
        "an event": event(LARGE, "utf-8"),
        "many keys": json.dumps({f"k{number}": number for number in range(60_000)}).encode(),
        "deep lists": b"[" * LARGE,
        "a printed dict": str({f"k{number}": "'" for number in range(60_000)}).encode()[:LARGE],
        "a form": b"a=%20+&" * (LARGE // 7),
        "entities": b"&#99999999;" * (LARGE // 11),
        "no UTF-8": b"\xff" * LARGE,
    }


def _milliseconds(call: Call, rounds: int = ROUNDS) -> float:
    """The median on the CPU over the rounds; the first one only warms up."""
    taken = [_once(call) for _ in range(rounds + 1)]
    return statistics.median(taken[1:])


def _once(call: Call) -> float:
    start = time.thread_time_ns()
    call()
    return (time.thread_time_ns() - start) / 1e6


def _table(title: str, explained: dict[str, float], verified: dict[str, float] | None = None) -> Table:
    table = Table("delivery", title=title, title_justify="left")
    table.add_column("explain", justify="right")
    table.add_column("verify", justify="right")
    for name, taken in explained.items():
        table.add_row(name, f"{taken:,.1f}", f"{verified[name]:,.3f}" if verified else "")
    return table
