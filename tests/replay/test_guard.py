"""The guard: rejected arguments, and the key of a delivery in a store."""

from __future__ import annotations

import os
import sys
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import processes
from webhook_verify import Delivery, replay
from webhook_verify.delivery import make_delivery
from webhook_verify.replay import AsyncRedisStore, MemoryStore, RedisStore, ReplayGuard


def delivery(id: str = "msg_1", scheme: str = "standard-webhooks", *, body: bytes = b"{}") -> Delivery:
    return make_delivery(id, 1_700_000_000, body, scheme, "secret-1", None)


def test_the_defaults_outlast_a_handler_and_a_senders_retries() -> None:
    guard = ReplayGuard(MemoryStore())

    assert guard.lease == 60
    assert guard.retention == 4 * 86_400


@pytest.mark.parametrize(
    ("given_time", "seconds"),
    [(90, 90.0), (1.5, 1.5), (timedelta(minutes=2), 120.0), (timedelta(milliseconds=1), 0.001)],
    ids=str,
)
def test_a_time_is_a_timedelta_or_seconds(given_time: float | timedelta, seconds: float) -> None:
    assert ReplayGuard(MemoryStore(), lease=given_time).lease == seconds
    assert ReplayGuard(MemoryStore(), lease=seconds / 2, retention=given_time).retention == seconds


@pytest.mark.parametrize("name", ["lease", "retention"])
@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        (0, ValueError),
        (-1, ValueError),
        (float("inf"), ValueError),
        (float("nan"), ValueError),
        (timedelta(), ValueError),
        (timedelta(seconds=-1), ValueError),
        (True, TypeError),
        ("60", TypeError),
        (None, TypeError),
    ],
    ids=repr,
)
def test_a_time_that_cannot_work_is_refused(name: str, wrong: Any, error: type[Exception]) -> None:
    if (name, wrong) == ("retention", float("inf")):
        assert ReplayGuard(MemoryStore(), retention=wrong).retention == wrong  # for ever
        return
    with pytest.raises(error, match=name):
        ReplayGuard(MemoryStore(), **{name: wrong})


@pytest.mark.parametrize("retention", [60, 59.9, timedelta(seconds=60)], ids=str)
def test_the_lease_is_shorter_than_the_retention(retention: float | timedelta) -> None:
    with pytest.raises(ValueError, match="shorter than retention"):
        ReplayGuard(MemoryStore(), lease=60, retention=retention)


@pytest.mark.parametrize(("tolerance", "fits"), [(300, True), (500, True), (500.1, False), (600, False)])
def test_the_retention_is_at_least_twice_the_tolerance(tolerance: float, fits: bool) -> None:
    guard = ReplayGuard(MemoryStore(), retention=1000)
    if fits:
        guard.check_tolerance(tolerance)
    else:
        with pytest.raises(ValueError, match="at least twice the tolerance"):
            guard.check_tolerance(tolerance)


class WithoutExtend:
    def claim(self) -> None: ...
    def complete(self) -> None: ...
    def release(self) -> None: ...


class HalfAsync(WithoutExtend):
    async def extend(self) -> None: ...


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (None, "claim, extend, complete, release, not 'NoneType'"),
        ("redis://localhost", "not 'str'"),
        (WithoutExtend(), "not 'WithoutExtend'"),
        (MemoryStore, "not the class 'MemoryStore'"),
        (HalfAsync(), "all async or all synchronous, not mixed as in 'HalfAsync'"),
    ],
    ids=["none", "url", "call missing", "class", "half async"],
)
def test_what_is_no_store_is_refused(wrong: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message):
        ReplayGuard(wrong)


def test_a_guard_knows_whether_its_store_is_awaited_and_whether_it_blocks() -> None:
    url = "redis://localhost"  # to which a client connects with its first call only
    stores: list[Any] = [MemoryStore(), RedisStore.from_url(url), AsyncRedisStore.from_url(url)]
    guards: list[ReplayGuard[Any]] = [ReplayGuard(store) for store in stores]

    assert [guard.is_async for guard in guards] == [False, False, True]
    assert [guard.may_block for guard in guards] == [False, True, True]


def test_a_guard_keeps_its_store() -> None:
    store = MemoryStore()
    assert ReplayGuard(store).store is store


def test_a_guard_shows_no_address_of_its_store() -> None:
    store = RedisStore.from_url("redis://:p4ssw0rd@localhost")
    assert repr(ReplayGuard(store)) == "ReplayGuard(<RedisStore>, lease=60, retention=345600)"
    assert "p4ssw0rd" not in repr(store)


def test_the_key_of_a_delivery_is_the_same_in_every_version() -> None:
    """Machines with an older and a newer version share a store while they are replaced."""
    key = ReplayGuard.storage_key("svix", delivery())
    assert key == "4O5lgSw-0_AMWPWvAM1iSKexRy0EnyWfA04iqAMipkw"


def test_a_key_is_made_of_the_receivers_name_the_scheme_and_the_message_id() -> None:
    same = ReplayGuard.storage_key("svix", delivery())
    assert ReplayGuard.storage_key("svix", delivery(body=b"[]")) == same, "a retry has the same id"

    others = [
        ReplayGuard.storage_key("svix2", delivery()),
        ReplayGuard.storage_key("svix", delivery("msg_2")),
        ReplayGuard.storage_key("svix", delivery(scheme="svix")),
        ReplayGuard.storage_key("svix", delivery("")),
        ReplayGuard.storage_key("svix", delivery("", body=b"[]")),
        ReplayGuard.storage_key("svixs", delivery(scheme="tandard-webhooks")),
        ReplayGuard.storage_key("", delivery()),
    ]
    assert len({same, *others}) == 1 + len(others)


@given(st.text(), st.text(min_size=1))
def test_a_key_is_short_and_ascii_and_shows_nothing(name: str, id: str) -> None:
    key = ReplayGuard.storage_key(name, delivery(id))

    assert len(key) == 43
    assert key.isascii()
    assert key.replace("-", "").replace("_", "").isalnum()


FEW_LETTERS = st.text("ab", max_size=2)
PARTS = st.tuples(FEW_LETTERS, FEW_LETTERS, st.text("ab", min_size=1, max_size=2))


@given(PARTS, PARTS)
def test_two_deliveries_share_a_key_only_if_all_parts_are_the_same(
    one: tuple[str, str, str], other: tuple[str, str, str]
) -> None:
    """Not if only what they make together is: "ab" and "a" is another delivery than "a" and "ba"."""

    def key(name: str, scheme: str, id: str) -> str:
        return ReplayGuard.storage_key(name, delivery(id, scheme))

    assert (key(*one) == key(*other)) is (one == other)


def test_a_name_and_an_id_of_any_characters_have_a_key() -> None:
    assert ReplayGuard.storage_key("\ud800", delivery("\udfff")) != ReplayGuard.storage_key(
        "?", delivery("?")
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_the_tokens_of_a_forked_process_are_its_own() -> None:
    code = (
        "import os; from webhook_verify.replay import guard; child = not os.fork()\n"
        "guard.time_ns = lambda: 7\n"
        "os.write(1, guard.ReplayGuard.new_token().encode() + b'\\n')\n"
        "child or os.wait()"
    )
    tokens = processes.run([sys.executable, "-c", code], text=True).stdout
    assert len(set(tokens.split())) == 2


def test_tokens_are_unique_and_fit_every_store() -> None:
    tokens = {ReplayGuard.new_token() for _ in range(10_000)}

    assert len(tokens) == 10_000
    assert all(len(token) <= 32 and token.isascii() and " " not in token for token in tokens)


def test_no_driver_is_imported_for_the_guard_and_the_memory_store() -> None:
    code = "import sys; from webhook_verify.replay import MemoryStore, ReplayGuard; print(*sys.modules)"
    printed = processes.run([sys.executable, "-c", code], text=True).stdout
    assert not {"redis", "sqlalchemy", "django", "asyncio"} & set(printed.split())


def test_every_store_can_be_had_from_the_package() -> None:
    assert all(getattr(replay, name) is not None for name in replay.__all__)
    assert sorted(replay.__all__) == replay.__all__
    with pytest.raises(AttributeError, match="no attribute 'RedisStores'"):
        getattr(replay, "RedisStores")  # noqa: B009
