"""The providers that are built in, a row each: what each signs, and how."""

from __future__ import annotations

from webhook_verify.schemes.rows import apps, family, in_body, payments, platforms, public_keys
from webhook_verify.schemes.scheme import Scheme

__all__ = ["ROWS"]

ROWS: tuple[Scheme, ...] = (
    *payments.ROWS,
    *platforms.ROWS,
    *apps.ROWS,
    *family.ROWS,
    *in_body.ROWS,
    *public_keys.ROWS,
)
"""All of them. Standard Webhooks, Svix, Lithic and Emporix are registered beside these."""
