"""``python -m tests.replay.memory_growth 50000``: the bytes that a MemoryStore for so many ids takes.

Completes three times as many ids as the store holds, with keys of the greatest length, and prints the
highest resident memory before the first of them and after the last. From ``/proc``, because what getrusage
tells begins with the peak of the process that started this one.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from webhook_verify.replay import MemoryStore, ReplayGuard

__all__: list[str] = []


def peak() -> int:
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def grow(ids: int) -> None:
    store = MemoryStore(ids)
    for number in range(3 * ids):
        key, token = f"{number:064}", ReplayGuard.new_token()
        store.claim(key, token, lease=60, retention=345_600)
        store.complete(key, token, retention=345_600)


if __name__ == "__main__":
    logging.getLogger("webhook_verify").setLevel(logging.ERROR)  # that the store gets full is intended
    before = peak()
    grow(int(sys.argv[1]))
    print(before, peak())
