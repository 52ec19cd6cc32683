"""``webhook-verify replay``: sends a stored delivery again, signed again, edited or unchanged."""

from __future__ import annotations

__all__: list[str] = []
