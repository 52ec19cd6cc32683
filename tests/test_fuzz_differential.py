"""A short run of the differential fuzzer ``python -m tests.fuzz --differential``."""

from __future__ import annotations

import random
from typing import Any

import pytest

from tests.fuzz import differential
from tests.fuzz.reference import is_genuine
from tests.fuzz.reference_row import UNSIGNED_OR_ASYMMETRIC
from tests.fuzz.reference_rows import ROWS
from tests.fuzz.run import BATCH
from tests.rows import rows
from webhook_verify import schemes


@rows("seed", [1, None], ids=["fixed", "random"])
def test_the_library_and_the_reference_agree(seed: int | None) -> None:
    report = differential.run_batch(random.randrange(10**9) if seed is None else seed)

    assert report.failure is None, f"\n{report.failure}"
    assert report.deliveries == BATCH


@pytest.mark.slow
def test_they_agree_for_long() -> None:
    start = random.randrange(10**9)
    failures = [differential.run_batch(start + number).failure for number in range(30)]
    assert [failure for failure in failures if failure] == []


def test_every_provider_that_signs_by_hmac_has_a_row() -> None:
    """A new provider is written down here as well, by hand, out of its documentation."""
    built_in = {"standard-webhooks", *schemes.providers.NAMES}
    assert set(ROWS) == built_in - UNSIGNED_OR_ASYMMETRIC
    assert built_in >= UNSIGNED_OR_ASYMMETRIC


def test_the_run_meets_genuine_and_forged_deliveries_of_every_provider() -> None:
    verified: set[str] = set()
    refused: set[str] = set()
    rng = random.Random(1)
    for _ in range(6_000):
        draft = differential.make(rng)
        opinion = is_genuine(draft.name, draft.row, draft.body, draft.headers)
        if opinion is not None:
            (verified if opinion else refused).add(draft.name)
    assert verified == refused == set(ROWS)


def _take_all(*_: Any) -> bool:
    return True


BROKEN: dict[str, tuple[str, Any]] = {
    "every MAC is right": ("webhook_verify.keys.HmacKey.verify", _take_all),
    "no MAC is right": ("webhook_verify.keys.HmacKey.verify", lambda *_: False),
    "an error escapes": ("webhook_verify.keys.HmacKey.verify", lambda *_: 1 / 0),
    "no field has a colon": ("webhook_verify.schemes.providers.adyen._FIELDS", ("pspReference",) * 8),
    "a form is signed as it is sent": (
        "webhook_verify.schemes.providers.twilio.sorted_parameters",
        lambda body: body,
    ),
    "any token is read": ("webhook_verify.schemes.providers.mailgun._is_plain", lambda text: False),
}


@rows("name", BROKEN)
def test_a_broken_library_is_found(name: str) -> None:
    target, replacement = BROKEN[name]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(target, replacement)
        failures = [differential.run_batch(seed).failure for seed in range(1, 3)]
    assert any(failures)
    (failure, *_) = filter(None, failures)
    assert failure.startswith("ESCAPED" if "escapes" in name else "DISAGREES")
    assert "python -m tests.fuzz --differential --seed" in failure
