"""A process that claims: ``python -m tests.replay.claimant_sql URL KEY...``. It begins after a line of input.

It creates the table, claims each key from four threads, and completes its claims. For each claimed key, it
prints the number of claims.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests import processes
from tests.waiting import patience
from webhook_verify.replay import ClaimState, ReplayGuard
from webhook_verify.replay.sql import SQLStore

__all__ = ["claims_of_processes"]

_ROOT = Path(__file__).parents[2]


def claims_of_processes(count: int, url: str, keys: list[str]) -> Counter[str]:
    """Return the number of claims for each key by this number of processes that begin together."""
    command = [sys.executable, "-m", "tests.replay.claimant_sql", url, *keys]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    got: Counter[str] = Counter()
    with ExitStack() as stack:
        claimants = [
            stack.enter_context(processes.started(command, cwd=_ROOT, **pipes)) for _ in range(count)
        ]
        for claimant in claimants:
            assert claimant.stdout is not None
            assert claimant.stdout.readline() == "ready\n"
        for claimant in claimants:
            assert claimant.stdin is not None
            claimant.stdin.write("\n")
            claimant.stdin.flush()
        for claimant in claimants:
            output, _ = claimant.communicate(timeout=patience(60))
            assert claimant.returncode == 0
            got.update(json.loads(output))
    return got


def _main(url: str, keys: list[str]) -> None:
    store = SQLStore(url)
    print("ready", flush=True)
    sys.stdin.readline()
    store.create_table()

    def claim(key: str) -> str | None:
        token = ReplayGuard.new_token()
        state = store.claim(key, token, lease=60, retention=1000).state
        if state is ClaimState.CLAIMED:
            assert store.complete(key, token, retention=1000)
            return key
        assert state in (ClaimState.IN_FLIGHT, ClaimState.COMPLETED), state
        return None

    with ThreadPoolExecutor(4) as pool:
        got = Counter(key for key in pool.map(claim, [each for key in keys for each in [key] * 4]) if key)
    store.close()
    print(json.dumps(got))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2:])
