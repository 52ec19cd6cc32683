"""`Inbox` and `AsyncInbox`: what is stored of a delivery, and how it is read, verified and decided again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine

from tests.inbox.deliveries import RECEIVED, request, stored
from tests.inbox.helpers import token
from tests.providers.sample import NOW, Sample
from tests.providers.samples import SAMPLES
from tests.rows import rows
from tests.signing import SECRET
from tests.test_sealed import seen
from webhook_verify import RejectedDelivery, Signer, Verifier
from webhook_verify.http import RequestHead
from webhook_verify.inbox import (
    AsyncInbox,
    AsyncSQLInboxStore,
    BackfillOutcome,
    EntryState,
    Inbox,
    PruneOutcome,
    SQLInboxStore,
)
from webhook_verify.inbox.stored_deliveries import CREDENTIAL_HEADERS
from webhook_verify.replay import ReplayGuard
from webhook_verify.schemes import HeaderScheme

# What is stored


def test_a_delivery_is_stored_once(inbox: Inbox) -> None:
    delivery, head = request()
    first, second = inbox.accept(delivery, head), inbox.accept(delivery, head)
    other = inbox.accept(delivery, head, "another tenant")
    assert (first.is_new, second.is_new, other.is_new) == (True, False, True)
    assert first.id == second.id != other.id


def test_the_fields_of_an_entry(inbox: Inbox) -> None:
    delivery, head = request()
    entry = stored(inbox, delivery, head, "tenant").stored
    assert entry.key == ReplayGuard.storage_key("tenant", delivery)
    assert (entry.namespace, entry.lane, entry.message_id) == ("tenant", "", "msg_1")
    assert (entry.event_type, entry.scheme) == ("invoice.paid", "standard-webhooks")
    assert (entry.secret_label, entry.received_at) == ("secret-1", RECEIVED)
    assert entry.body == delivery.body


def test_the_namespace_of_the_inbox_is_that_of_a_receiver_without_one(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "a", namespace="mine")
    assert stored(inbox, *request()).stored.namespace == "mine"
    assert stored(inbox, *request(), "its own").stored.namespace == "its own"


def test_signed_and_allowed_headers_are_stored_and_no_others(inbox: Inbox) -> None:
    names_of_secrets = ["Authorization", "COOKIE", "X-Github-Encoded-Secret", "x-other"]
    others: dict[str, Any] = {"User-Agent": "sender", **dict.fromkeys(names_of_secrets, "s3cret")}
    delivery, head = request(**others)
    entry = stored(inbox, delivery, head)
    names = {name for name, _ in entry.stored.headers}
    assert names == {"webhook-id", "webhook-timestamp", "webhook-signature", "user-agent"}
    assert "s3cret" not in repr(entry)


@pytest.mark.parametrize("name", sorted(CREDENTIAL_HEADERS))
def test_headers_with_credentials_cannot_be_allowed(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Inbox(tmp_path / "a", headers=[name.title()])


WITHOUT_SIGNED_HEADERS = {"authorization", *CREDENTIAL_HEADERS}


@rows("sample", SAMPLES.values(), ids=SAMPLES)
def test_every_provider_is_read_and_verified_again(
    sample: Sample, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inbox = Inbox(tmp_path_factory.getbasetemp() / "providers.sqlite3", clock=lambda: RECEIVED)
    body, headers = sample.signed()
    verifier = sample.verifier()
    delivery = sample.verify(verifier, body, headers)
    head = RequestHead(sample.method or "POST", "/hook", headers, url=sample.url)
    entry = stored(inbox, delivery, head, sample.name)
    assert inbox.delivery(entry) == delivery
    assert seen(inbox.delivery(entry)) == seen(delivery)
    scheme: Any = verifier.scheme
    names = {name.lower() for name in headers} & set(scheme.header_names)
    is_token = isinstance(scheme, HeaderScheme) and not scheme.algorithm.signs
    kept = {name for name, _ in entry.stored.headers}
    if is_token:
        assert not kept & set(scheme.signature_headers)
        assert not any(str(sample.secret) in value for _, value in entry.stored.headers)
        assert "request" not in entry.stored.parts
    elif names & WITHOUT_SIGNED_HEADERS or not {name.lower() for name in headers} <= kept:
        assert kept == {name.lower() for name in headers} & (names - CREDENTIAL_HEADERS)
    else:
        assert inbox.verify_again(entry, verifier) == delivery
        with pytest.raises(RejectedDelivery):
            inbox.verify_again(entry, sample.verifier(sample.other_secret))


def test_a_scheme_of_the_application_is_verified_again(tmp_path: Path) -> None:
    scheme = HeaderScheme("mine", signature_header="x-mine")
    verifier = Verifier("0123456789abcdef0123", scheme=scheme)
    headers = Signer("0123456789abcdef0123", scheme=scheme).sign(b"{}")
    inbox = Inbox(tmp_path / "a")
    delivery = verifier.verify(b"{}", headers)
    entry = stored(inbox, delivery, RequestHead("POST", "/", headers))
    assert inbox.verify_again(entry, verifier) == delivery


# Lanes


@rows(
    "lane, expected",
    [
        ("customer 1", "customer 1"),
        ("\\" + 60 * "é", ""),  # a database escapes a backslash at the beginning, and all after it
        ("", ""),
        ("a" * 200, "a" * 200),
        ("é" * 101, ""),
        ("\0", ""),
        ("\ud800", ""),
    ],
)
def test_a_lane_is_a_text_that_every_store_accepts(
    lane: str, expected: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    inbox = Inbox(tmp_path_factory.getbasetemp() / "lanes.sqlite3", lane=lambda delivery: lane)
    result = inbox.new_entry(*request()).lane
    assert result == expected if expected or not lane else result.startswith("sha256:")
    assert inbox.accept(*request(f"msg_{len(lane)}_{lane[:1]!a}".replace("\\", ""))).is_new


def test_a_lane_must_be_a_str(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "a", lane=lambda delivery: 7)  # type: ignore[arg-type, return-value]
    with pytest.raises(TypeError, match=r"lane must return a str, not 'int'"):
        inbox.accept(*request())


# Construction


def test_the_databases_of_an_inbox(tmp_path: Path) -> None:
    file = tmp_path / "a.sqlite3"
    url = f"sqlite:///{file}"
    databases: list[Any] = [file, str(file), url, create_engine(url), SQLInboxStore(url)]
    for database in databases:
        assert Inbox(database).list() == []
    async_url = f"sqlite+aiosqlite:///{file}"
    databases = [file, str(file), async_url, AsyncSQLInboxStore(async_url)]
    for database in databases:
        assert asyncio.run(_listed(AsyncInbox(database))) == []


async def _listed(inbox: AsyncInbox) -> object:
    entries = await inbox.list()
    await inbox.aclose()
    return entries


@rows(
    "database, error, says",
    [
        (":memory:", ValueError, "MemoryInboxStore"),
        ("", ValueError, "file"),
        ("sqlite://", ValueError, "MemoryInboxStore"),
        ("sqlite+aiosqlite:///a", ValueError, "AsyncSQLInboxStore"),
        (7, TypeError, "int"),
        (AsyncSQLInboxStore("sqlite+aiosqlite:///a"), TypeError, "AsyncSQLInboxStore"),
    ],
)
def test_a_database_that_cannot_work_is_refused(database: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        Inbox(database)


@rows(
    "options, error, says",
    [
        ({"lane": "a"}, TypeError, "lane must be a function"),
        ({"clock": 7}, TypeError, "clock must be a function"),
        ({"namespace": None}, TypeError, "namespace must be a str"),
        ({"headers": "user-agent"}, TypeError, "headers must be several names"),
        ({"headers": [7]}, TypeError, "headers must contain only str"),
        ({"headers": ["Cookie"]}, ValueError, "cookie"),
    ],
)
def test_an_option_that_cannot_work_is_refused(
    options: dict[str, Any], error: type[Exception], says: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with pytest.raises(error, match=says):
        Inbox(tmp_path_factory.getbasetemp() / "a.sqlite3", **options)


# Decisions


def dead(inbox: Inbox, count: int) -> list[int]:
    numbers = [inbox.accept(*request(f"msg_{number}_{token()}")).id for number in range(count)]
    tag = token()
    for entry in inbox.store.claim(tag, lease=60, limit=count):
        inbox.store.bury(entry.id, tag, error="x")
    return numbers


def test_dead_letters_are_redriven_by_number_or_by_filter(inbox: Inbox) -> None:
    first, *others = dead(inbox, 5)
    assert inbox.redrive(first, by="ann") == 1
    assert inbox.redrive(limit=2) == 2
    assert inbox.redrive(event_type="another") == 0
    assert inbox.redrive(since=datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=1)) == 0
    assert inbox.redrive(since=RECEIVED) == 2
    assert [entry.state for entry in inbox.list()] == [EntryState.READY] * 5
    assert len(others) == 4


def test_dead_letters_are_discarded_by_filter(inbox: Inbox) -> None:
    numbers = dead(inbox, 3)
    waiting = inbox.accept(*request("msg_waiting")).id
    assert inbox.discard() == 3
    assert [entry.id for entry in inbox.list(state="discarded")] == numbers
    assert inbox.discard(waiting) == 1


def test_many_dead_letters_are_redriven_in_batches(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhook_verify.inbox.inbox._BATCH", 2)
    dead(inbox, 5)
    assert inbox.redrive(limit=3) == 3
    assert inbox.redrive() == 2


def test_old_entries_and_bodies_are_pruned(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("webhook_verify.inbox.inbox._BATCH", 2)
    first, *_ = dead(inbox, 5)
    inbox.discard()
    (kept,) = dead(inbox, 1)
    assert inbox.prune() == PruneOutcome(0, 0)
    later = Inbox(inbox.store, clock=lambda: 4e9)
    assert later.prune(bodies_older_than=timedelta(days=1)) == PruneOutcome(0, 5)
    pruned = inbox.get(first)
    assert pruned is not None
    for read in (inbox.delivery, lambda entry: inbox.verify_again(entry, Verifier(SECRET))):
        with pytest.raises(ValueError, match="pruned"):
            read(pruned)
    assert later.prune(done_older_than=60) == PruneOutcome(5, 0)
    assert [entry.id for entry in inbox.list()] == [kept]


def test_a_transaction_of_an_entry(inbox: Inbox) -> None:
    number = inbox.accept(*request()).id
    (entry,) = inbox.store.claim(token(), lease=60)
    with inbox.transaction(entry) as connection:
        connection.exec_driver_sql("CREATE TABLE work (a INTEGER)")
    found = inbox.get(number)
    assert found is not None
    assert found.state is EntryState.DONE


# asyncio


def test_the_calls_of_an_inbox_for_asyncio(tmp_path: Path) -> None:
    delivery, head = request()

    async def run() -> None:
        inbox = AsyncInbox(tmp_path / "a.sqlite3", clock=lambda: RECEIVED)
        await inbox.create_table()
        outcome = await inbox.accept(delivery, head, "tenant")
        assert outcome.is_new
        entry = await inbox.get(outcome.id)
        assert entry is not None
        assert inbox.delivery(entry) == delivery
        assert inbox.verify_again(entry, Verifier(SECRET)) == delivery
        assert (await inbox.stats())["ready"] == 1
        (claim,) = await inbox.store.claim(token(), lease=60)
        async with inbox.transaction(claim) as connection:
            await connection.exec_driver_sql("CREATE TABLE work (a INTEGER)")
        (done,) = await inbox.list(state="done")
        assert done.id == outcome.id
        second = await inbox.accept(*request("msg_2"))
        assert await inbox.discard(second.id) == 1
        assert await inbox.redrive(second.id) == 1
        assert await inbox.redrive() == await inbox.discard() == 0
        later = AsyncInbox(inbox.store, clock=lambda: 4e9)
        assert await later.prune(done_older_than=1, bodies_older_than=1) == PruneOutcome(1, 0)
        assert await inbox.backfill([delivery]) == BackfillOutcome(new=1)
        await inbox.aclose()

    finished: Coroutine[Any, Any, None] = run()
    asyncio.run(finished)
