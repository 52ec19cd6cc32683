"""Additional rules of the Django cache stores: rejected caches, and the cache interface."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import contextmanager
from types import ModuleType
from typing import Any
from weakref import WeakSet

import pytest
from django.core.cache import caches
from django.core.cache.backends.base import InvalidCacheBackendError
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, run_checks
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings

from tests import processes
from tests.processes import free_port, listens
from tests.replay.claims import CLAIMED, COMPLETED, IN_FLIGHT, KEEP, LEASE, claim, new_key
from tests.replay.helpers import Servers, Unavailable, skipping
from tests.replay.servers import redis_server
from tests.replay.stores_django import cache_project
from tests.replay.test_concurrency import SENDERS, at_once
from tests.waiting import wait_until
from webhook_verify.replay import ClaimState, ReplayGuard
from webhook_verify.replay.django import AsyncDjangoCacheStore, DjangoCacheStore
from webhook_verify.replay.django import cache as cache_stores
from webhook_verify.replay.django.generic_cache import PlainCacheStore

pytestmark = pytest.mark.server

BACKENDS = "django.core.cache.backends"
UNSHARED = ["dummy.DummyCache", "locmem.LocMemCache", "filebased.FileBasedCache", "db.DatabaseCache"]


@contextmanager
def unshared(backend: str) -> Generator[None]:
    with (
        tempfile.TemporaryDirectory() as directory,
        cache_project({"BACKEND": f"{BACKENDS}.{backend}", "LOCATION": directory}),
    ):
        yield


# Which caches protect


@pytest.mark.parametrize("backend", UNSHARED)
@pytest.mark.parametrize("kind", [DjangoCacheStore, AsyncDjangoCacheStore])
def test_a_cache_that_cannot_protect_is_refused_in_production(kind: type[Any], backend: str) -> None:
    with unshared(backend), override_settings(DEBUG=False):
        with pytest.raises(ImproperlyConfigured, match=backend.split(".")[1]):
            kind()
        kind(allow_unshared=True)
    with unshared(backend), override_settings(DEBUG=True):
        kind()


def test_a_cache_that_is_not_there_is_named() -> None:
    with pytest.raises(InvalidCacheBackendError, match="nowhere"):
        DjangoCacheStore("nowhere")


@pytest.fixture(autouse=True)
def _no_stores_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store is known to the check for as long as it exists, and those of other tests may exist still."""
    monkeypatch.setattr(cache_stores, "_stores", WeakSet())


@pytest.mark.parametrize(
    ("debug", "allowed", "id"),
    [
        (False, True, "webhook_verify.W001"),
        (True, False, "webhook_verify.W001"),
        (True, True, "webhook_verify.W001"),
    ],
)
def test_the_system_check_warns_of_what_was_let_pass(debug: bool, allowed: bool, id: str) -> None:
    with unshared("locmem.LocMemCache"), override_settings(DEBUG=debug):
        store = DjangoCacheStore(allow_unshared=allowed)
        assert [message.id for message in checked()] == [id]
        del store


def test_the_system_check_finds_an_error_that_debug_had_hidden() -> None:
    with unshared("locmem.LocMemCache"):
        with override_settings(DEBUG=True):
            store = DjangoCacheStore()
        assert [message.id for message in checked()] == ["webhook_verify.E001"]
        del store


def test_the_system_check_imports_the_views(monkeypatch: pytest.MonkeyPatch) -> None:
    class Urls(ModuleType):
        @property
        def urlpatterns(self) -> list[Any]:
            self.store = DjangoCacheStore(allow_unshared=True)
            return []

    monkeypatch.setitem(sys.modules, "urls_of_a_test", Urls("urls_of_a_test"))
    with unshared("locmem.LocMemCache"), override_settings(ROOT_URLCONF="urls_of_a_test"):
        assert [message.id for message in checked()] == ["webhook_verify.W001"]


def redis_url(servers: Servers) -> str:
    with skipping():
        return servers.use(redis_server).url


def checked() -> list[CheckMessage]:
    return [each for each in run_checks(tags=["caches"]) if str(each.id).startswith("webhook_verify.")]


@pytest.mark.xdist_group("redis")
def test_a_shared_cache_passes_the_system_check(servers: Servers) -> None:
    url = redis_url(servers)
    with cache_project({"BACKEND": f"{BACKENDS}.redis.RedisCache", "LOCATION": url}):
        store = DjangoCacheStore()
        assert checked() == []
        assert claim(store, new_key()) == CLAIMED


@pytest.mark.xdist_group("redis")
def test_the_keys_in_redis_carry_the_projects_prefix_and_version(servers: Servers) -> None:
    url, key = redis_url(servers), new_key()
    backend = {"BACKEND": f"{BACKENDS}.redis.RedisCache", "LOCATION": url}
    with cache_project({**backend, "KEY_PREFIX": "one"}):
        assert claim(DjangoCacheStore(), key) == CLAIMED
    for other in ({"KEY_PREFIX": "two"}, {"KEY_PREFIX": "one", "VERSION": 2}):
        with cache_project({**backend, **other}):
            assert claim(DjangoCacheStore(), key) == CLAIMED
    with cache_project({**backend, "KEY_PREFIX": "one"}):
        assert claim(DjangoCacheStore(), key, "second") == IN_FLIGHT


# The cache interface alone


class Interrupted(LocMemCache):
    """A cache in which another worker takes the lease over just before this one touches it."""

    taken_over_by: str | None = None

    def touch(self, key: Any, timeout: Any = None, version: Any = None) -> bool:
        if self.taken_over_by is not None and key.endswith(":lease"):
            self.delete(key)
            self.add(key, f"{time.time() + LEASE} {self.taken_over_by}", LEASE)
        return super().touch(key, timeout, version)


@pytest.mark.parametrize("call", ["complete", "release", "extend"])
def test_a_lease_that_is_taken_over_in_between_is_noticed(call: str, monkeypatch: pytest.MonkeyPatch) -> None:
    key, options = new_key(), {"complete": {"retention": KEEP}, "extend": {"lease": LEASE}, "release": {}}
    with cache_project({"BACKEND": f"{__name__}.Interrupted", "LOCATION": "interrupted"}):
        store = DjangoCacheStore(allow_unshared=True)
        assert claim(store, key) == CLAIMED
        with monkeypatch.context() as patch:
            patch.setattr(Interrupted, "taken_over_by", "second")
            assert not getattr(store, call)(key, "first", **options[call])
        assert claim(store, key, "third") == IN_FLIGHT
        assert store.complete(key, "second", retention=KEEP)


@contextmanager
def memcached() -> Generator[str]:
    program = shutil.which("memcached")
    if program is None:
        raise Unavailable("Memcached is not installed: apt-get install memcached")
    port = free_port()
    with processes.started([program, "-u", "nobody", "-l", "127.0.0.1", "-p", str(port)]):
        wait_until(lambda: listens(port))
        yield f"127.0.0.1:{port}"


@pytest.mark.slow
def test_on_memcached_a_message_is_handled_once(servers: Servers) -> None:
    """The real thing, whose clock ticks once a second: a lease of half a second may last for two."""
    with skipping():
        location = servers.use(memcached)
    backend = {"BACKEND": f"{BACKENDS}.memcached.PyMemcacheCache", "LOCATION": location}
    key, late = new_key(), new_key()
    with cache_project(backend):
        store = DjangoCacheStore()

        def claim_and_close(token: str) -> ClaimState:
            try:
                return claim(store, key, token)
            finally:
                caches["default"].close()

        assert Counter(at_once(claim_and_close)) == {CLAIMED: 1, IN_FLIGHT: SENDERS - 1}

        assert store.claim(late, "first", lease=0.5, retention=KEEP).state == CLAIMED
        assert claim(store, late, "second") == IN_FLIGHT
        time.sleep(2.1)
        assert claim(store, late, "second") == ClaimState.TAKEN_OVER
        assert not store.complete(late, "first", retention=KEEP)
        assert not store.release(late, "first")
        assert store.extend(late, "second", lease=LEASE)
        assert store.complete(late, "second", retention=KEEP)
        assert claim(store, late, "third") == COMPLETED
        assert not store.release(late, "second")
        caches["default"].close()


def test_a_cache_that_says_no_to_everything_is_an_error() -> None:
    """As a client of Memcached does that has lost its server: nothing is in flight there."""
    with cache_project({"BACKEND": f"{__name__}.Lost", "LOCATION": "lost"}):
        store = DjangoCacheStore(allow_unshared=True)
        for call in (
            lambda: claim(store, new_key()),
            lambda: store.complete(new_key(), "first", retention=KEEP),
        ):
            with pytest.raises(ConnectionError):
                call()


class Lost(LocMemCache):
    def add(self, key: Any, value: Any, timeout: Any = None, version: Any = None) -> bool:
        return False


def test_the_asynchronous_stores_are_taken_for_what_they_are(servers: Servers) -> None:
    with unshared("locmem.LocMemCache"):
        assert ReplayGuard(AsyncDjangoCacheStore(allow_unshared=True)).is_async
        assert not ReplayGuard(DjangoCacheStore(allow_unshared=True)).is_async


def test_a_store_that_is_not_redis_uses_the_interface_alone() -> None:
    with unshared("locmem.LocMemCache"):
        assert isinstance(DjangoCacheStore(allow_unshared=True)._store, PlainCacheStore)
