"""Polar: signs as Standard Webhooks does; a ``whsec_`` secret is base64 of the key, or the key itself."""

from __future__ import annotations

from webhook_verify.errors import InvalidSecret
from webhook_verify.keys import HmacKey, Signatures
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.providers._whsec_prefix import has_whsec_prefix
from webhook_verify.schemes.standard import StandardWebhooks
from webhook_verify.secret import MIN_KEY_BYTES, Secret, from_base64, hmac_key_from_text

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, StreamingCheck, VerifyingKey

__all__ = ["SCHEME", "Polar"]


class Polar(StandardWebhooks):
    """A secret with ``whsec_`` is base64, or a text as a whole: nothing in it says which. Others are a text.

    The source is Polar's server: it signs with the base64 for secrets that it made since 8 September 2026,
    and with the text for older ones and those that its customers chose (polarsource/polar #14117, #14400).
    """

    __slots__ = ()

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        decoded = _from_prefixed(secret)
        return (
            _EitherKey(HmacKey(decoded), hmac_key_from_text(secret))
            if decoded
            else hmac_key_from_text(secret)
        )

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        decoded = _from_prefixed(secret)
        return HmacKey(decoded) if decoded else hmac_key_from_text(secret)


def _from_prefixed(secret: Secret) -> bytes | None:
    """The key of a ``whsec_`` secret; None where what follows is no base64 of a key that is long enough."""
    value = secret.reveal()
    if not isinstance(value, str) or not has_whsec_prefix(secret):
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

    def accepts(self, signatures: Signatures) -> bool:
        return self._keys[0].accepts(signatures)

    def start(self, signatures: Signatures) -> StreamingCheck:
        return _RunningEither([key.start(signatures) for key in self._keys])


class _RunningEither:
    __slots__ = ("_running",)

    def __init__(self, running: list[StreamingCheck]) -> None:
        self._running = running

    def update(self, data: bytes, /) -> None:
        for each in self._running:
            each.update(data)

    def matches(self) -> bool:
        return any(each.matches() for each in self._running)


SCHEME = Polar(
    "polar",
    brand="webhook",
    docs=SchemeDocs(
        title="Polar",
        secret_from="the organization's Settings, Webhooks, the endpoint's Secret",
        url="https://polar.sh/docs/integrate/webhooks/delivery",
        notes=(
            "Secrets that Polar made since 8 September 2026 are base64 after whsec_; with older ones, and "
            "with those that you chose, it signs with the whole text. A whsec_ secret is tried both ways, as "
            "Polar's own library does."
        ),
        retries=(
            "not documented by the provider; [Standard Webhooks](https://www.standardwebhooks.com) asks for "
            "a new timestamp at each attempt"
        ),
    ),
)
