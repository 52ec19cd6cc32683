"""Variants of a delivery and its configuration, one module per kind of change. A match proves the cause."""

from __future__ import annotations

__all__: list[str] = []
