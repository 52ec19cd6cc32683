"""Samples of providers that sign with HMAC, first half."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
