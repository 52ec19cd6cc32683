"""Providers that sign as Standard Webhooks or Svix do, each with its habit of writing secrets."""

from __future__ import annotations

from webhook_verify.schemes.scheme import Scheme

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = ()
