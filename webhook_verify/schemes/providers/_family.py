"""Providers that sign as Standard Webhooks or Svix do, each with its habit of writing secrets.

All of them sign id, timestamp and body, so there is nothing unsigned to mistrust. Their witnesses are in
tests/providers/test_witness_family.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import HmacKey, Signatures
from webhook_verify.schemes.base import Scheme
from webhook_verify.schemes.standard import StandardWebhooks
from webhook_verify.secret import MIN_KEY_BYTES, Secret, from_base64, text_key

if TYPE_CHECKING:
    from webhook_verify.keys import Running, SigningKey, VerifyingKey

__all__ = ["ROWS"]


class _TextUnlessPrefixed(StandardWebhooks):
    """A secret without ``whsec_`` is the key itself, in UTF-8, and not base64 of it."""

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        return super().verifying_key(secret) if _is_prefixed(secret) else text_key(secret)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        return super().signing_key(secret) if _is_prefixed(secret) else text_key(secret)


class _TextOrBase64(StandardWebhooks):
    """A secret with ``whsec_`` is base64, or a text as a whole: nothing in it says which. Others are a text.

    The source is Polar's server: it signs with the base64 for secrets that it made since 8 September 2026,
    and with the text for older ones and those that its customers chose (polarsource/polar #14117, #14400).
    """

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        decoded = _from_prefixed(secret)
        return _EitherKey(HmacKey(decoded), text_key(secret)) if decoded else text_key(secret)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        decoded = _from_prefixed(secret)
        return HmacKey(decoded) if decoded else text_key(secret)


def _is_prefixed(secret: Secret) -> bool:
    value = secret.reveal()
    return isinstance(value, str) and value.startswith("whsec_")


def _from_prefixed(secret: Secret) -> bytes | None:
    """The key of a ``whsec_`` secret; None where what follows is no base64 of a key that is long enough."""
    value = secret.reveal()
    if not isinstance(value, str) or not _is_prefixed(secret):
        return None
    if value == "whsec_":
        raise InvalidSecret("the secret holds nothing after whsec_: was it cut when it was copied?")
    key = from_base64(value.removeprefix("whsec_"))
    # A chosen text may be the base64 of a few bytes, or zeros: everybody could sign with that.
    return key if key and len(key) >= MIN_KEY_BYTES and key.strip(b"\0") else None


class _EitherKey:
    """Two HMAC keys that one secret may mean."""

    __slots__ = ("_keys",)

    def __init__(self, *keys: HmacKey) -> None:
        self._keys = keys

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        return any(key.verify(signatures, before, body, after) for key in self._keys)

    def wants(self, signatures: Signatures) -> bool:
        return self._keys[0].wants(signatures)

    def start(self, signatures: Signatures) -> Running:
        return _RunningEither([key.start(signatures) for key in self._keys])


class _RunningEither:
    __slots__ = ("_running",)

    def __init__(self, running: list[Running]) -> None:
        self._running = running

    def update(self, data: bytes, /) -> None:
        for each in self._running:
            each.update(data)

    def matches(self) -> bool:
        return any(each.matches() for each in self._running)


ROWS: tuple[Scheme, ...] = (
    StandardWebhooks(
        "clerk",
        title="Clerk",
        brand="svix",
        secret_from="the Clerk Dashboard, Webhooks, the endpoint's Signing Secret",
        documentation="https://clerk.com/docs/guides/development/webhooks/syncing",
    ),
    StandardWebhooks(
        "resend",
        title="Resend",
        brand="svix",
        secret_from="the Resend dashboard, Webhooks, the webhook's Signing Secret",
        documentation="https://resend.com/docs/webhooks/verify-webhooks-requests",
    ),
    _TextUnlessPrefixed(
        "openai",
        title="OpenAI",
        brand="webhook",
        secret_from="the project's Settings, Webhooks: shown once, when the endpoint is made",
        documentation="https://platform.openai.com/docs/guides/webhooks",
        notes="A secret without whsec_ is taken as text and not as base64, as OpenAI's own library does.",
    ),
    StandardWebhooks(
        "anthropic",
        title="Anthropic",
        brand="webhook",
        secret_from="the Claude Console, Manage, Webhooks: shown once, when the endpoint is made",
        documentation="https://platform.claude.com/docs/en/managed-agents/webhooks",
    ),
    _TextOrBase64(
        "polar",
        title="Polar",
        brand="webhook",
        secret_from="the organization's Settings, Webhooks, the endpoint's Secret",
        documentation="https://polar.sh/docs/integrate/webhooks/delivery",
        notes=(
            "Secrets that Polar made since 8 September 2026 are base64 after whsec_; with older ones, and "
            "with those that you chose, it signs with the whole text. A whsec_ secret is tried both ways, as "
            "Polar's own library does."
        ),
    ),
    StandardWebhooks(
        "replicate",
        title="Replicate",
        brand="webhook",
        secret_from="GET https://api.replicate.com/v1/webhooks/default/secret",
        documentation="https://replicate.com/docs/topics/webhooks/verify-webhook",
    ),
    StandardWebhooks(
        "supabase",
        title="Supabase Auth Hooks",
        brand="webhook",
        commas=True,
        secret_from="the project's Authentication, Hooks, the hook's secret, with its v1,whsec_",
        documentation="https://supabase.com/docs/guides/auth/auth-hooks",
        notes=(
            "Only Auth Hooks are signed. Database Webhooks are not: they can carry a header that you choose. "
            "With two secrets, Supabase puts a comma between the signatures, over which many libraries "
            "stumble."
        ),
    ),
    StandardWebhooks(
        "brex",
        title="Brex",
        brand="webhook",
        secret_from="GET https://platform.brexapis.com/v1/webhooks/secrets: base64, without a prefix",
        documentation="https://developer.brex.com/docs/webhooks/",
        notes="While a secret is being revoked there are two, and two signatures: give the Verifier both.",
    ),
    StandardWebhooks(
        "dodo-payments",
        title="Dodo Payments",
        brand="webhook",
        secret_from="the dashboard, Developer, Webhooks, the endpoint's signing key",
        documentation="https://docs.dodopayments.com/developer-resources/webhooks",
    ),
    StandardWebhooks(
        "gitlab",
        title="GitLab (signing token)",
        brand="webhook",
        secret_from="the webhook's Signing token, in the Settings, Webhooks of a project or group",
        documentation="https://docs.gitlab.com/user/project/integrations/webhooks/",
        notes=(
            "This is for webhooks with a signing token. The older secret token is sent as it is in "
            "X-Gitlab-Token and signs nothing: that is gitlab-token."
        ),
    ),
)
