"""The protocol of a key store."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol, runtime_checkable

__all__ = ["MAX_NAMES", "KeyStore", "checked_key_store"]

MAX_NAMES = 64
"""How many names a store keeps for a scheme. The oldest are dropped first."""


@runtime_checkable
class KeyStore(Protocol):
    """Where the names of keys that have verified a delivery are kept. Both methods may block and raise."""

    def load(self, scheme: str) -> Iterable[str]:
        """Return the names of a scheme's keys, in any order.

        Args:
            scheme: The name of the scheme.
        """
        ...

    def add(self, scheme: str, name: str) -> None:
        """Add the name of a key that has verified a delivery.

        Args:
            scheme: The name of the scheme.
            name: The name of the key: a key id, or the URL of a certificate.
        """
        ...


def checked_key_store(value: object) -> KeyStore | None:
    """Return the store, or None. Raises TypeError for anything else."""
    if value is None or (isinstance(value, KeyStore) and not isinstance(value, type)):
        return value
    raise TypeError(
        f"key_store must have the methods load and add of KeyStore, or be None, not {type(value).__name__!r}"
    )
