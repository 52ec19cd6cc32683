"""The deliveries that `listen` stores and `replay` reads."""

from __future__ import annotations

__all__: list[str] = []
