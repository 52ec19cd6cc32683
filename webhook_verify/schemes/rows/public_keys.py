"""Providers with public keys, certificates and identity tokens."""

from __future__ import annotations

from webhook_verify.schemes.scheme import Scheme

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = ()
