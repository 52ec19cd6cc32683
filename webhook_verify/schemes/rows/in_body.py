"""Providers whose signature or signed content is made of the body or the address."""

from __future__ import annotations

from webhook_verify.schemes.scheme import Scheme

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = ()
