"""A base for schemes that only the provider can sign.

The provider's private key is secret; its public key is fetched.
"""

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
    """Base class of these schemes, which refuses to sign."""

    fetches_keys = True
    has_key_cache = True

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> NoReturn:
        """Reject the call, because only the provider has the private key.

        Args:
            body: The request body.
            keys: Unused.
            id: Unused.
            timestamp: Unused.
            url: Unused.
            method: Unused.

        Raises:
            ValueError: Always.
        """
        raise ValueError(self._refusal)

    def signing_key(self, secret: Secret) -> NoReturn:
        """Reject the call, because only the provider has the private key.

        Args:
            secret: Unused.

        Raises:
            InvalidSecret: Always.
        """
        raise InvalidSecret(self._refusal)

    @property
    def _refusal(self) -> str:
        return f"only {self.docs.title} can sign its deliveries, because its private key is secret"
