"""`webhook-verify doctor`: check the Python version, packages, secrets and clock."""

from __future__ import annotations

__all__: list[str] = []
