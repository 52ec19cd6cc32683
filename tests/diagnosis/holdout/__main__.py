"""Score the diagnosis: `python -m tests.diagnosis.holdout [--second | ... | --sixth]`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.diagnosis.holdout.batch import (
    FIFTH,
    FIRST,
    FOURTH,
    SECOND,
    SIXTH,
    THIRD,
    Result,
    diagnose,
    is_rejected,
    load,
)

__all__ = ["main", "report", "score"]


def score(folder: Path = FIRST) -> tuple[list[Result], list[Result], list[str]]:
    """Return the scored results, those whose true cause has no name yet, and the accepted deliveries."""
    failures = load(folder)
    accepted = [failure.name for failure in failures if not is_rejected(failure)]
    results = [diagnose(failure) for failure in failures if failure.name not in accepted]
    scored = [result for result in results if result.failure.is_scored]
    return scored, [result for result in results if not result.failure.is_scored], accepted


def report(scored: Sequence[Result], unnamed: Sequence[Result], accepted: Sequence[str]) -> dict[str, Any]:
    """Return the shares, the misses and the false certainties as JSON values."""
    count = max(len(scored), 1)
    return {
        "scored": len(scored),
        "first": round(sum(result.is_first for result in scored) / count, 4),
        "in_three": round(sum(result.is_in_three for result in scored) / count, 4),
        "accepted": list(accepted),
        "misses": [_entry(result) for result in scored if not result.is_first],
        "false_certain": [_entry(result) for result in scored if result.is_false_certain],
        "unnamed": [_entry(result) for result in unnamed],
    }


def _entry(result: Result) -> dict[str, Any]:
    return {
        "failure": result.failure.name,
        "true_causes": sorted(result.failure.true_causes),
        "causes": [f"{cause.name} ({cause.confidence.name})" for cause in result.causes[:3]],
        "in_three": result.is_in_three,
    }


def main() -> None:
    """Print the score."""
    parser = argparse.ArgumentParser(prog="python -m tests.diagnosis.holdout", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON")
    batch = parser.add_mutually_exclusive_group()
    batch.add_argument(
        "--second", action="store_const", const=SECOND, dest="folder", help="score the second batch"
    )
    batch.add_argument(
        "--third", action="store_const", const=THIRD, dest="folder", help="score the third batch"
    )
    batch.add_argument(
        "--fourth", action="store_const", const=FOURTH, dest="folder", help="score the fourth batch"
    )
    batch.add_argument(
        "--fifth", action="store_const", const=FIFTH, dest="folder", help="score the fifth batch"
    )
    batch.add_argument(
        "--sixth", action="store_const", const=SIXTH, dest="folder", help="score the sixth batch"
    )
    arguments = parser.parse_args()
    values = report(*score(arguments.folder or FIRST))
    if arguments.json:
        print(json.dumps(values, indent=1, ensure_ascii=False))
        return
    print(f"{values['scored']} failures: {values['first']:.1%} first, {values['in_three']:.1%} in three")
    for title in ("misses", "false_certain", "unnamed"):
        print(f"\n{title}: {len(values[title])}")
        for entry in values[title]:
            place = "in three" if entry["in_three"] else "missing"
            print(f"  {entry['failure']}\n    {' | '.join(entry['true_causes'])} ({place})")
            print(f"    {', '.join(entry['causes'])}")
    print(f"\naccepted by the verifier: {values['accepted'] or 'none'}")


if __name__ == "__main__":
    main()
