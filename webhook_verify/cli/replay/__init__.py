"""`webhook-verify replay`: resend a stored delivery, re-signed, edited or unchanged."""

from __future__ import annotations

__all__: list[str] = []
