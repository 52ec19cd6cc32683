"""`webhook-verify report`: write a rejected delivery to a file that can be sent to a maintainer."""

from __future__ import annotations

__all__: list[str] = []
