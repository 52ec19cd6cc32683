"""Replay protection in the cache of a Django project, where all processes share it.

On Redis (Django's own backend, or django-redis) the calls are those of :class:`RedisStore`, made on the
cache's connections, and every rule of a store holds. Any other shared cache is used through the cache
interface alone: see :mod:`webhook_verify.replay.django.generic_cache` for the window that this leaves.
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
    DummyCache: "keeps nothing",
    LocMemCache: "is of one process",
    FileBasedCache: "lets two processes add the same key",
    DatabaseCache: "lets two processes add the same key once it has expired",
}

_stores: WeakSet[DjangoCacheStore] = WeakSet()


class DjangoCacheStore:
    """Replay protection in the project's cache.

    ``alias``: of the cache in ``settings.CACHES``. A cache that cannot protect (in the memory of one
    process, in files, in a table, a dummy) raises ImproperlyConfigured, unless ``settings.DEBUG`` is on or
    ``allow_unshared`` says that this is meant: one process only, or a test.
    """

    def __init__(self, alias: str = DEFAULT_CACHE_ALIAS, *, allow_unshared: bool = False) -> None:
        cache = caches[alias]  # its own error names the alias
        self.alias = alias
        self.identity = "django cache", alias
        self.allow_unshared = allow_unshared
        problem = self.problem
        if problem is not None and not (allow_unshared or settings.DEBUG):
            raise ImproperlyConfigured(problem)
        self._store = _redis_store(cache) or PlainCacheStore(alias)
        _stores.add(self)

    @property
    def problem(self) -> str | None:
        """Why that cache cannot protect, None if it can."""
        cache = caches[self.alias]
        for kind, reason in _UNSHARED.items():
            if isinstance(cache, kind):
                return (
                    f"the cache {self.alias!r} is a {kind.__name__}, which {reason}: replay protection needs "
                    "a cache that all processes share, such as Redis; or use DjangoModelStore"
                )
        return None

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        """See :meth:`ReplayStore.claim`."""
        return self._store.claim(key, token, lease=lease, retention=retention)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        """See :meth:`ReplayStore.extend`."""
        return self._store.extend(key, token, lease=lease)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        """See :meth:`ReplayStore.complete`."""
        return self._store.complete(key, token, retention=retention)

    def release(self, key: str, token: str) -> bool:
        """See :meth:`ReplayStore.release`."""
        return self._store.release(key, token)


class AsyncDjangoCacheStore(InThreads):
    """As :class:`DjangoCacheStore`, for an ``AsyncReceiver``: the calls run in threads."""

    def __init__(self, alias: str = DEFAULT_CACHE_ALIAS, *, allow_unshared: bool = False) -> None:
        super().__init__(DjangoCacheStore(alias, allow_unshared=allow_unshared), thread_sensitive=False)


@checks.register(checks.Tags.caches)
def check_stores(app_configs: Any, **options: Any) -> list[checks.CheckMessage]:
    """Django's system check: every store that the URLconf makes, and whether its cache protects."""
    if getattr(settings, "ROOT_URLCONF", None):
        _ = get_resolver().url_patterns  # imports the views, which make the stores
    return [_message(store.problem, store) for store in _stores if store.problem is not None]


def _message(problem: str, store: DjangoCacheStore) -> checks.CheckMessage:
    if store.allow_unshared:
        return checks.Warning(problem, hint="allow_unshared=True was given", id="webhook_verify.W001")
    if settings.DEBUG:
        return checks.Warning(problem, hint="without DEBUG this is an error", id="webhook_verify.W001")
    return checks.Error(problem, id="webhook_verify.E001")


def _redis_store(cache: BaseCache) -> ReplayStore | None:
    client = _redis_client(cache)
    if client is None:
        return None
    from webhook_verify.replay.redis import RedisStore

    return RedisStore(client, prefix=cache.make_key("webhook_verify:"))


def _redis_client(cache: BaseCache) -> Any:
    """The client of the server that is written to, None if it is no Redis."""
    if isinstance(cache, RedisCache):
        # Django has no public name for it, since 4.0 it has been this one.
        return attrgetter("_cache")(cache).get_client(None, write=True)
    if type(cache).__module__.split(".")[0] == "django_redis":
        theirs: Any = cache
        return theirs.client.get_client(write=True)
    return None
