"""OpenAI: signs as Standard Webhooks does, but a secret without `whsec_` is the key itself."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._whsec_prefix import prefixed_kind
from webhook_verify.schemes.standard import StandardWebhooks
from webhook_verify.secret import Secret, hmac_key_from_text

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["SCHEME", "OpenAI"]


class OpenAI(StandardWebhooks):
    """Standard Webhooks, except that a secret without `whsec_` is the key in UTF-8 instead of base64."""

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is not valid base64 after `whsec_`, too short, or a public key.
        """
        return super().verifying_key(secret) if prefixed_kind(secret)[0] else hmac_key_from_text(secret)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is not valid base64 after `whsec_`, too short, or a public key.
        """
        return super().signing_key(secret) if prefixed_kind(secret)[0] else hmac_key_from_text(secret)


SCHEME = OpenAI(
    "openai",
    brand="webhook",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="OpenAI",
        secret_from="the project's Settings > Webhooks; shown once, when the endpoint is created",
        url="https://platform.openai.com/docs/guides/webhooks",
        notes=(
            "A secret without `whsec_` or `v1,whsec_` is used as text instead of base64, as in OpenAI's own "
            "library."
        ),
        retries=(
            "for 72 hours ([documentation](https://platform.openai.com/docs/guides/webhooks), not "
            "confirmed); the timestamp of a retry is not documented, [Standard "
            "Webhooks](https://www.standardwebhooks.com) specifies a new one"
        ),
    ),
)
