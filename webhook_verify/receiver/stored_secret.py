"""Lookups of a verifier whose secret a provider has handed over in a handshake."""

from __future__ import annotations

from collections.abc import Callable
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING

from webhook_verify import schemes
from webhook_verify.handshakes.secret_store import AsyncSecretStore, SecretStore
from webhook_verify.http import RequestHead
from webhook_verify.schemes import Scheme
from webhook_verify.verifier import Verifier

if TYPE_CHECKING:
    from webhook_verify.handshakes.handed_over import SecretName

__all__ = ["AsyncStoredSecret", "StoredSecret"]

_MAX_VERIFIERS = 10_000


class _StoredSecret:
    """The shared part of both lookups."""

    def __init__(self, store: object, name: SecretName, scheme: str | Scheme, *, is_async: bool) -> None:
        if not isinstance(store, SecretStore) or iscoroutinefunction(store.load) is not is_async:
            kind = "an AsyncSecretStore" if is_async else "a SecretStore, such as FileSecretStore(folder)"
            raise TypeError(f"store must be {kind}, not {type(store).__name__!r}")
        if not isinstance(name, str) and not callable(name):
            raise TypeError(f"name must be a str or a function of RequestHead, not {type(name).__name__!r}")
        self._name = name
        self._scheme = schemes.resolve(scheme)
        self._verifiers: dict[str, Verifier] = {}  # A stored secret never changes.
        if isinstance(name, str):
            self.sender: tuple[int, str] = (
                id(store),
                name,
            )  # With one sender, the namespace of a receiver may be constant.

    def _name_of(self, head: RequestHead) -> str:
        return self._name if isinstance(self._name, str) else self._name(head)

    def _verifier(self, name: str, secret: str | None) -> Verifier | None:
        if secret is None:
            return None
        verifier = Verifier(secret, scheme=self._scheme)
        if len(self._verifiers) < _MAX_VERIFIERS:
            self._verifiers[name] = verifier
        return verifier


class StoredSecret(_StoredSecret):
    """A lookup whose verifier has the secret of a store. Pass it to a receiver in place of a verifier.

    Args:
        store: The store, to which a handshake such as `AsanaSecret` adds the secret.
        name: The name of the secret, or a function that returns it for a request, as for the handshake.
        scheme: The scheme of the deliveries.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the scheme is unknown.
    """

    def __init__(
        self, store: SecretStore, name: str | Callable[[RequestHead], str], *, scheme: str | Scheme
    ) -> None:
        super().__init__(store, name, scheme, is_async=False)
        self._store = store

    def __call__(self, head: RequestHead) -> Verifier | None:
        """Return the verifier for a request.

        Args:
            head: The head of the request.

        Returns:
            The verifier, or None while the store has no secret, so that the request gets 401.

        Raises:
            Exception: Any exception of the store.
        """
        name = self._name_of(head)
        return self._verifiers.get(name) or self._verifier(name, self._store.load(name))


class AsyncStoredSecret(_StoredSecret):
    """A lookup for an `AsyncReceiver`, whose verifier has the secret of an asynchronous store.

    Args:
        store: The store, to which a handshake such as `AsanaSecret` adds the secret.
        name: The name of the secret, or a function that returns it for a request, as for the handshake.
        scheme: The scheme of the deliveries.

    Raises:
        TypeError: If an argument has the wrong type.
        ValueError: If the scheme is unknown.
    """

    def __init__(
        self, store: AsyncSecretStore, name: str | Callable[[RequestHead], str], *, scheme: str | Scheme
    ) -> None:
        super().__init__(store, name, scheme, is_async=True)
        self._store = store

    async def __call__(self, head: RequestHead) -> Verifier | None:
        """Return the verifier for a request.

        Args:
            head: The head of the request.

        Returns:
            The verifier, or None while the store has no secret, so that the request gets 401.

        Raises:
            Exception: Any exception of the store.
        """
        name = self._name_of(head)
        return self._verifiers.get(name) or self._verifier(name, await self._store.load(name))
