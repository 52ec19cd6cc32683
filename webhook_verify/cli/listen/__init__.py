"""`webhook-verify listen`: a receiver on loopback that verifies, explains, forwards and stores deliveries."""

from __future__ import annotations

__all__: list[str] = []
