"""Schemes that only the provider can sign: the key is its own, and the public half is fetched."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

from webhook_verify.errors import InvalidSecret
from webhook_verify.schemes.base import Scheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["VerifyOnlyScheme"]


class VerifyOnlyScheme(Scheme):
    """A base for these schemes: it refuses to sign."""

    fetches_keys = True
    has_key_cache = True

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None,
        method: str | None,
    ) -> NoReturn:
        """Raises ValueError: only the provider has the key."""
        raise ValueError(self._refusal)

    def signing_key(self, secret: Secret) -> NoReturn:
        """Raises :class:`InvalidSecret`: only the provider has the key."""
        raise InvalidSecret(self._refusal)

    @property
    def _refusal(self) -> str:
        return f"{self.docs.title} signs with a key of its own"
