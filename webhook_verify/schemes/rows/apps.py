"""Services that applications use: storage, media, messages."""

from __future__ import annotations

from webhook_verify.schemes.scheme import Scheme

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = ()
