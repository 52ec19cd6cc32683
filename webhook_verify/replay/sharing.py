"""Which receivers share a store: two that would swallow each other's messages are refused.

The key of a claim is made of the namespace, the scheme and the message id. Two senders of one scheme may
use the same message id, by accident (one message for two endpoints) or by malice (a tenant that guesses
another tenant's ids). So receivers of different senders need different namespaces.

No part of the verifier is in the key: every part that tells senders apart, such as a fingerprint of the
secret, changes with a rotation, and a retry that spans the rotation would be handled twice.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable
from hashlib import blake2b
from threading import Lock
from typing import Protocol, runtime_checkable
from weakref import WeakSet

from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.secret import Secret
from webhook_verify.verifier import Verifier, labelled_secrets

__all__ = ["SingleSender", "StoreUser", "sender_of_lookup"]

_SALT = os.urandom(16)  # of this process: what is remembered of a secret is of no use elsewhere


@runtime_checkable
class SingleSender(Protocol):
    """A lookup whose verifiers are all of one sender, such as a secret source.

    Its attribute ``sender`` equals that of every other lookup for the same sender.
    """

    sender: object


class StoreUser:
    """A receiver that uses a store. Counts for as long as the receiver holds it.

    Args:
        store: The store.
        namespace: The constant namespace of the receiver.
        verifier: The verifier, or a lookup with a `sender`.
        scheme: The name of the scheme, None if only the lookup knows it.

    Raises:
        ValueError: If another receiver of another sender uses the same namespace of the store.
    """

    __slots__ = ("__weakref__", "_namespace", "_scheme", "_secrets", "_sender", "_store", "_store_identity")

    def __init__(
        self, store: ReplayStore | AsyncReplayStore, namespace: str, verifier: object, scheme: str | None
    ) -> None:
        self._store = store  # while it is alive, no other object has its id
        self._store_identity = _identity_of(store)
        self._namespace = namespace
        self._scheme = scheme
        self._sender = None if isinstance(verifier, Verifier) else sender_of_lookup(verifier)
        self._secrets = _fingerprints(verifier) if isinstance(verifier, Verifier) else frozenset[bytes]()
        with _lock:
            if self._find_conflict():
                gc.collect()  # a receiver that nothing uses any more may be part of a cycle
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
            f"another receiver with other secrets uses this {name} with namespace={self._namespace!r}, so "
            "each would take the other's messages for duplicates: give each receiver a namespace= of its own"
        )


def sender_of_lookup(lookup: object) -> object:
    """Return the one sender of a lookup, None if it may return verifiers of several senders."""
    return lookup.sender if isinstance(lookup, SingleSender) else None


def _identity_of(store: object) -> object:
    """Return what the store's records are known by: its own word, else the object itself."""
    return getattr(store, "identity", None) or id(store)


def _fingerprints(verifier: Verifier) -> frozenset[bytes]:
    secrets: Iterable[Secret] = (secret for _, secret, _ in labelled_secrets(verifier))
    return frozenset(_fingerprint(secret.reveal()) for secret in secrets)


def _fingerprint(value: str | bytes) -> bytes:
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return blake2b(data, key=_SALT, digest_size=16).digest()


_users: WeakSet[StoreUser] = WeakSet()
_lock = Lock()
