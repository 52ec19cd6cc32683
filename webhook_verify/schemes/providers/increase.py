"""Increase: signs as Standard Webhooks does, but the text of the secret is the key itself."""

from __future__ import annotations

from webhook_verify.keys import HmacKey
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.standard import StandardWebhooks
from webhook_verify.secret import Secret, hmac_key_from_text

__all__ = ["SCHEME", "Increase"]


class Increase(StandardWebhooks):
    """Standard Webhooks, except that the secret is always the key in UTF-8, even with `whsec_`."""

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> HmacKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return hmac_key_from_text(secret)

    def signing_key(self, secret: Secret) -> HmacKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return hmac_key_from_text(secret)


SCHEME = Increase(
    "increase",
    brand="webhook",
    event_type_in_body="category",
    docs=SchemeDocs(
        title="Increase",
        secret_from="the `shared_secret` of the event subscription; you choose it or have it generated",
        url="https://increase.com/documentation/webhooks",
        notes=(
            "The secret is used as text instead of base64, even with `whsec_`, as in Increase's own "
            "libraries."
        ),
    ),
)
