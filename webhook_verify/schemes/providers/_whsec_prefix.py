"""Detection of secrets with the prefix `whsec_`, for providers whose other secrets are plain text."""

from __future__ import annotations

from webhook_verify.secret import Secret

__all__ = ["has_whsec_prefix"]


def has_whsec_prefix(secret: Secret) -> bool:
    """Return whether the secret is text that starts with `whsec_`."""
    value = secret.reveal()
    return isinstance(value, str) and value.startswith("whsec_")
