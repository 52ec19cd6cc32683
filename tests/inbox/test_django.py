"""The inbox in a Django project: migration, store, transactions of the ORM, and the admin pages."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import AbstractContextManager, contextmanager, suppress
from io import StringIO
from pathlib import Path
from shutil import copyfile
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from django.test import Client, override_settings

from tests.inbox.helpers import new as new_entry
from tests.replay.helpers import Servers
from tests.replay.stores_django import on_postgres

if not settings.configured:
    settings.configure(SECRET_KEY="of a test")
    django.setup()

APP = "webhook_verify.inbox.django"
ALIAS = "inbox_project"
CONTRIB = ("admin", "auth", "contenttypes", "messages", "sessions")
MIDDLEWARE = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]


def put_in_place(alias: str, database: dict[str, Any] | None) -> None:
    with suppress(AttributeError):  # this thread has not used the connection
        del connections[alias]
    if database is None:
        connections.settings.pop(alias, None)
    else:
        connections.settings[alias] = database


@contextmanager
def project_on(database: dict[str, Any]) -> Generator[None]:
    """A project with the app, the admin site, and only this database."""
    before = connections.settings.get("default")
    put_in_place("default", connections.configure_settings({"default": database})["default"])
    apps = [*(f"django.contrib.{each}" for each in CONTRIB), APP]
    try:
        with override_settings(
            INSTALLED_APPS=apps,
            MIDDLEWARE=MIDDLEWARE,
            TEMPLATES=TEMPLATES,
            ROOT_URLCONF="tests.inbox.django_urls",
            ALLOWED_HOSTS=["testserver"],
            USE_TZ=True,
            STATIC_URL="static/",
        ):
            yield
    finally:
        connections["default"].close()
        put_in_place("default", before)


def project_at(path: Path) -> AbstractContextManager[None]:
    """A project whose database is this SQLite file."""
    return project_on({"ENGINE": "django.db.backends.sqlite3", "NAME": str(path)})


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database after the migrations, to be copied: they take as long as all tests."""
    path = tmp_path_factory.mktemp("django") / "migrated.sqlite3"
    with project_at(path):
        call_command("migrate", verbosity=0)
    return path


@pytest.fixture
def project(migrated: Path, tmp_path: Path) -> Generator[Path]:
    """A project, and the file of its database."""
    path = tmp_path / "project.sqlite3"
    copyfile(migrated, path)
    with project_at(path):
        yield path


def store() -> Any:
    from webhook_verify.inbox.django import DjangoInboxStore

    return DjangoInboxStore()


def signed_in(*permissions: str, name: str = "ann", is_superuser: bool = False) -> Client:
    from django.contrib.auth.models import Permission, User

    user = User.objects.create_user(name, is_staff=True, is_superuser=is_superuser)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, address: str = "") -> str:
    response = client.get(f"/admin/webhook_verify_inbox/inboxentry/{address}")
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def dead(inbox: Any, **values: Any) -> int:
    number: int = inbox.put(new_entry(**values)).id
    inbox.claim("a token", lease=60)
    assert inbox.bury(number, "a token", error="ValueError: no such customer\nin handlers.py, line 7")
    return number


def test_the_migration_creates_the_table_of_the_sql_stores(project: Path) -> None:
    from webhook_verify.inbox.sql import SQLInboxStore

    number = store().put(new_entry(body=b"stored by Django")).id
    found = SQLInboxStore(f"sqlite:///{project}").get(number)
    assert found is not None
    assert found.stored.body == b"stored by Django"


def test_the_model_and_its_migration_agree(project: Path) -> None:
    call_command("makemigrations", "webhook_verify_inbox", check=True, dry_run=True, stdout=StringIO())


def test_the_model_reads_what_the_store_writes(project: Path) -> None:
    from webhook_verify.inbox.django.models import InboxEntry

    inbox = store()
    number = dead(inbox, body=b"x" * 5_000)  # compressed in the table
    assert InboxEntry.objects.get(id=number).entry == inbox.get(number)


def test_the_migration_can_be_undone(project: Path) -> None:
    call_command("migrate", "webhook_verify_inbox", "zero", verbosity=0)
    assert "webhook_inbox" not in connections["default"].introspection.table_names()


class Work:
    """A table of the application."""

    def __init__(self) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS work")
            cursor.execute("CREATE TABLE work (number INTEGER)")

    def write(self, number: int) -> None:
        with connections["default"].cursor() as cursor:
            cursor.execute("INSERT INTO work VALUES (%s)", [number])

    def rows(self) -> list[int]:
        with connections["default"].cursor() as cursor:
            cursor.execute("SELECT number FROM work ORDER BY number")
            return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize("lane", ["", "a lane"])
def test_work_and_its_end_are_committed_together(project: Path, lane: str) -> None:
    inbox, work = store(), Work()
    number = inbox.put(new_entry(lane=lane)).id
    inbox.claim("a token", lease=60)
    with inbox.transaction(number, "a token"):
        work.write(1)
    assert work.rows() == [1]
    assert inbox.get(number).state == "done"


def test_work_that_fails_leaves_neither_rows_nor_an_end(project: Path) -> None:
    inbox, work = store(), Work()
    number = inbox.put(new_entry()).id
    inbox.claim("a token", lease=60)

    def handle() -> None:
        with inbox.transaction(number, "a token"):
            work.write(1)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        handle()
    assert work.rows() == []
    assert inbox.get(number).state == "running"


def test_work_under_a_lost_lease_is_rolled_back(project: Path) -> None:
    from webhook_verify.inbox import LeaseLost

    inbox, work = store(), Work()
    number = inbox.put(new_entry()).id
    inbox.claim("a token", lease=60)
    with pytest.raises(LeaseLost), inbox.transaction(number, "another token"):
        work.write(1)
    assert work.rows() == []


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.xdist_group("postgres")
@pytest.mark.parametrize("lane", ["", "a lane"])
def test_the_store_and_its_transaction_work_on_postgresql(servers: Servers, lane: str) -> None:
    from webhook_verify.inbox import LeaseLost

    with project_on(on_postgres(servers)):
        call_command("migrate", verbosity=0)
        inbox, work = store(), Work()
        first, second = (inbox.put(new_entry(lane=lane, body=b"\0\xff")).id for _ in range(2))
        assert [entry.id for entry in inbox.claim("a token", lease=60)] == [first]
        with inbox.transaction(first, "a token"):
            work.write(first)
        assert [entry.id for entry in inbox.claim("a token", lease=60)] == [second]
        with pytest.raises(LeaseLost), inbox.transaction(second, "another token"):
            work.write(second)
        assert work.rows() == [first]
        assert [inbox.get(each).state for each in (first, second)] == ["done", "running"]
        inbox.close()


def test_the_list_shows_state_type_and_failure(project: Path) -> None:
    dead(store(), event_type="invoice.paid", message_id="msg_1")
    text = page(signed_in("view_inboxentry"))
    assert "invoice.paid" in text
    assert "msg_1" in text
    assert "ValueError: no such customer" in text
    assert "line 7" not in text  # the rest of the failure is on the page of the delivery


@pytest.mark.parametrize(("query", "shown"), [("?state=dead", True), ("?state=done", False)])
def test_the_list_has_filters(project: Path, query: str, shown: bool) -> None:
    dead(store(), message_id="msg_1")
    client = signed_in("view_inboxentry")
    assert ("msg_1" in page(client, query)) is shown


def test_deliveries_can_be_filtered_by_their_age(project: Path) -> None:
    inbox = store()
    inbox.put(new_entry(message_id="msg_old", received_at=1_000_000_000.0))
    text = page(signed_in("view_inboxentry"), "?received=week")
    assert "msg_old" not in text


def test_a_delivery_is_shown_as_json_raw_and_hex_and_is_text(project: Path) -> None:
    body = b'{"name": "<img src=x onerror=alert(1)>"}'
    number = dead(store(), body=body, headers=(("webhook-id", "<b>msg_1</b>"),))
    text = page(signed_in("view_inboxentry"), f"{number}/change/")
    assert "<img" not in text
    assert "<b>" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert body[:16].hex(" ") in text
    assert "line 7" in text
    assert "a token" not in text


ODD_BODIES = {
    "empty": b"",
    "not UTF-8": b"\xff\x00\x1b[31m",
    "not JSON": b"[" * 100_000,
    "large": b"x" * 300_000,
    "half a surrogate pair": b'{"name": "\\ud800"}',
    "too deep to indent": b"[" * 900 + b"]" * 900,
    "much larger with its indents": b"[" * 300 + b"[],[]," * 10_000 + b"[]" + b"]" * 300,
    "a large number": b"9" * 5_000,
}


@pytest.mark.parametrize("body", ODD_BODIES.values(), ids=ODD_BODIES)
def test_every_body_has_a_page(project: Path, body: bytes) -> None:
    number = store().put(new_entry(body=body)).id
    assert len(page(signed_in("view_inboxentry"), f"{number}/change/")) < 1_500_000


def act(client: Client, action: str, *numbers: int) -> int:
    chosen = {"action": action, "_selected_action": [str(each) for each in numbers]}
    response = client.post("/admin/webhook_verify_inbox/inboxentry/", chosen, follow=True)
    return int(response.status_code)


@pytest.mark.parametrize(("action", "state"), [("redrive", "ready"), ("discard", "discarded")])
def test_an_action_needs_its_permission_and_is_recorded(project: Path, action: str, state: str) -> None:
    inbox = store()
    first, second = dead(inbox), dead(inbox)
    act(signed_in("view_inboxentry", name="bob"), action, first)
    assert inbox.get(first).state == "dead"
    client = signed_in("view_inboxentry", f"{action}_inboxentry", name="ann")
    assert act(client, action, first) == 200
    entry = inbox.get(first)
    assert entry.state == state
    assert [(line["action"], line["by"]) for line in entry.audit] == [(action, "ann")]
    assert inbox.get(second).state == "dead"
    assert f"{action} by ann" in page(client, f"{first}/change/")


@pytest.mark.parametrize("address", ["add/", "{}/delete/"])
def test_nobody_adds_or_deletes_here(project: Path, address: str) -> None:
    number = dead(store())
    client = signed_in(is_superuser=True)
    response = client.get(f"/admin/webhook_verify_inbox/inboxentry/{address.format(number)}")
    assert response.status_code == 403


def test_nobody_edits_here(project: Path) -> None:
    inbox = store()
    number = dead(inbox)
    client = signed_in(is_superuser=True)
    address = f"/admin/webhook_verify_inbox/inboxentry/{number}/change/"
    assert client.post(address, {"state": "done"}).status_code == 403
    assert inbox.get(number).state == "dead"


def test_a_project_without_the_app_is_told_to_add_it() -> None:
    with override_settings(INSTALLED_APPS=[]), pytest.raises(ImproperlyConfigured, match="INSTALLED_APPS"):
        store()


@pytest.mark.parametrize("name", [":memory:", "file:memory?mode=memory&cache=shared"])
def test_a_database_in_memory_is_refused(project: Path, name: str) -> None:
    made = connections.configure_settings(
        {"default": {}, ALIAS: {"ENGINE": "django.db.backends.sqlite3", "NAME": name}}
    )[ALIAS]
    put_in_place(ALIAS, made)
    from webhook_verify.inbox.django import DjangoInboxStore

    try:
        with pytest.raises(ImproperlyConfigured, match="in memory"):
            DjangoInboxStore(ALIAS)
    finally:
        put_in_place(ALIAS, None)


def test_the_url_of_postgresql_has_its_options(project: Path) -> None:
    from webhook_verify.inbox.django.store import database_url

    database = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "shop",
        "USER": "ann",
        "PASSWORD": "p@ss/word",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "verify-full", "pool": True},
    }
    put_in_place(ALIAS, connections.configure_settings({"default": {}, ALIAS: database})[ALIAS])
    try:
        url = database_url(ALIAS)
    finally:
        put_in_place(ALIAS, None)
    text = url.render_as_string(hide_password=False)
    assert text == "postgresql+psycopg://ann:p%40ss%2Fword@db.example:5433/shop?sslmode=verify-full"
    assert "p%40ss" not in repr(url)
