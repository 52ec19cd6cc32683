"""The contract of key stores: names by scheme, the last 64, and no error that loses a delivery."""

from __future__ import annotations

import logging
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.providers.samples.plaid import CREDENTIALS, PLAID
from tests.rows import rows
from webhook_verify import KeyUnavailable
from webhook_verify.key_stores import MAX_NAMES, FileKeyStore, KeyStore
from webhook_verify.key_stores.redis import RedisKeyStore
from webhook_verify.schemes.key_cache import KeyCache
from webhook_verify.schemes.providers.aws_sns import AmazonSns
from webhook_verify.schemes.providers.paypal import PayPal
from webhook_verify.schemes.providers.plaid import Plaid

pytestmark = pytest.mark.server

URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
MakeStore = Callable[[], Any]


def test_names_survive_a_restart_and_belong_to_their_scheme(make_store: MakeStore) -> None:
    store = make_store()
    assert isinstance(store, KeyStore)
    assert list(store.load("plaid")) == []
    store.add("plaid", "kid-1")
    store.add("plaid", "kid-2")
    store.add("plaid", "kid-1")
    store.add("aws-sns", URL)
    assert sorted(make_store().load("plaid")) == ["kid-1", "kid-2"]
    assert list(make_store().load("aws-sns")) == [URL]


def test_the_last_names_are_kept(make_store: MakeStore) -> None:
    store = make_store()
    for number in range(MAX_NAMES + 3):
        store.add("plaid", f"kid-{number:03}")
    assert list(make_store().load("plaid")) == [f"kid-{number:03}" for number in range(3, MAX_NAMES + 3)]


def fill_budgets(cache: KeyCache[int]) -> None:
    """Use up what is fetched of unknown keys in this minute."""

    def load() -> int:
        raise OSError

    for number in range(100):
        with pytest.raises(KeyUnavailable):
            cache.get(f"invented-{number}", load)


def test_after_a_restart_a_verified_key_is_fetched_beside_the_budgets(make_store: MakeStore) -> None:
    before: KeyCache[int] = KeyCache("plaid", store=make_store())
    before.get("genuine", lambda: 1)
    before.get("seen", lambda: 1)
    before.mark_verified("genuine")

    after: KeyCache[int] = KeyCache("plaid", store=make_store())
    fill_budgets(after)
    with pytest.raises(KeyUnavailable, match="too many unknown keys"):
        after.get("seen", lambda: 2)
    assert after.get("genuine", lambda: 2) == 2


def test_a_genuine_delivery_stores_the_name_of_its_key(tmp_path: Path) -> None:
    from tests.providers.samples.plaid import SAMPLE
    from webhook_verify import Verifier

    scheme = Plaid(fetch=PLAID._fetch, key_store=FileKeyStore(tmp_path))
    now = 1_790_000_000
    body, headers = SAMPLE.signed(timestamp=now)
    forged = {"plaid-verification": headers["plaid-verification"][:-4] + "AAAA"}
    verifier = Verifier(CREDENTIALS, scheme=scheme, clock=lambda: now)
    with pytest.raises(Exception, match="no signature"):
        verifier.verify(body, forged)
    assert FileKeyStore(tmp_path).load("plaid") == []
    verifier.verify(body, headers)
    assert FileKeyStore(tmp_path).load("plaid") == ["6c5516e1-92dc"]


class Broken:
    """A store whose server is away."""

    def __init__(self) -> None:
        self.calls = 0

    def load(self, scheme: str) -> list[str]:
        self.calls += 1
        raise ConnectionError("redis://:hunter2@localhost is away")

    def add(self, scheme: str, name: str) -> None:
        raise ConnectionError("redis://:hunter2@localhost is away")


def test_a_store_that_fails_costs_no_delivery(caplog: pytest.LogCaptureFixture) -> None:
    store, now = Broken(), [0.0]
    cache: KeyCache[int] = KeyCache("plaid", store=store, clock=lambda: now[0])
    with caplog.at_level(logging.WARNING, logger="webhook_verify"):
        assert cache.get("a", lambda: 1) == 1
        cache.mark_verified("a")
        assert cache.get("b", lambda: 2) == 2
        assert store.calls == 1, "it is not asked again at once"
        now[0] = 61
        assert cache.get("c", lambda: 3) == 3
    assert store.calls == 2
    assert "the key store of plaid failed with ConnectionError" in caplog.text
    assert "hunter2" not in caplog.text


def test_a_redis_that_is_away_raises_in_time() -> None:
    with pytest.raises(Exception, match="Connection refused"):
        RedisKeyStore.from_url("redis://localhost:1").load("plaid")


@rows("make", [Plaid, PayPal, AmazonSns, lambda key_store: KeyCache(store=key_store)])
@rows("store", ["redis://localhost", object(), FileKeyStore])
def test_what_is_not_a_store_is_refused(make: Any, store: Any) -> None:
    with pytest.raises(TypeError, match="key_store must be a KeyStore with the methods load and add"):
        make(key_store=store)


def test_the_files_are_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "keys"
    FileKeyStore(folder).add("a scheme/of ../one's own", "kid-1")
    [file] = folder.iterdir()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert FileKeyStore(folder).load("a scheme/of ../one's own") == ["kid-1"]


@rows("name", ["", "two\nlines", "two\rlines", "end\n", "\u2028"])
def test_a_name_is_one_line(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="one line"):
        FileKeyStore(tmp_path).add("plaid", name)


def test_a_file_that_somebody_else_wrote_is_no_error(tmp_path: Path) -> None:
    store = FileKeyStore(tmp_path)
    store.add("plaid", "kid-1")
    [file] = tmp_path.iterdir()
    file.write_bytes(b"\xff\x00\n\nkid-2\n" + b"x" * 1_000_000)
    assert "kid-2" in store.load("plaid")
    assert len(store.load("plaid")) <= MAX_NAMES
