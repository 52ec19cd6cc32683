"""What the suite over all providers shares: its rows, and which outcome of a change is allowed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tests.effort import THOROUGH
from tests.providers.kinds import is_in_make_test
from tests.providers.sample import Sample
from tests.providers.samples import SAMPLES
from tests.rows import Test, rows
from webhook_verify import Delivery, RejectedDelivery
from webhook_verify.replay import ReplayGuard

__all__ = [
    "assert_refused_or_same",
    "assert_same",
    "delivered",
    "every_one",
    "genuine",
    "of",
    "one_of_each_kind",
]


def of(which: Callable[[Sample], object] = lambda sample: True) -> Callable[[Test], Test]:
    """The samples of which that is true, as rows of the parameter ``sample``."""
    chosen = {name: sample for name, sample in SAMPLES.items() if which(sample)}
    return rows("sample", chosen.values(), ids=chosen)


every_one = of()
one_of_each_kind = of(lambda sample: THOROUGH or is_in_make_test(sample))
"""For hostile input: in `make test-all` every provider, too."""


def genuine(sample: Sample) -> Delivery:
    delivery: Delivery = sample.verify(sample.verifier(), *sample.signed())
    return delivery


def delivered(name: str, body: bytes) -> Delivery:
    """A genuine delivery with another body."""
    return genuine(replace(SAMPLES[name], body=lambda timestamp, msg_id: body))


def assert_same(sample: Sample, result: Any) -> None:
    """It was let through, because it is still the delivery that was signed, and is deduped as that."""
    assert isinstance(result, Delivery), result
    expected = genuine(sample)
    assert result.signed_content_digest == expected.signed_content_digest
    keys = [ReplayGuard.storage_key("", each, trust_unsigned_ids=False) for each in (result, expected)]
    assert keys[0] == keys[1]
    assert result.signed_body == expected.signed_body


def assert_refused_or_same(sample: Sample, result: Any) -> None:
    if not isinstance(result, RejectedDelivery):
        assert_same(sample, result)
