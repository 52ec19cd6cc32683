"""The secrets of a setting that holds several in one text, such as `v1,whsec_a|v1,whsec_b` of Supabase."""

from __future__ import annotations

from datetime import UTC, datetime
from math import isfinite

from webhook_verify.errors import InvalidSecret
from webhook_verify.secret import Secret, as_secrets

__all__ = ["separated"]


def separated(secret: object, separator: str) -> list[Secret]:
    """Return each secret of the configured texts.

    Args:
        secret: A str, bytes or `Secret`, or an iterable of these. Bytes are a raw key, which is not split.
        separator: The text between the secrets.

    Returns:
        The secrets, with the validity window of the text. A label becomes `label-1`, `label-2` and so on.

    Raises:
        InvalidSecret: If the text before or after a separator is missing, or a secret is empty.
        TypeError: If `secret` has another type.
    """
    return [part for item in as_secrets(secret) for part in _parts(item, separator)]


def _parts(secret: Secret, separator: str) -> list[Secret]:
    value = secret.reveal()
    texts = value.split(separator) if isinstance(value, str) else []
    if len(texts) < 2:
        return [secret]
    if not all(map(str.strip, texts)):
        raise InvalidSecret(
            f"secret must have a text before and after each {separator!r}, which separates the secrets of "
            "this provider. Remove the surplus separator, or copy the missing secret"
        )
    end, start = map(_datetime, secret.sort_key)
    labels = [f"{secret.label}-{number}" if secret.label else None for number in range(1, len(texts) + 1)]
    return [
        Secret(text, label=label, not_before=start, expires_at=end)
        for text, label in zip(texts, labels, strict=True)
    ]


def _datetime(seconds: float) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isfinite(seconds) else None
