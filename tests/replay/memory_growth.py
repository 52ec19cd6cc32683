"""``python -m tests.replay.memory_growth 50000``: the memory of a MemoryStore for this number of ids.

Completes three times the capacity of the store, with keys of the maximum length, and prints the peak resident
memory before the first id and after the last. It is read from ``/proc``, because getrusage starts with the
peak of the parent process.
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
    logging.getLogger("webhook_verify").setLevel(logging.ERROR)  # the store becomes full on purpose
    before = peak()
    grow(int(sys.argv[1]))
    print(before, peak())
