"""A key store of each kind, on real servers."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.replay.helpers import Servers, skipping
from tests.replay.servers import redis_server
from tests.replay.stores_django import cache_project
from webhook_verify.key_stores import FileKeyStore
from webhook_verify.key_stores.django import DjangoKeyStore
from webhook_verify.key_stores.redis import RedisKeyStore

FILE_CACHE = "django.core.cache.backends.filebased.FileBasedCache"


@pytest.fixture(scope="session")
def servers() -> Generator[Servers]:
    with ExitStack() as stack:
        yield Servers(stack)


@pytest.fixture(params=["file", pytest.param("redis", marks=pytest.mark.xdist_group("redis")), "django"])
def make_store(request: pytest.FixtureRequest, tmp_path: Path, servers: Servers) -> Generator[Any]:
    """Makes a store, each time as a process does after a restart."""
    with ExitStack() as stack:
        if request.param == "file":
            yield lambda: FileKeyStore(tmp_path / "keys")
        elif request.param == "django":
            stack.enter_context(cache_project({"BACKEND": FILE_CACHE, "LOCATION": str(tmp_path)}))
            yield DjangoKeyStore
        else:
            with skipping():
                url = servers.use(redis_server).url
            prefix = f"{tmp_path}:"
            yield lambda: RedisKeyStore.from_url(url, prefix=prefix)
