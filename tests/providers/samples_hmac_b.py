"""Samples of providers that sign with HMAC, second half, and the Standard Webhooks family."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
