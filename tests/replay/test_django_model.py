"""Additional rules of the Django model stores: databases, transactions, migrations, a restarted server."""

from __future__ import annotations

import logging
import tempfile
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from itertools import count
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections, transaction
from django.db.utils import DataError, OperationalError
from django.test import override_settings
from django.utils.connection import ConnectionDoesNotExist

from tests.replay.claims import CLAIMED, COMPLETED, IN_FLIGHT, KEEP, LEASE, claim, new_key
from tests.replay.helpers import Servers, skipping
from tests.replay.servers_sql import DatabaseServer, postgres
from tests.replay.stores_django import APP, TABLE, PerRequest, database_project, on_postgres, on_sqlite
from tests.replay.test_concurrency import at_once
from webhook_verify.replay.django import AsyncDjangoModelStore, DjangoModelStore
from webhook_verify.replay.sql import SQLStore

pytestmark = pytest.mark.server


@contextmanager
def project_on(servers: Servers, server: str, **options: Any) -> Generator[str]:
    """The alias of a database in a project with the app."""
    alias = f"test_{server}"
    with tempfile.TemporaryDirectory() as directory:
        database = on_postgres(servers) if server == "postgres" else on_sqlite(directory)
        with database_project({**database, **options}, alias):
            yield alias


SERVERS = [pytest.param(each, marks=pytest.mark.xdist_group(each)) for each in ("sqlite", "postgres")]


@pytest.mark.parametrize("kind", [DjangoModelStore, AsyncDjangoModelStore])
def test_the_model_store_needs_its_app(kind: type[Any]) -> None:
    with override_settings(INSTALLED_APPS=[]), pytest.raises(ImproperlyConfigured, match="INSTALLED_APPS"):
        kind()


def test_the_model_store_names_a_database_that_is_not_there() -> None:
    with override_settings(INSTALLED_APPS=[APP]), pytest.raises(ConnectionDoesNotExist, match="nowhere"):
        DjangoModelStore("nowhere")


def test_the_model_store_refuses_a_database_that_it_was_not_made_for(monkeypatch: pytest.MonkeyPatch) -> None:
    # What is empty becomes Django's dummy. An alias of its own: a store of another test may be the default.
    dummy = connections.configure_settings({"default": {}, "a dummy": {}})["a dummy"]
    monkeypatch.setitem(connections.settings, "a dummy", dummy)
    with override_settings(INSTALLED_APPS=[APP]), pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        DjangoModelStore("a dummy")


@pytest.mark.xdist_group("sqlite")
def test_the_migrations_are_those_of_the_model(servers: Servers) -> None:
    with project_on(servers, "sqlite"):
        call_command("makemigrations", "webhook_verify_replay", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("server", SERVERS)
def test_a_rollback_of_the_handler_undoes_no_claim(servers: Servers, server: str) -> None:
    key = new_key()
    with project_on(servers, server) as alias:
        store = DjangoModelStore(alias)
        with transaction.atomic(using=alias):
            assert claim(store, key) == CLAIMED
            transaction.set_rollback(True, using=alias)
        assert claim(store, key, "second") == IN_FLIGHT
        with transaction.atomic(using=alias):
            assert store.extend(key, "first", lease=LEASE)
            assert store.complete(key, "first", retention=KEEP)
            transaction.set_rollback(True, using=alias)
        assert claim(store, key, "second") == COMPLETED


@pytest.mark.xdist_group("postgres")
def test_a_call_within_a_transaction_that_has_failed_works(servers: Servers) -> None:
    key = new_key()
    with project_on(servers, "postgres") as alias:
        store = DjangoModelStore(alias)
        claim(store, key)
        with transaction.atomic(using=alias):
            with pytest.raises(DataError), connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
            assert store.release(key, "first")
            transaction.set_rollback(True, using=alias)
        assert claim(store, key, "second") == CLAIMED


@pytest.mark.xdist_group("sqlite")
def test_under_debug_no_token_is_logged(servers: Servers, caplog: pytest.LogCaptureFixture) -> None:
    with (
        project_on(servers, "sqlite") as alias,
        override_settings(DEBUG=True),
        caplog.at_level(logging.DEBUG),
    ):
        store = DjangoModelStore(alias)
        claim(store, new_key(), "the-token")
        assert "the-token" not in f"{caplog.text} {connections[alias].queries}"


@pytest.mark.xdist_group("postgres")
def test_a_stricter_isolation_is_no_failure(servers: Servers) -> None:
    from psycopg import IsolationLevel

    strict = {"OPTIONS": {"isolation_level": IsolationLevel.SERIALIZABLE}}
    with project_on(servers, "postgres", **strict) as alias:
        store = PerRequest(DjangoModelStore(alias), alias)
        for _ in range(2):
            key = new_key()
            assert Counter(at_once(lambda token: claim(store, key, token)))[CLAIMED] == 1  # noqa: B023


@pytest.mark.slow
@pytest.mark.xdist_group("postgres")
def test_the_next_call_works_after_a_restart() -> None:
    with ExitStack() as stack:
        with skipping():
            server = stack.enter_context(postgres())
        stack.enter_context(database_project(on_server(server), "restarted"))
        store, key = DjangoModelStore("restarted"), new_key()
        assert claim(store, key) == CLAIMED
        server.crash()
        with pytest.raises(OperationalError):
            claim(store, key, "second")
        server.start()
        assert claim(store, key, "second") == IN_FLIGHT
        server.stop()
        server.start()
        assert store.complete(key, "first", retention=KEEP)


def on_server(server: DatabaseServer) -> dict[str, Any]:
    engine = "django.db.backends.postgresql"
    return {"ENGINE": engine, "NAME": "postgres", "USER": "tester", "HOST": "127.0.0.1", "PORT": server.port}


@pytest.mark.parametrize("server", SERVERS)
def test_workers_outside_django_may_share_the_table(servers: Servers, server: str) -> None:
    key = new_key()
    with project_on(servers, server) as alias:
        known = connections.settings[alias]
        url = f"postgresql+psycopg://tester@127.0.0.1:{known['PORT']}/postgres"
        outside = SQLStore(url if server == "postgres" else f"sqlite:///{known['NAME']}", table=TABLE)
        inside = DjangoModelStore(alias)
        assert claim(inside, key) == CLAIMED
        assert claim(outside, key, "second") == IN_FLIGHT
        assert outside.complete(key, "first", retention=KEEP)
        assert claim(inside, key, "second") == COMPLETED
        outside.close()


@pytest.mark.parametrize("server", SERVERS)
def test_records_past_their_time_are_pruned(servers: Servers, server: str) -> None:
    with project_on(servers, server) as alias:
        store = DjangoModelStore(alias)
        store._numbers = count(1)  # no claim prunes by itself
        while store.prune():  # what other tests have left in the same database
            pass
        for number in range(5):
            store.claim(f"old-{number}", "first", lease=0, retention=0)
        store.claim("kept", "first", lease=LEASE, retention=KEEP)
        assert store.prune(at_most=3) == 3
        assert store.prune() == 2
        assert store.prune() == 0
        assert store.release("kept", "first")
