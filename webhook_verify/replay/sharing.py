"""A check that two receivers with one store do not treat each other's messages as duplicates.

The key of a claim is a hash of the namespace, the scheme and the message id. Two senders with the same scheme
may use the same message id, by accident (one message for two endpoints) or on purpose (a tenant that guesses
the ids of another tenant). So receivers for different senders need different namespaces.

No part of the verifier is in the key. Every part that distinguishes senders, such as a fingerprint of the
secret, changes with a rotation, and a message that is retried after the rotation would be handled again.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from hashlib import blake2b
from threading import Lock
from typing import Protocol, runtime_checkable
from weakref import WeakSet

from webhook_verify.secret import Secret
from webhook_verify.verifier import Verifier, labelled_secrets

__all__ = ["SingleSender", "StoreUser", "sender_of_lookup"]

_SALT = os.urandom(16)  # random per process, so that a fingerprint of a secret is useless elsewhere


@runtime_checkable
class SingleSender(Protocol):
    """A lookup whose verifiers all belong to one sender, such as a secret source.

    The attribute `sender` is equal for all lookups for the same sender.
    """

    sender: object


class StoreUser:
    """A receiver that uses a store. It is registered for as long as the receiver references it.

    Args:
        store: The store, or an inbox.
        namespace: The constant namespace of the receiver.
        verifier: The verifier, or a lookup with a `sender`.
        scheme: The name of the scheme, None if only the lookup knows it.

    Raises:
        ValueError: If a receiver for another sender uses the same namespace of the store.
    """

    __slots__ = ("__weakref__", "_namespace", "_scheme", "_secrets", "_sender", "_store", "_store_identity")

    def __init__(self, store: object, namespace: str, verifier: object, scheme: str | None) -> None:
        self._store = store  # referenced, so that no other object gets its id()
        self._store_identity = _identity_of(store)
        self._namespace = namespace
        self._scheme = scheme
        self._sender = None if isinstance(verifier, Verifier) else sender_of_lookup(verifier)
        self._secrets = _fingerprints(verifier) if isinstance(verifier, Verifier) else frozenset[bytes]()
        with _lock:
            if self._find_conflict():
                gc.collect()  # an unused receiver may be part of a reference cycle
            if self._find_conflict():
                raise ValueError(self._advice())
            _users.add(self)

    def _find_conflict(self) -> bool:
        return any(self._conflicts_with(other) for other in _users)

    def _conflicts_with(self, other: StoreUser) -> bool:
        if (self._store_identity, self._namespace) != (other._store_identity, other._namespace):
            return False
        if None not in (self._scheme, other._scheme) and self._scheme != other._scheme:
            return False  # the scheme is part of the key
        if self._secrets and other._secrets:
            return not self._secrets & other._secrets
        return self._sender is None or self._sender != other._sender

    def _advice(self) -> str:
        name = type(self._store).__name__
        return (
            f"another receiver with different secrets uses this {name} with namespace={self._namespace!r}, "
            "so each would treat the other's messages as duplicates. Pass a different namespace= to each "
            "receiver"
        )


def sender_of_lookup(lookup: object) -> object:
    """Return the sender of a lookup.

    Args:
        lookup: A function that returns a verifier for a request, or a `SingleSender`.

    Returns:
        The sender, or None if the lookup may return verifiers of several senders.
    """
    return lookup.sender if isinstance(lookup, SingleSender) else None


def _identity_of(store: object) -> object:
    """Return the `identity` of the store, or else the id() of the object."""
    return getattr(store, "identity", None) or id(store)


def _fingerprints(verifier: Verifier) -> frozenset[bytes]:
    secrets: Iterable[Secret] = (secret for _, secret, _ in labelled_secrets(verifier))
    return frozenset(_fingerprint(secret.reveal()) for secret in secrets)


def _fingerprint(value: str | bytes) -> bytes:
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return blake2b(data, key=_SALT, digest_size=16).digest()


_users: WeakSet[StoreUser] = WeakSet()
_lock = Lock()
