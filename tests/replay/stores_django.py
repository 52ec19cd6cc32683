"""The stores of a Django project in the table: its cache, and its database.

Another test may have configured Django before, so a project here overrides its settings temporarily.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import django
import redis
from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.cache import caches
from django.core.management import call_command
from django.db import connections
from django.test import override_settings

from tests.replay.helpers import Blocking, Opener, Servers, Subject, loop_thread, skipping
from tests.replay.servers import redis_server
from tests.replay.servers_sql import postgres
from webhook_verify.replay import ClaimOutcome, ReplayStore
from webhook_verify.replay.django import (
    AsyncDjangoCacheStore,
    AsyncDjangoModelStore,
    DjangoCacheStore,
    DjangoModelStore,
)

__all__ = [
    "APP",
    "DJANGO_STORES",
    "TABLE",
    "age_in_model",
    "cache_project",
    "database_project",
    "on_postgres",
]

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

APP = "webhook_verify.replay.django"
TABLE = "webhook_verify_replay"

LOCMEM = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "of the replay tests"}


@contextmanager
def cache_project(backend: dict[str, Any], alias: str = "default") -> Generator[None]:
    """Configure a project with this cache."""
    with override_settings(CACHES={"default": LOCMEM, alias: backend}):
        yield


@contextmanager
def database_project(database: dict[str, Any], alias: str = "default") -> Generator[None]:
    """Configure a project with the app and this database, and migrate it."""
    before = connections.settings.get(alias)
    made = connections.configure_settings({"default": {}, alias: database})[alias]
    _put_in_place(alias, made)
    try:
        with override_settings(INSTALLED_APPS=[APP]):
            call_command("migrate", database=alias, verbosity=0)
            yield
    finally:
        connections[alias].close()
        _put_in_place(alias, before)


def _put_in_place(alias: str, database: dict[str, Any] | None) -> None:
    with suppress(AttributeError):  # this thread has not used the connection
        del connections[alias]
    connections.settings.pop(alias, None)
    if database is not None:
        connections.settings[alias] = database


def on_postgres(servers: Servers) -> dict[str, Any]:
    with skipping():
        server = servers.use(postgres)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "postgres",
        "USER": "tester",
        "HOST": "127.0.0.1",
        "PORT": server.port,
    }


def on_sqlite(directory: str) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(directory) / "project.db",
        "OPTIONS": {"init_command": "PRAGMA journal_mode = WAL;"},
    }


class PerRequest:
    """Closes the connection of the thread after each call, as Django does after a request."""

    def __init__(self, store: ReplayStore, alias: str = "default") -> None:
        self._store = store
        self._alias = alias

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        with self._request():
            return self._store.claim(key, token, lease=lease, retention=retention)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        with self._request():
            return self._store.extend(key, token, lease=lease)

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        with self._request():
            return self._store.complete(key, token, retention=retention)

    def release(self, key: str, token: str) -> bool:
        with self._request():
            return self._store.release(key, token)

    @contextmanager
    def _request(self) -> Generator[None]:
        try:
            yield
        finally:
            if threading.current_thread() is not threading.main_thread():
                connections[self._alias].close()


@contextmanager
def in_redis(servers: Servers, *, backend: str) -> Generator[Subject]:
    with skipping():
        url = servers.use(redis_server).url
    with cache_project({"BACKEND": backend, "LOCATION": url, "KEY_PREFIX": "project"}):
        store = DjangoCacheStore()
        with redis.Redis.from_url(url) as client:
            from tests.replay.stores import age_in_redis

            prefix = caches["default"].make_key("webhook_verify:")
            yield Subject(store, lambda key, seconds: age_in_redis(client, key, seconds, prefix))


@contextmanager
def in_memory(servers: Servers, *, for_asyncio: bool = False) -> Generator[Subject]:
    """A store that only uses the cache interface, as for Memcached. The tests are one process."""
    with cache_project(LOCMEM):
        if not for_asyncio:
            yield Subject(DjangoCacheStore(allow_unshared=True), age_in_memory)
            return
        with loop_thread() as loop:
            yield Subject(Blocking(AsyncDjangoCacheStore(allow_unshared=True), loop), age_in_memory)


def age_in_memory(key: str, seconds: float) -> None:
    """Make a record older by its data in the cache."""
    cache: Any = caches["default"]
    for name in ("lease", "until", "record"):
        full = cache.make_key(f"webhook_verify:{key}:{name}")
        if cache._expire_info.get(full) is None:
            continue
        cache._expire_info[full] -= seconds
        value = cache.get(f"webhook_verify:{key}:{name}")
        if value is not None and name != "record":
            until, token = value.split(" ")
            left = cache._expire_info[full]
            cache.set(f"webhook_verify:{key}:{name}", f"{float(until) - seconds} {token}", None)
            cache._expire_info[full] = left


@contextmanager
def in_model(servers: Servers, *, server: str) -> Generator[Subject]:
    with tempfile.TemporaryDirectory() as directory:
        database = on_postgres(servers) if server == "postgres" else on_sqlite(directory)
        with database_project(database):
            yield Subject(PerRequest(DjangoModelStore()), age_in_model)


@contextmanager
def in_model_for_asyncio(servers: Servers) -> Generator[Subject]:
    with database_project(on_postgres(servers)), loop_thread() as loop:
        yield Subject(Blocking(AsyncDjangoModelStore(), loop), age_in_model)
        loop.run(sync_to_async(lambda: connections["default"].close())())


def age_in_model(key: str, seconds: float) -> None:
    earlier = f"UPDATE {TABLE} SET leased_until = leased_until - %s, kept_until = kept_until - %s"
    with connections["default"].cursor() as cursor:
        cursor.execute(f"{earlier} WHERE delivery_key = %s", [seconds, seconds, key])


DJANGO_STORES: dict[str, Opener] = {
    "redis-django": partial(in_redis, backend="django.core.cache.backends.redis.RedisCache"),
    "redis-django-redis": partial(in_redis, backend="django_redis.cache.RedisCache"),
    "locmem-django": in_memory,
    "locmem-django-async": partial(in_memory, for_asyncio=True),
    "sqlite-django": partial(in_model, server="sqlite"),
    "postgres-django": partial(in_model, server="postgres"),
    "postgres-django-async": in_model_for_asyncio,
}
