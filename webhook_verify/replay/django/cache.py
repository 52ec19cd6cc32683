"""A replay store in the cache of a Django project, for a cache that all processes share.

On Redis (Django's own backend, or django-redis) the calls are those of `RedisStore` on the cache's
connections, and the whole contract of a store holds. Any other shared cache is used through Django's cache
interface. `webhook_verify.replay.django.generic_cache` describes the race condition that remains there.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any
from weakref import WeakSet

from django.conf import settings
from django.core import checks
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.core.exceptions import ImproperlyConfigured
from django.urls import get_resolver

from webhook_verify.replay.django.async_store import InThreads
from webhook_verify.replay.django.generic_cache import PlainCacheStore
from webhook_verify.replay.store import ClaimOutcome, ReplayStore

__all__ = ["AsyncDjangoCacheStore", "DjangoCacheStore", "check_stores"]

_UNSHARED = {
    DummyCache: "stores nothing",
    LocMemCache: "is private to one process",
    FileBasedCache: "lets two processes add the same key",
    DatabaseCache: "lets two processes add the same key after it has expired",
}

_stores: WeakSet[DjangoCacheStore] = WeakSet()


class DjangoCacheStore:
    """Replay protection in the project's cache.

    Args:
        alias: The alias of the cache in `settings.CACHES`.
        allow_unshared: Whether a cache without protection is permitted, for a test or a single process.

    Raises:
        ImproperlyConfigured: If no cache has the alias. Also if the cache cannot protect (in the memory of
            one process, in files, in a table, a dummy), unless `settings.DEBUG` or `allow_unshared` is True.
    """

    def __init__(self, alias: str = DEFAULT_CACHE_ALIAS, *, allow_unshared: bool = False) -> None:
        cache = caches[alias]  # Django's error names an unknown alias
        self.alias = alias
        self.identity: object = "django cache", alias
        self.allow_unshared = allow_unshared
        problem = self.problem
        if problem is not None and not (allow_unshared or settings.DEBUG):
            raise ImproperlyConfigured(problem)
        self._store = _redis_store(cache) or PlainCacheStore(alias)
        _stores.add(self)

    @property
    def is_shared_by_processes(self) -> bool:
        """Whether all processes have the same records."""
        return self.problem is None

    @property
    def problem(self) -> str | None:
        """The reason why the cache cannot protect, or None if it can."""
        cache = caches[self.alias]
        for kind, reason in _UNSHARED.items():
            if isinstance(cache, kind):
                return (
                    "replay protection needs a cache that all processes share, such as Redis, but the cache "
                    f"{self.alias!r} is a {kind.__name__}, which {reason}. Use another cache, or "
                    "DjangoModelStore"
                )
        return None

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """Claim a delivery for one handler.

        Args:
            key: The storage key of the delivery.
            token: The token of this claim.
            lease: How many seconds the claim lasts.
            retention: How many seconds the record is kept.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: The exception of the cache's driver, such as `redis.RedisError`, or a
                `ConnectionError`.
        """
        return self._store.claim(key, token, lease=lease, retention=retention)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """Extend the lease of a claim.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            lease: How many seconds the claim lasts from now.

        Returns:
            Whether the token still holds the claim.

        Raises:
            Exception: The exception of the cache's driver, such as `redis.RedisError`, or a
                `ConnectionError`.
        """
        return self._store.extend(key, token, lease=lease)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """Record a delivery as completed.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.
            retention: How many seconds the record is kept from now.

        Returns:
            Whether the record now belongs to the token.

        Raises:
            Exception: The exception of the cache's driver, such as `redis.RedisError`, or a
                `ConnectionError`.
        """
        return self._store.complete(key, token, retention=retention)

    def release(self, key: str, token: str) -> bool:
        """Release a claim, so that a retry is handled.

        Args:
            key: The storage key of the delivery.
            token: The token of the claim.

        Returns:
            Whether the token held the claim.

        Raises:
            Exception: The exception of the cache's driver, such as `redis.RedisError`, or a
                `ConnectionError`.
        """
        return self._store.release(key, token)


class AsyncDjangoCacheStore(InThreads):
    """Replay protection in the project's cache, for an `AsyncReceiver`. The calls run in threads.

    Args:
        alias: The alias of the cache in `settings.CACHES`.
        allow_unshared: Whether a cache without protection is permitted, for a test or a single process.

    Raises:
        ImproperlyConfigured: If no cache has the alias. Also if the cache cannot protect (in the memory of
            one process, in files, in a table, a dummy), unless `settings.DEBUG` or `allow_unshared` is True.
    """

    def __init__(self, alias: str = DEFAULT_CACHE_ALIAS, *, allow_unshared: bool = False) -> None:
        super().__init__(DjangoCacheStore(alias, allow_unshared=allow_unshared), thread_sensitive=False)


@checks.register(checks.Tags.caches)
def check_stores(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """Check that the cache of every store in the views is shared by all processes.

    Args:
        app_configs: Passed by Django, not used.
        **options: Passed by Django, not used.

    Returns:
        A warning or an error for each store whose cache cannot protect.
    """
    if getattr(settings, "ROOT_URLCONF", None):
        _ = get_resolver().url_patterns  # imports the views, which create the stores
    return [_message(store.problem, store) for store in _stores if store.problem is not None]


def _message(problem: str, store: DjangoCacheStore) -> checks.CheckMessage:
    if store.allow_unshared:
        return checks.Warning(problem, hint="allow_unshared=True permits it", id="webhook_verify.W001")
    if settings.DEBUG:
        return checks.Warning(problem, hint="this is an error if DEBUG is False", id="webhook_verify.W001")
    return checks.Error(problem, id="webhook_verify.E001")


def _redis_store(cache: BaseCache) -> ReplayStore | None:
    client = _redis_client(cache)
    if client is None:
        return None
    from webhook_verify.replay.redis import RedisStore

    return RedisStore(client, prefix=cache.make_key("webhook_verify:"))


def _redis_client(cache: BaseCache) -> Any:
    """Return the client of the primary server, or None if the cache is not in Redis."""
    if isinstance(cache, RedisCache):
        # Django has no public name for it. The private name has been the same since 4.0.
        return attrgetter("_cache")(cache).get_client(None, write=True)
    if type(cache).__module__.split(".")[0] == "django_redis":
        theirs: Any = cache
        return theirs.client.get_client(write=True)
    return None
