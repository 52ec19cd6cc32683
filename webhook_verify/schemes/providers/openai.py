"""OpenAI: signs as Standard Webhooks does; a secret without ``whsec_`` is the key itself."""

from __future__ import annotations

from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._whsec_prefix import has_whsec_prefix
from webhook_verify.schemes.standard import StandardWebhooks
from webhook_verify.secret import Secret, hmac_key_from_text

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["SCHEME", "OpenAI"]


class OpenAI(StandardWebhooks):
    """A secret without ``whsec_`` is the key itself, in UTF-8, and not base64 of it."""

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        return super().verifying_key(secret) if has_whsec_prefix(secret) else hmac_key_from_text(secret)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        return super().signing_key(secret) if has_whsec_prefix(secret) else hmac_key_from_text(secret)


SCHEME = OpenAI(
    "openai",
    brand="webhook",
    retry_seconds=259_200,
    docs=SchemeDocs(
        title="OpenAI",
        secret_from="the project's Settings, Webhooks: shown once, when the endpoint is made",
        url="https://platform.openai.com/docs/guides/webhooks",
        notes="A secret without whsec_ is taken as text and not as base64, as OpenAI's own library does.",
        retries=(
            "for 72 hours ([documentation](https://platform.openai.com/docs/guides/webhooks), not "
            "confirmed); whether with a new timestamp is not documented, [Standard "
            "Webhooks](https://www.standardwebhooks.com) asks for one"
        ),
    ),
)
