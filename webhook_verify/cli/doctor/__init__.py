"""``webhook-verify doctor``: checks of the Python, the clock, the packages and the secret."""

from __future__ import annotations

__all__: list[str] = []
