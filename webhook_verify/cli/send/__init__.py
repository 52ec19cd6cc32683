"""`webhook-verify send`: sign a payload and send it."""

from __future__ import annotations

__all__: list[str] = []
