"""The cost of a diagnosis of a forgery, for which everything is tried and no cause is found.

At 40 kB, for schemes with different work: an HMAC, a list of signatures, Ed25519, the URL in the signed
content, canonical JSON. At 1 MiB, the work is bounded by the number of hashed bytes and by CPU time, also for
hostile bodies. Other libraries have no diagnosis, so the table compares it with verification alone. The
figures are the CPU time of the thread, because a machine is never idle.
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
from benchmarks._measure import Call, Target
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
    """A well-formed delivery that is signed with another secret."""

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
            raise AssertionError("a forgery was diagnosed as genuine")


def run(console: Console) -> list[Target]:
    """Measure, print the tables, and return the targets."""
    forgeries = {scheme: _forgery(scheme, event(BODY_SIZE, "utf-8")) for scheme in _SCHEMES}
    explained = {scheme: _milliseconds(forgery.explain) for scheme, forgery in forgeries.items()}
    verified = {scheme: _milliseconds(forgery.verify) for scheme, forgery in forgeries.items()}
    hostile = {kind: _milliseconds(_forgery("github", body).explain, 3) for kind, body in _large().items()}
    console.print(_table(f"a forgery of {BODY_SIZE:,} B: milliseconds per call", explained, verified))
    console.print(_table(f"a forgery of {LARGE:,} B, scheme github: milliseconds per call", hostile))
    targets = [
        Target(f"explain, {scheme}, {BODY_SIZE // 1000} kB", taken, "<", MILLISECONDS, "ms")
        for scheme, taken in explained.items()
    ]
    worst = max(hostile.values())
    return [*targets, Target("explain, worst of 1 MiB", worst, "<", LARGE_MILLISECONDS, "ms")]


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
    """Return an event, and bodies that an attacker can send to keep the receiver busy."""
    return {
        "an event": event(LARGE, "utf-8"),
        "many keys": json.dumps({f"k{number}": number for number in range(60_000)}).encode(),
        "deep lists": b"[" * LARGE,
        "a printed dict": str({f"k{number}": "'" for number in range(60_000)}).encode()[:LARGE],
        "a form": b"a=%20+&" * (LARGE // 7),
        "entities": b"&#99999999;" * (LARGE // 11),
        "invalid UTF-8": b"\xff" * LARGE,
    }


def _milliseconds(call: Call, rounds: int = ROUNDS) -> float:
    """Return the median CPU time of the rounds. The first round is a warm-up."""
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
