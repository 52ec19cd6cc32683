"""Samples of providers with public keys, certificates and tokens."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
