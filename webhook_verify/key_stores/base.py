"""The protocol of a key store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

__all__ = ["MAX_NAMES", "KeyStore", "checked_key_store"]

MAX_NAMES = 64
"""The largest number of names that a store contains for a scheme. The oldest names are removed first."""


@runtime_checkable
class KeyStore(Protocol):
    """A store for the names of keys that have verified a delivery. Both methods may block."""

    def load(self, scheme: str) -> Iterable[str]:
        """Return the names of a scheme's keys, in any order.

        Args:
            scheme: The name of the scheme.

        Returns:
            The names.

        Raises:
            Exception: Any exception. The caller logs it, and the verification continues.
        """
        ...

    def add(self, scheme: str, name: str) -> None:
        """Add the name of a key that has verified a delivery.

        Args:
            scheme: The name of the scheme.
            name: The name of the key: a key id, or the URL of a certificate.

        Raises:
            Exception: Any exception. The caller logs it, and the verification continues.
        """
        ...


def checked_key_store(value: object) -> KeyStore | None:
    """Return the argument `key_store` of a scheme after a check.

    Args:
        value: A key store, or None.

    Returns:
        The same value.

    Raises:
        TypeError: If `value` is neither a key store nor None.
    """
    if value is None or (isinstance(value, KeyStore) and not isinstance(value, type)):
        return value
    raise TypeError(
        f"key_store must be a KeyStore with the methods load and add, or None, not {type(value).__name__!r}"
    )
