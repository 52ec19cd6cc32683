"""The providers that are built in, a row each: what each signs, and how."""

from __future__ import annotations

from webhook_verify.schemes.rows import headers, payments
from webhook_verify.schemes.scheme import Scheme

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = (*payments.ROWS, *headers.ROWS)
"""All of them. Standard Webhooks, Svix, Lithic and Emporix are registered beside these."""
