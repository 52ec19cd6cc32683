"""`webhook-verify demo`: a receiver on loopback, signed deliveries over HTTP and a table of verdicts."""

from __future__ import annotations

__all__: list[str] = []
