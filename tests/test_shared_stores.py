"""Receivers that share a store by accident raise an error; intended sharing works."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import AsyncReceiver, Receiver, Secret, Signer, Verifier
from webhook_verify.api.secret_source import AsyncSecretSource, SecretSource
from webhook_verify.http import RequestHead
from webhook_verify.inbox import AsyncInbox, Inbox, MemoryInboxStore
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.replay.redis import AsyncRedisStore, RedisStore
from webhook_verify.replay.sql import AsyncSQLStore, SQLStore

BILLING = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
CRM = "whsec_zlFsbBZ8Xcodlpcu6NDTdSzZRLSdhkst"
REDIS = "redis://localhost:6379/0"  # to which a client connects with its first call only


@pytest.fixture(autouse=True, scope="module")
def no_receivers_of_other_tests() -> None:
    gc.collect()


def refused() -> Any:
    return pytest.raises(ValueError, match="namespace")


def post(receiver: Receiver, secret: str, path: str = "/hook") -> Any:
    headers = Signer(secret).sign(b"{}", id="msg_1")
    return receiver.handle_request(RequestHead("POST", path, headers), [b"{}"], lambda delivery: 200, int)


@rows("kind", [Receiver, AsyncReceiver])
def test_two_receivers_with_other_secrets_on_one_store_are_refused(kind: Any) -> None:
    guard = ReplayGuard(MemoryStore())
    first = kind(Verifier(BILLING), replay=guard)
    with refused() as error:
        kind(Verifier(CRM), replay=guard)
    assert "MemoryStore" in str(error.value)
    assert BILLING not in str(error.value)
    assert first.has_replay_protection


def test_it_is_the_store_that_counts_and_not_the_guard_or_the_kind_of_receiver() -> None:
    store = MemoryStore()
    first = Receiver(Verifier(BILLING), replay=ReplayGuard(store))
    for kind in (Receiver, AsyncReceiver):
        made: Any = kind
        with refused():
            made(Verifier(CRM), replay=ReplayGuard(store, lease=5))
    del first


def test_receivers_with_namespaces_of_their_own_share_a_store_and_handle_each_its_own() -> None:
    guard = ReplayGuard(MemoryStore())
    billing = Receiver(Verifier(BILLING), replay=guard, namespace="billing")
    crm = Receiver(Verifier(CRM), replay=guard, namespace="crm")
    assert [post(billing, BILLING), post(crm, CRM)] == [200, 200]
    assert post(crm, CRM).status == 200


def test_without_a_namespace_it_is_the_empty_one() -> None:
    """So an application may name it, and still knows what it has handled before."""
    guard = ReplayGuard(MemoryStore())
    default = Receiver(Verifier(BILLING), replay=guard)
    empty = Receiver(Verifier(BILLING), replay=guard, namespace="")
    assert post(default, BILLING) == 200
    assert post(empty, BILLING).body == b'{"result":"handled_before"}'


def test_schemes_are_apart_by_themselves() -> None:
    guard = ReplayGuard(MemoryStore())
    both = [Receiver(Verifier(BILLING), replay=guard), Receiver(Verifier(CRM, scheme="github"), replay=guard)]
    assert len(both) == 2


def test_the_same_receiver_may_be_made_twice() -> None:
    """By an application factory, a reload or a test."""
    guard = ReplayGuard(MemoryStore())
    verifier = Verifier(BILLING)
    twins = [
        Receiver(verifier, replay=guard),
        Receiver(verifier, replay=guard),
        Receiver(Verifier(BILLING), replay=guard),
        AsyncReceiver(Verifier(BILLING), replay=guard),
    ]
    assert post(twins[0], BILLING) == 200  # type: ignore[arg-type]
    assert post(twins[2], BILLING).status == 200  # type: ignore[arg-type]


def test_a_receiver_that_is_made_again_in_the_middle_of_a_rotation_is_the_same() -> None:
    guard = ReplayGuard(MemoryStore())
    before = Receiver(Verifier(BILLING), replay=guard)
    amid = Receiver(Verifier([Secret(CRM, label="new"), Secret(BILLING, label="old")]), replay=guard)
    assert post(before, BILLING) == 200
    assert post(amid, CRM).status == 200, "signed anew with the new secret, it is still the same message"


def test_a_receiver_that_is_gone_counts_no_more() -> None:
    guard = ReplayGuard(MemoryStore())
    receiver: Any = Receiver(Verifier(BILLING), replay=guard)
    receiver.itself = receiver  # which only the collector of garbage frees
    del receiver
    assert Receiver(Verifier(CRM), replay=guard).has_replay_protection


def test_a_receiver_that_was_refused_does_not_count() -> None:
    guard = ReplayGuard(MemoryStore())
    first = Receiver(Verifier(BILLING), replay=guard)
    with refused():
        Receiver(Verifier(CRM), replay=guard)
    again = Receiver(Verifier(BILLING), replay=guard)
    assert first is not again


def sqlite(path: Path, kind: Any = SQLStore, driver: str = "", table: str = "webhook_replay") -> Any:
    return kind(f"sqlite{driver}:///{path}/replay.db", table=table)


@rows(
    ("first", "second"),
    [
        (lambda _: RedisStore.from_url(REDIS), lambda _: RedisStore.from_url("redis://:pw@localhost")),
        (lambda _: RedisStore.from_url(REDIS), lambda _: AsyncRedisStore.from_url(REDIS)),
        (sqlite, sqlite),
        (sqlite, lambda path: sqlite(path, AsyncSQLStore, "+aiosqlite")),
    ],
)
def test_two_stores_of_one_server_are_one_store(first: Any, second: Any, tmp_path: Path) -> None:
    receiver = AsyncReceiver(Verifier(BILLING), replay=ReplayGuard(first(tmp_path)))
    with refused():
        AsyncReceiver(Verifier(CRM), replay=ReplayGuard(second(tmp_path)))
    del receiver


@rows(
    ("first", "second"),
    [
        (lambda _: MemoryStore(), lambda _: MemoryStore()),
        (lambda _: RedisStore.from_url(REDIS), lambda _: RedisStore.from_url("redis://localhost:6379/1")),
        (lambda _: RedisStore.from_url(REDIS), lambda _: RedisStore.from_url("redis://other:6379/0")),
        (lambda _: RedisStore.from_url(REDIS), lambda _: RedisStore.from_url(REDIS, prefix="crm:")),
        (sqlite, lambda path: sqlite(path, table="crm")),
        (sqlite, lambda path: sqlite(path / "..")),
    ],
)
def test_stores_that_are_apart_are_not_one(first: Any, second: Any, tmp_path: Path) -> None:
    receivers = [
        Receiver(Verifier(BILLING), replay=ReplayGuard(first(tmp_path))),
        Receiver(Verifier(CRM), replay=ReplayGuard(second(tmp_path))),
    ]
    assert len(receivers) == 2


# Lookups: many tenants behind one route.


async def looked_up(head: RequestHead) -> Verifier:
    return Verifier(BILLING)


@rows("namespace", ["", "app"])
@rows(("kind", "lookup"), [(Receiver, lambda head: Verifier(BILLING)), (AsyncReceiver, looked_up)])
def test_a_lookup_with_a_constant_namespace_is_refused(kind: Any, lookup: Any, namespace: str) -> None:
    with refused() as error:
        kind(lookup, replay=ReplayGuard(MemoryStore()), namespace=namespace)
    assert "lambda head: head.path" in str(error.value)


def test_a_lookup_without_replay_protection_needs_no_namespace() -> None:
    assert not Receiver(lambda head: Verifier(BILLING)).has_replay_protection


def test_tenants_behind_one_lookup_handle_each_its_own() -> None:
    verifiers = {"/a": Verifier(BILLING), "/b": Verifier(CRM)}
    guard = ReplayGuard(MemoryStore())
    receiver = Receiver(lambda head: verifiers.get(head.path), replay=guard, namespace=lambda head: head.path)
    assert [post(receiver, BILLING, "/a"), post(receiver, CRM, "/b")] == [200, 200]
    assert post(receiver, BILLING, "/a").status == 200


def test_a_secret_source_is_of_one_sender_so_it_needs_no_namespace() -> None:
    def fetch() -> str:
        return BILLING

    async def fetch_async() -> str:
        return BILLING

    guard = ReplayGuard(MemoryStore())
    twins = [Receiver(SecretSource(fetch), replay=guard), Receiver(SecretSource(fetch), replay=guard)]
    assert post(twins[0], BILLING) == 200
    assert post(twins[1], BILLING).status == 200
    assert AsyncReceiver(AsyncSecretSource(fetch_async), replay=ReplayGuard(MemoryStore())).scheme is None


def test_two_secret_sources_of_other_senders_are_refused() -> None:
    guard = ReplayGuard(MemoryStore())
    first = Receiver(SecretSource(lambda: BILLING), replay=guard)
    for other in (SecretSource(lambda: CRM), Verifier(CRM)):
        with refused():
            Receiver(other, replay=guard)
    assert Receiver(SecretSource(lambda: CRM), replay=guard, namespace="crm") is not first


def test_inboxes_on_one_table_are_one_store(tmp_path: Path) -> None:
    """Otherwise one sender's message could count as a duplicate of another's, and be lost."""
    path, memory = tmp_path / "inbox.sqlite3", MemoryInboxStore()
    pairs: list[tuple[Any, Any]] = [
        (Inbox(path), Inbox(path)),
        (Inbox(path), AsyncInbox(path)),
        (Inbox(memory), Inbox(memory)),
    ]
    for first_inbox, second_inbox in pairs:
        first = AsyncReceiver(Verifier(BILLING), inbox=first_inbox)
        with refused():
            AsyncReceiver(Verifier(CRM), inbox=second_inbox)
        AsyncReceiver(Verifier(CRM), inbox=second_inbox, namespace="crm")
        del first


def test_the_namespace_of_an_inbox_is_that_of_a_receiver_without_one(tmp_path: Path) -> None:
    path = tmp_path / "inbox.sqlite3"
    billing = Receiver(Verifier(BILLING), inbox=Inbox(path, namespace="billing"))
    crm = Receiver(Verifier(CRM), inbox=Inbox(path, namespace="crm"))
    assert [post(billing, BILLING).status, post(crm, CRM).status] == [202, 202]
    with refused():
        Receiver(Verifier(CRM), inbox=Inbox(path), namespace="billing")
