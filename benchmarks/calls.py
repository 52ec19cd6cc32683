"""The number of Python calls for a valid delivery through a receiver, with and without a replay guard.

A count is exact: it does not depend on the load of the machine. It includes the calls of Python functions of
this package, the standard library and the handler, but not of C functions. ``python -m benchmarks.calls``
prints the figures and exits with 1 if a target is missed.
"""

from __future__ import annotations

import sys
from types import FrameType

from rich.console import Console
from rich.table import Table

from benchmarks._deliveries import SECRET
from benchmarks._measure import Target
from webhook_verify import Delivery, Receiver, Signer, Verifier
from webhook_verify.receiver import RequestHead
from webhook_verify.replay import MemoryStore, ReplayGuard

MAX_CALLS = 9
MAX_CALLS_GUARDED = 26

_BODY = b'{"type": "invoice.paid"}'


def run(console: Console) -> list[Target]:
    """Count, print the table, and return the targets."""
    counted = {
        "plain": (Receiver(Verifier(SECRET)), MAX_CALLS),
        "guarded": (Receiver(Verifier(SECRET), replay=ReplayGuard(MemoryStore())), MAX_CALLS_GUARDED),
    }
    table = Table("receiver", title="calls: Python calls for a valid delivery", title_justify="left")
    table.add_column("calls", justify="right")
    targets: list[Target] = []
    for name, (receiver, limit) in counted.items():
        calls = _calls(receiver)
        table.add_row(name, str(calls))
        targets.append(Target(f"{name}: calls of one delivery", calls, "<=", limit))
    console.print(table)
    return targets


def _calls(receiver: Receiver) -> int:
    """Return the number of Python calls for a delivery, its handler and `handle_request` included."""
    _handle(receiver, "msg_first")  # fills the caches
    count = 0

    def profile(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event == "call"

    head = _head("msg_second")
    sys.setprofile(profile)
    try:
        status = receiver.handle_request(head, (_BODY,), _handler, int)
    finally:
        sys.setprofile(None)
    assert status == 200
    return count


def _handle(receiver: Receiver, id: str) -> None:
    assert receiver.handle_request(_head(id), (_BODY,), _handler, int) == 200


def _head(id: str) -> RequestHead:
    return RequestHead("POST", "/hook", Signer(SECRET).sign(_BODY, id=id), str(len(_BODY)))


def _handler(delivery: Delivery) -> int:
    return 200


if __name__ == "__main__":
    raise SystemExit(any(not target.reached for target in run(Console())))
