"""``webhook-verify send``: signs a payload and sends it."""

from __future__ import annotations

__all__: list[str] = []
