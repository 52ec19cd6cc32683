"""The command `webhook-verify inbox`: run the workers, list entries, and decide about dead letters."""

from __future__ import annotations

__all__: list[str] = []
