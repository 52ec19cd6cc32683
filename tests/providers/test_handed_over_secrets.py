"""Asana and Notion hand over the secret of their deliveries: it is stored once, if the store is armed."""

from __future__ import annotations

import hmac
import json
import logging
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from tests.adapters.apps import Seen
from tests.adapters.raw_requests import ADAPTERS, HANDLED, Adapter, Ask
from tests.providers.handshake_rows import every_adapter
from tests.rows import rows
from webhook_verify import AsyncReceiver, Receiver
from webhook_verify.handshakes import AsanaSecret, FileSecretStore, MemorySecretStore, NotionToken
from webhook_verify.http import HandedOverSecret, RequestHead
from webhook_verify.receiver.stored_secret import AsyncStoredSecret, StoredSecret
from webhook_verify.replay import MemoryStore, ReplayGuard

FOLDER = Path(__file__).parents[1] / "data" / "handshakes"
ASANA: dict[str, Any] = json.loads((FOLDER / "asana_hook_secret.json").read_text("utf-8"))
NOTION: dict[str, Any] = json.loads((FOLDER / "notion_verification_token.json").read_text("utf-8"))
SECRET = ASANA["headers"]["X-Hook-Secret"]
TOKEN = json.loads(NOTION["body"])["verification_token"]


def lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


ASK_ASANA = Ask(headers=lower(ASANA["headers"]))
ASK_NOTION = Ask(body=NOTION["body"].encode(), headers=lower(NOTION["headers"]))
EVENTS = b'{"events":[]}'


def signed(body: bytes, secret: str, header: str = "x-hook-signature", prefix: str = "") -> Ask:
    return Ask(body=body, headers={header: prefix + hmac.new(secret.encode(), body, "sha256").hexdigest()})


class AsyncStore:
    """A store of a database, which is asynchronous."""

    def __init__(self, store: MemorySecretStore) -> None:
        self.store = store

    async def load(self, name: str) -> str | None:
        return self.store.load(name)

    async def add(self, name: str, secret: str) -> bool:
        return self.store.add(name, secret)


def asana(adapter: Adapter, store: Any, *, is_async: bool = False, **options: Any) -> Any:
    lookup: Any = AsyncStoredSecret if is_async else StoredSecret
    return adapter.receiver(
        lookup(store, "asana", scheme="asana"),
        scheme="asana",
        handshake=AsanaSecret(store, "asana"),
        **options,
    )


@every_adapter
def test_asana_hands_its_secret_over_once(adapter: Adapter, caplog: pytest.LogCaptureFixture) -> None:
    store = MemorySecretStore()
    receiver = asana(adapter, store)
    assert adapter.send(receiver, ASK_ASANA).status == 400  # It is not armed.
    store.arm("asana")

    seen = adapter.send(receiver, ASK_ASANA)

    assert (seen.status, seen.body, seen.headers["x-hook-secret"]) == (200, b"", SECRET)
    assert store.load("asana") == SECRET
    assert adapter.send(receiver, signed(EVENTS, SECRET)).body == HANDLED + EVENTS
    other = ASK_ASANA._replace(headers={"x-hook-secret": "a" * 32})
    assert adapter.send(receiver, other).status == 400
    assert store.load("asana") == SECRET
    assert adapter.send(receiver, signed(EVENTS, "a" * 32)).status == 401
    assert SECRET not in caplog.text


@every_adapter
def test_notion_hands_its_token_over_once(adapter: Adapter, caplog: pytest.LogCaptureFixture) -> None:
    store = MemorySecretStore()
    receiver = adapter.receiver(
        StoredSecret(store, "notion", scheme="notion"),
        scheme="notion",
        handshake=NotionToken(store, "notion"),
    )
    assert adapter.send(receiver, ASK_NOTION).status == 401  # It is not armed.
    store.arm("notion")

    assert adapter.send(receiver, ASK_NOTION).status == 200
    assert store.load("notion") == TOKEN
    event = signed(b'{"id":"1"}', TOKEN, "x-notion-signature", "sha256=")
    assert adapter.send(receiver, event).body == HANDLED + event.body
    second = json.dumps({"verification_token": "secret_" + "b" * 43}).encode()
    assert adapter.send(receiver, Ask(body=second)).status == 400
    assert store.load("notion") == TOKEN
    assert TOKEN not in caplog.text


@rows("name", [name for name, adapter in ADAPTERS.items() if adapter.receiver is AsyncReceiver])
def test_an_asynchronous_store_takes_the_secret(name: str) -> None:
    adapter, memory = ADAPTERS[name], MemorySecretStore()
    receiver = asana(adapter, AsyncStore(memory), is_async=True)
    assert adapter.send(receiver, ASK_ASANA).status == 400
    memory.arm("asana")

    assert adapter.send(receiver, ASK_ASANA).headers["x-hook-secret"] == SECRET
    assert adapter.send(receiver, signed(EVENTS, SECRET)).body == HANDLED + EVENTS


def test_the_same_secret_again_is_answered_again() -> None:
    """Asana repeats the request if the first response was lost."""
    store, adapter = MemorySecretStore(), ADAPTERS["wsgi"]
    store.arm("asana")
    receiver = asana(adapter, store)
    assert [adapter.send(receiver, ASK_ASANA).status for _ in range(2)] == [200, 200]


def test_a_webhook_at_each_path_has_its_own_secret() -> None:
    store, adapter = MemorySecretStore(), ADAPTERS["wsgi"]
    receiver = Receiver(
        StoredSecret(store, lambda head: head.path, scheme="asana"),
        scheme="asana",
        handshake=AsanaSecret(store, lambda head: head.path),
    )
    store.arm("/hooks/1")

    def ask(path: str) -> Seen:
        return adapter.send(receiver, ASK_ASANA._replace(target=path))

    assert [ask("/hooks/1").status, ask("/hooks/2").status] == [200, 400]
    assert adapter.send(receiver, signed(EVENTS, SECRET)._replace(target="/hooks/1")).status == 200
    assert adapter.send(receiver, signed(EVENTS, SECRET)._replace(target="/hooks/2")).status == 401


NOT_ASANA: dict[str, Ask] = {
    "a body": ASK_ASANA._replace(body=EVENTS),
    "a signature": ASK_ASANA._replace(headers={**ASK_ASANA.headers, "x-hook-signature": "00"}),
    "a short secret": ASK_ASANA._replace(headers={"x-hook-secret": "a" * 15}),
    "a long secret": ASK_ASANA._replace(headers={"x-hook-secret": "a" * 257}),
    "a line break": ASK_ASANA._replace(headers={"x-hook-secret": "a" * 32 + "\r\nset-cookie: a"}),
    "HTML": ASK_ASANA._replace(headers={"x-hook-secret": "<script>" + "a" * 32}),
    "no secret": Ask(),
}
NOT_NOTION: dict[str, Ask] = {
    "another signature": ASK_NOTION._replace(headers={"x-notion-signature": "sha256=" + "0" * 64}),
    "not a signature": ASK_NOTION._replace(headers={"x-notion-signature": "ä"}),
    "another field": Ask(body=json.dumps({"verification_token": TOKEN, "id": "1"}).encode()),
    "no token": Ask(body=b'{"verification_token": 5}'),
    "a short token": Ask(body=b'{"verification_token": "secret_a"}'),
    "another form": Ask(body=json.dumps({"verification_token": "a" * 50}).encode()),
    "a list": Ask(body=json.dumps([TOKEN]).encode()),
    "not JSON": Ask(body=TOKEN.encode()),
    "too long": Ask(body=b" " * 16_384 + NOTION["body"].encode()),
}


@rows("name", [*NOT_ASANA, *NOT_NOTION])
def test_a_request_of_another_form_hands_nothing_over(name: str) -> None:
    store, adapter = MemorySecretStore(), ADAPTERS["wsgi"]
    kind: Any = AsanaSecret if name in NOT_ASANA else NotionToken
    scheme = "asana" if name in NOT_ASANA else "notion"
    store.arm("hook")
    receiver = Receiver(
        StoredSecret(store, "hook", scheme=scheme), scheme=scheme, handshake=kind(store, "hook")
    )

    assert adapter.send(receiver, {**NOT_ASANA, **NOT_NOTION}[name]).status in {400, 401}
    assert store.load("hook") is None


class Broken(MemorySecretStore):
    def add(self, name: str, secret: str) -> bool:
        raise OSError(f"no room for {secret}")


class BrokenAsyncStore(AsyncStore):
    async def add(self, name: str, secret: str) -> bool:
        raise OSError(f"no room for {secret}")


def test_a_store_that_fails_gets_a_503_and_the_log_has_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    over_wsgi, over_asgi = ADAPTERS["wsgi"], ADAPTERS["asgi"]
    assert over_wsgi.send(asana(over_wsgi, Broken()), ASK_ASANA).status == 503
    in_thread = over_asgi.send(asana(over_asgi, Broken()), ASK_ASANA)
    broken = BrokenAsyncStore(MemorySecretStore())
    awaited = over_asgi.send(asana(over_asgi, broken, is_async=True), ASK_ASANA)

    assert [(seen.status, seen.headers["retry-after"]) for seen in (in_thread, awaited)] == [(503, "60")] * 2
    assert "the store raised OSError" in caplog.text
    assert SECRET not in caplog.text


def test_a_guard_with_a_constant_namespace_is_allowed_for_one_secret() -> None:
    store = MemorySecretStore()
    store.arm("asana")
    adapter = ADAPTERS["wsgi"]
    guard = ReplayGuard(MemoryStore(), retention=90 * 86_400)
    options: dict[str, Any] = {"idempotency_key": lambda delivery: delivery.body.hex()}
    assert asana(adapter, store, replay=guard, namespace="asana", **options).has_replay_protection


def test_misuse() -> None:
    store = MemorySecretStore()
    with pytest.raises(TypeError, match="store must be a SecretStore, such as FileSecretStore"):
        AsanaSecret({}, "asana")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name must be a str or a function"):
        NotionToken(store, 5)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="Use AsyncReceiver with this store"):
        Receiver(lambda head: None, scheme="asana", handshake=AsanaSecret(AsyncStore(store), "asana"))
    with pytest.raises(TypeError, match="store must be a SecretStore"):
        StoredSecret(AsyncStore(store), "asana", scheme="asana")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="store must be an AsyncSecretStore"):
        AsyncStoredSecret(store, "asana", scheme="asana")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="name must be a str or a function"):
        StoredSecret(store, 5, scheme="asana")  # type: ignore[arg-type]


# The stores


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def stores(folder: Path, clock: Clock) -> list[MemorySecretStore | FileSecretStore]:
    return [MemorySecretStore(clock), FileSecretStore(folder / "secrets", clock)]


def test_a_store_takes_one_secret_while_it_is_armed(tmp_path: Path) -> None:
    clock = Clock()
    for store in stores(tmp_path, clock):
        assert not store.add("a", "first")
        store.arm("a", seconds=60)
        clock.now += 60
        assert not store.add("a", "first")
        store.arm("a", seconds=60)
        assert not store.add("b", "first")
        assert store.add("a", "first")
        assert [store.add("a", "first"), store.add("a", "second")] == [True, False]
        assert [store.load("a"), store.load("b")] == ["first", None]
        with pytest.raises(ValueError, match="name 'a' has a secret, which is never replaced"):
            store.arm("a")
        store.remove("a")
        assert store.load("a") is None
        assert not store.add("a", "second")
        assert "first" not in repr(store)


@rows("name", ["../a", "/hooks/1", "ä", "a b", ".", ".."])
def test_a_name_may_be_any_text(name: str, tmp_path: Path) -> None:
    for store in stores(tmp_path, Clock()):
        store.arm(name)
        assert store.add(name, "secret")
        assert store.load(name) == "secret"
        store.remove(name)
    assert [path.name for path in tmp_path.iterdir()] == ["secrets"]
    assert not [*(tmp_path / "secrets").iterdir()]


@rows("name", ["", "a" * 201, "ä" * 34])
def test_a_name_has_a_limited_length(name: str, tmp_path: Path) -> None:
    for store in stores(tmp_path, Clock()):
        with pytest.raises(ValueError, match="name must have 1 to 200 bytes"):
            store.arm(name)
        assert not store.add(name, "secret")
        assert store.load(name) is None


def test_arm_checks_its_arguments(tmp_path: Path) -> None:
    for store in stores(tmp_path, Clock()):
        with pytest.raises(TypeError, match="name must be a str"):
            store.arm(5)  # type: ignore[arg-type]
        for seconds in (0, -1, 86_401, float("nan")):
            with pytest.raises(ValueError, match="seconds must be more than 0"):
                store.arm("a", seconds)


def test_files_are_for_their_owner_and_shared_by_processes(tmp_path: Path) -> None:
    first, second = FileSecretStore(tmp_path / "s"), FileSecretStore(os.fspath(tmp_path / "s"))
    first.arm("a")
    assert second.add("a", "secret")
    assert not first.add("a", "another")
    assert first.load("a") == "secret"
    files = [*(tmp_path / "s").iterdir()]
    assert [path.name for path in files] == ["a.secret"]
    assert stat.S_IMODE(files[0].stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "s").stat().st_mode) == 0o700


def test_of_two_secrets_at_the_same_time_one_is_stored(tmp_path: Path) -> None:
    store = FileSecretStore(tmp_path)
    store.arm("a")
    (tmp_path / "a.secret").write_text("first")
    # The other process has stored its secret after this one has found none.
    loads = iter([None, "first"])
    store.load = lambda name: next(loads)  # type: ignore[method-assign]
    assert not store.add("a", "second")
    assert (tmp_path / "a.secret").read_text() == "first"


@pytest.mark.parametrize("text", ["", "later", "nan"])
def test_an_invalid_file_does_not_arm(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.armed").write_text(text)
    assert not FileSecretStore(tmp_path).add("a", "secret")


def test_the_response_with_the_secret_does_not_show_it() -> None:
    handshake = AsanaSecret(MemorySecretStore(), "asana")
    response = handshake.respond_to_unsigned(RequestHead("POST", "/", {"x-hook-secret": SECRET}), b"", None)
    assert isinstance(response, HandedOverSecret)
    assert SECRET not in repr(response) + str(response)
