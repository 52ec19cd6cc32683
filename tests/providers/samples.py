"""All samples. Each module of them is about one kind of provider."""

from __future__ import annotations

from tests.providers import (
    samples_bodies,
    samples_hmac_a,
    samples_hmac_b,
    samples_public_keys,
    samples_standard,
)
from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for module in (samples_standard, samples_hmac_a, samples_hmac_b, samples_bodies, samples_public_keys)
    for sample in module.SAMPLES
}
