"""``python -m tests.fuzz [--differential] [--deliveries N] [--seed N] [--jobs N]``: 1 at the first failure.

With ``--differential``, the results are compared with those of another HMAC verifier, see ``differential``.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed

from tests.fuzz import differential
from tests.fuzz.run import BATCH, Report, run_batch

_PROGRESS_SECONDS = 5


def main() -> int:
    """Run, print the counts, and return 1 if a guarantee was violated."""
    options = _options()
    print(f"{options.deliveries:,} deliveries, seed {options.seed}, {options.jobs} jobs", flush=True)
    started = last = time.monotonic()
    verdicts: Counter[str] = Counter()
    changes: Counter[str] = Counter()
    for report in _reports(options.run, options.seed, options.deliveries, options.jobs):
        verdicts += report.verdicts
        changes += report.changes
        if report.failure:
            print(f"\nFAILED after {verdicts.total():,} deliveries\n{report.failure}")
            return 1
        if time.monotonic() - last >= _PROGRESS_SECONDS:
            last = time.monotonic()
            print(f"  {verdicts.total():>12,}  {last - started:6.0f} s", flush=True)
    seconds = time.monotonic() - started
    _print_counts("changes", changes)
    _print_counts("verdicts", verdicts)
    print(f"\n{verdicts.total():,} deliveries in {seconds:.0f} s, seed {options.seed}: the law holds")
    return 0


def _reports(run: Callable[[int, int], Report], seed: int, deliveries: int, jobs: int) -> Iterator[Report]:
    sizes = [BATCH] * (deliveries // BATCH) + [deliveries % BATCH] * (deliveries % BATCH > 0)
    batches = [(seed + place, size) for place, size in enumerate(sizes)]
    if jobs == 1:
        yield from (run(*batch) for batch in batches)
        return
    # Not a multiprocessing.Pool, which waits forever for a process that was killed.
    pool = ProcessPoolExecutor(jobs)
    try:
        for future in as_completed([pool.submit(run, *batch) for batch in batches]):
            yield future.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _print_counts(title: str, counts: Counter[str]) -> None:
    print(f"\n{title}")
    for name, count in counts.most_common():
        print(f"  {count:>12,}  {name}")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description="Hostile deliveries by the million."
    )
    parser.add_argument("--deliveries", type=int, default=2_000_000)
    parser.add_argument("--seed", type=int, default=random.randrange(10**9))
    parser.add_argument(
        "--differential",
        dest="run",
        action="store_const",
        const=differential.run_batch,
        default=run_batch,
        help="compare the verdicts with those of another HMAC verifier",
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
