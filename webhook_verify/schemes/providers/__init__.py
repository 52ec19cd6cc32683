"""The built-in providers: how each of them signs its deliveries."""

from __future__ import annotations

__all__: list[str] = []
