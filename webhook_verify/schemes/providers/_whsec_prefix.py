"""Detection of the prefixes of Standard Webhooks, for providers whose other secrets are plain text."""

from __future__ import annotations

from webhook_verify.credentials import split_prefix
from webhook_verify.secret import Secret

__all__ = ["prefixed_kind"]


def prefixed_kind(secret: Secret) -> tuple[str, str]:
    """Return the kind of a text with a prefix (`whsec`, `whpk` or `whsk`), "" for others, and the rest."""
    value = secret.reveal()
    return split_prefix(value) if isinstance(value, str) else ("", "")
