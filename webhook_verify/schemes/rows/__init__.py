"""The providers that are built in, a row each: what each signs, and how."""

from __future__ import annotations

from webhook_verify.schemes.base import Scheme
from webhook_verify.schemes.providers import (
    _apps as apps,
)
from webhook_verify.schemes.providers import (
    _family as family,
)
from webhook_verify.schemes.providers import (
    _in_body as in_body,
)
from webhook_verify.schemes.providers import (
    _payments as payments,
)
from webhook_verify.schemes.providers import (
    _platforms as platforms,
)
from webhook_verify.schemes.providers import (
    _public_keys as public_keys,
)

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
