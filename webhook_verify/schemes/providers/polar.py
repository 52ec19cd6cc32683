"""Polar: signs as Standard Webhooks does, but a `whsec_` secret is either base64 or the key itself."""

from __future__ import annotations

from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import HmacKey
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.either_key import EitherKey
from webhook_verify.schemes.providers._whsec_prefix import prefixed_kind
from webhook_verify.schemes.standard import StandardWebhooks
from webhook_verify.secret import MIN_KEY_BYTES, Secret, from_base64, hmac_key_from_text

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["SCHEME", "Polar"]


class Polar(StandardWebhooks):
    """Standard Webhooks, with secrets that are text or, with `whsec_`, either base64 or text as a whole.

    Nothing in a `whsec_` secret indicates which. Polar's server signs with the decoded base64 for secrets
    that it created since 8 September 2026, and with the text for older ones and for those that its customers
    chose (polarsource/polar #14117, #14400).
    """

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key. For a `whsec_` secret, it accepts both interpretations.

        Raises:
            InvalidSecret: If nothing follows `whsec_`, or the secret is a public key or all zeros.
        """
        kind, decoded, text = _interpretations(secret)
        if kind in ("whpk", "whsk"):
            return super().verifying_key(secret)
        return EitherKey(HmacKey(decoded), hmac_key_from_text(text)) if decoded else hmac_key_from_text(text)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If nothing follows `whsec_`, or the secret is a public key or all zeros.
        """
        kind, decoded, text = _interpretations(secret)
        if kind in ("whpk", "whsk"):
            return super().signing_key(secret)
        return HmacKey(decoded) if decoded else hmac_key_from_text(text)


def _interpretations(secret: Secret) -> tuple[str, bytes | None, Secret]:
    """Return the kind of a secret, its decoded key if that is long enough, and the secret as text."""
    kind, rest = prefixed_kind(secret)
    if kind != "whsec":
        return kind, None, secret
    if not rest:
        raise InvalidSecret("secret is empty after whsec_. Copy it in full from the provider's dashboard")
    key = from_base64(rest)
    # A chosen text may decode to a few bytes or zeros, a key that an attacker could guess.
    is_key = key and len(key) >= MIN_KEY_BYTES and key.strip(b"\0")
    return kind, key if is_key else None, Secret(f"whsec_{rest}")


SCHEME = Polar(
    "polar",
    brand="webhook",
    docs=SchemeDocs(
        title="Polar",
        secret_from="the organization's Settings > Webhooks: the endpoint's Secret",
        url="https://polar.sh/docs/integrate/webhooks/delivery",
        notes=(
            "Secrets that Polar created since 8 September 2026 are base64 after `whsec_`. For older "
            "secrets, and for those that you chose, the whole text is the key. A secret with `whsec_` or "
            "`v1,whsec_` is "
            "tried both ways, as in Polar's own library."
        ),
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) "
            "specifies a new timestamp for each attempt"
        ),
    ),
)
