"""The differential fuzzer: the library and an independent HMAC verifier must have the same result.

A delivery is signed by `reference`, changed at random, and verified by both. A difference in either direction
is a failure, and so is any exception except `RejectedDelivery`.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

from tests.fuzz.differential_changes import CHANGES, CHANGES_OF_BODY
from tests.fuzz.differential_draft import SignedDraft
from tests.fuzz.reference import NOW, is_genuine
from tests.fuzz.reference_row import URL
from tests.fuzz.reference_rows import ROWS
from tests.fuzz.run import BATCH, Report
from webhook_verify import RejectedDelivery, Verifier

__all__ = ["make", "run_batch"]


def make(rng: Random) -> SignedDraft:
    """Return a signed delivery with any small number of changes."""
    draft = SignedDraft(rng)
    for _ in range(rng.choice((0, 1, 1, 1, 2, 3))):
        name, change = rng.choice(CHANGES)
        if draft.headers or change in CHANGES_OF_BODY:
            change(draft)
            draft.changes.append(name)
    return draft


def run_batch(seed: int, deliveries: int = BATCH) -> Report:
    """Create the deliveries of a seed and compare the results, up to the first failure."""
    rng = Random(seed)
    report = Report(Counter(), Counter())
    for number in range(deliveries):
        draft = make(rng)
        report.changes.update([f"provider: {draft.name}", *draft.changes])
        verdict, failure = _compared(draft)
        report.verdicts[verdict] += 1
        if failure:
            again = f"--differential --seed {seed} --deliveries {number + 1} --jobs 1"
            report.failure = (
                f"{failure}\n  made by: {'; '.join([draft.name, *draft.changes])}\n"
                f"  headers: {draft.headers!r}\n  body:    {draft.body!r}\n"
                f"  again:   python -m tests.fuzz {again}"
            )
            break
    return report


def _compared(draft: SignedDraft) -> tuple[str, str]:
    """Return the result and the failure, or "" without a failure."""
    expected = is_genuine(draft.name, draft.row, draft.body, draft.headers)
    try:
        _verifier(draft.name).verify(draft.body, draft.headers, url=URL, method="POST")
        verdict = "verified"
    except RejectedDelivery as rejection:
        verdict = str(rejection.reason)
    except Exception as error:
        return "escaped", f"ESCAPED: {type(error).__name__}"
    if expected is None:
        return f"{verdict}, no opinion", ""
    if expected != (verdict == "verified"):
        opinion = "genuine" if expected else "forged"
        return verdict, f"DISAGREES: {verdict} here, {opinion} by the reference"
    return verdict, ""


@cache
def _verifier(name: str) -> Verifier:
    return Verifier(ROWS[name].secret, scheme=name, clock=lambda: NOW)
