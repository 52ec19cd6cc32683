"""Samples of providers whose signature or signed content lies in the body or the address."""

from __future__ import annotations

from tests.providers.sample import Sample

__all__ = ["SAMPLES"]

SAMPLES: list[Sample] = []
