"""A key store in a Django cache."""

from __future__ import annotations

from typing import cast

try:
    from django.core.cache import caches
except ImportError as _missing:
    raise ImportError("DjangoKeyStore needs Django: pip install django") from _missing

from webhook_verify.key_stores.base import MAX_NAMES
from webhook_verify.tracebacks import safe_repr

__all__ = ["DjangoKeyStore"]


@safe_repr
class DjangoKeyStore:
    """A key store with one entry per scheme in a Django cache. Use a cache that survives a restart.

    If two processes add a name at the same moment, one of the names may be lost. It is added again after the
    next restart.

    Args:
        cache: The alias of the cache in ``CACHES``.
    """

    def __init__(self, cache: str = "default") -> None:
        self._alias = cache

    def load(self, scheme: str) -> list[str]:
        """Return the names of a scheme's keys, oldest first.

        Args:
            scheme: The name of the scheme.

        Returns:
            The names.
        """
        stored: object = caches[self._alias].get(self._key(scheme))
        names = cast("list[object]", stored) if isinstance(stored, list) else []
        return [str(name) for name in names][-MAX_NAMES:]

    def add(self, scheme: str, name: str) -> None:
        """Add the name of a key that has verified a delivery.

        Args:
            scheme: The name of the scheme.
            name: The name of the key.
        """
        names = self.load(scheme)
        if name not in names:
            caches[self._alias].set(self._key(scheme), [*names, name][-MAX_NAMES:], timeout=None)

    def _key(self, scheme: str) -> str:
        return f"webhook_verify.keys.{scheme.encode().hex()}"

    def __repr__(self) -> str:
        return f"DjangoKeyStore({self._alias!r})"
