"""A receiver with an inbox: it stores each delivery, responds itself, and runs no handler."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any

import pytest

from tests.adapters.helpers import Hearing
from tests.replay_harness import BODY, JSON, VERIFIER, Broken, never
from tests.rows import rows
from tests.signing import SECRET
from webhook_verify import AsyncReceiver, Delivery, Receiver, Signer, Verifier, schemes
from webhook_verify.inbox.entries import PutOutcome
from webhook_verify.receiver import Observer, RequestHead, WebhookResponse
from webhook_verify.receiver.receivers import _AwaitedReceiver
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes import ResponseRules

STORED = WebhookResponse(202, b'{"result":"stored"}', (JSON,))
STORED_BEFORE = WebhookResponse(200, b'{"result":"handled_before"}', (JSON, ("idempotent-replayed", "true")))
NOT_STORED = WebhookResponse(503, b'{"result":"unavailable"}', (JSON, ("retry-after", "30")))
IN_FLIGHT = WebhookResponse(503, b'{"result":"in_flight"}', (JSON, ("retry-after", "60")))
NAMED = "POST /hook scheme=standard-webhooks id=msg_1"


class Table:
    """An inbox in memory. ``returns``: what accept returns instead; ``down``: whether it fails."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Delivery] = {}
        self.threads: set[int] = set()
        self.down = False
        self.returns: Any = None

    def accept(self, delivery: Delivery, head: RequestHead, namespace: str) -> PutOutcome:
        self.threads.add(threading.get_ident())
        if self.down:
            raise ConnectionError("no route to the table\nand a statement that is none of a log's business")
        if self.returns is not None:
            outcome: PutOutcome = self.returns
            return outcome
        is_new = (namespace, delivery.idempotency_key) not in self.rows
        self.rows.setdefault((namespace, delivery.idempotency_key), delivery)
        return PutOutcome(len(self.rows), is_new)


class AsyncTable:
    def __init__(self, table: Table) -> None:
        self.table = table
        self.needs_guard = getattr(table, "needs_guard", False)

    async def accept(self, delivery: Delivery, head: RequestHead, namespace: str) -> PutOutcome:
        await asyncio.sleep(0)
        return self.table.accept(delivery, head, namespace)


class Queue(Table):
    """An inbox that recognizes no duplicates. ``puts``: the ids of all deliveries."""

    needs_guard = True

    def __init__(self) -> None:
        super().__init__()
        self.puts: list[str] = []

    def accept(self, delivery: Delivery, head: RequestHead, namespace: str) -> PutOutcome:
        super().accept(delivery, head, namespace)
        self.puts.append(delivery.id)
        return PutOutcome(0, is_new=True)


KINDS = ["Receiver", "AsyncReceiver", "AsyncReceiver, awaited", "_AwaitedReceiver"]


def receiver_of(kind: str, table: Any, **options: Any) -> Any:
    inbox = AsyncTable(table) if "awaited" in kind else table
    options = {"verifier": VERIFIER, "inbox": inbox, **options}
    if kind == "_AwaitedReceiver":
        return _AwaitedReceiver(Receiver(**options), asyncio.to_thread)
    return (AsyncReceiver if kind.startswith("Async") else Receiver)(**options)


def post(
    receiver: Any, id: str = "msg_1", headers: Any = None, body: bytes = BODY, path: str = "/hook"
) -> Any:
    head = RequestHead("POST", path, headers or Signer(SECRET).sign(body, id=id))
    if isinstance(receiver, Receiver):
        return receiver.handle_request(head, [body], never, int)

    async def run(delivery: Delivery) -> int:
        return never(delivery)

    return asyncio.run(receiver.handle_request(head, [body], run, int))


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_delivery_is_stored_once_and_no_handler_runs(kind: str, each_path: None) -> None:
    table = Table()
    receiver = receiver_of(kind, table, namespace="a")
    assert [post(receiver) for _ in range(2)] == [STORED, STORED_BEFORE]
    assert post(receiver, id="msg_2") == STORED
    assert list(table.rows) == [("a", "msg_1"), ("a", "msg_2")]
    assert table.rows["a", "msg_1"].body == BODY
    is_in_thread = kind in ("AsyncReceiver", "_AwaitedReceiver")
    assert (threading.get_ident() in table.threads) is not is_in_thread


def test_a_rejected_delivery_is_not_stored(kind: str) -> None:
    table = Table()
    receiver = receiver_of(kind, table)
    changed = Signer(SECRET).sign(b"another body", id="msg_1")
    assert [post(receiver, headers=changed).status, post(receiver, headers={"a": "b"}).status] == [401, 400]
    assert table.rows == {}


def test_a_failure_is_503_and_logged_without_data_and_the_retry_is_stored(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    table = Table()
    receiver = receiver_of(kind, table)
    table.down = True
    assert post(receiver) == NOT_STORED
    (record,) = caplog.records
    assert record.levelname == "ERROR"
    assert record.getMessage() == (
        "could not store the delivery; responded with 503, so the sender retries: "
        f"{NAMED}: ConnectionError: no route to the table"
    )
    table.down = False
    assert post(receiver) == STORED


def test_only_an_outcome_counts_as_stored(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    table = Table()
    receiver = receiver_of(kind, table)
    for value in (True, 202, "stored", object()):
        table.returns = value
        assert post(receiver) == NOT_STORED
        assert "accept of the inbox must return a PutOutcome" in caplog.text
        caplog.clear()


def test_a_coroutine_that_is_not_awaited_does_not_count_as_stored() -> None:
    class Hidden:
        def accept(self, delivery: Delivery, head: RequestHead, namespace: str) -> Any:
            return asyncio.sleep(0)

    with pytest.warns(RuntimeWarning, match="never awaited"):
        assert post(Receiver(VERIFIER, inbox=Hidden())) == NOT_STORED


def test_the_log_and_the_observer(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    class Storing(Hearing):
        def on_stored(self, delivery: Delivery, head: RequestHead, seconds: float) -> None:
            assert 0 <= seconds < 5
            self.heard.append(f"{delivery.id} at {head.path}: stored")

    hearing = Storing()
    receiver = receiver_of(kind, Table(), observer=hearing)
    with caplog.at_level("INFO", logger="webhook_verify"):
        assert [post(receiver).status for _ in range(2)] == [202, 200]
    assert [record.getMessage() for record in caplog.records] == [
        f"webhook stored: {NAMED}; responded with 202",
        f"webhook duplicate: {NAMED}: stored before; responded with 200",
    ]
    assert {record.__dict__["message_id"] for record in caplog.records} == {"msg_1"}
    assert hearing.heard == ["msg_1 at /hook: stored", "msg_1 at /hook: completed"]


def test_an_observer_of_handlers_hears_of_none(kind: str) -> None:
    class Handled(Observer):
        def on_handled(self, *arguments: object) -> None:
            raise AssertionError

    receiver = receiver_of(kind, Queue(), observer=Handled(), replay=ReplayGuard(MemoryStore()))
    assert post(receiver) == STORED


# With a guard


def test_the_guard_of_a_queue_recognizes_duplicates(kind: str, each_path: None) -> None:
    queue = Queue()
    receiver = receiver_of(kind, queue, replay=ReplayGuard(MemoryStore()))
    assert [post(receiver) for _ in range(2)] == [STORED, STORED_BEFORE]
    assert queue.puts == ["msg_1"]


def test_a_queue_that_fails_releases_the_claim(kind: str) -> None:
    queue = Queue()
    receiver = receiver_of(kind, queue, replay=ReplayGuard(MemoryStore()))
    queue.down = True
    assert post(receiver) == NOT_STORED
    queue.down = False
    assert [post(receiver) for _ in range(2)] == [STORED, STORED_BEFORE]


def test_a_guard_that_fails_puts_nothing(kind: str) -> None:
    queue = Queue()
    store: Any = Broken(MemoryStore())
    receiver = receiver_of(kind, queue, replay=ReplayGuard(store))
    store.down = {"claim"}
    assert post(receiver) == NOT_STORED
    assert queue.puts == []
    store.down = {"complete"}  # the queue has it, and the lease ends by itself
    assert post(receiver) == STORED
    assert post(receiver) == IN_FLIGHT


def test_without_a_guard_a_queue_gets_each_retry(kind: str) -> None:
    queue = Queue()
    receiver = receiver_of(kind, queue)
    assert [post(receiver) for _ in range(2)] == [STORED, STORED]
    assert queue.puts == ["msg_1"] * 2


# Configuration


@rows(
    ("options", "error", "words"),
    [
        ({"inbox": object()}, TypeError, "inbox must be an object with a method accept"),
        ({"inbox": Table}, TypeError, "not the class 'Table'"),
        ({"inbox": "inbox.sqlite3"}, TypeError, "not 'str'"),
        ({"inbox": AsyncTable(Table())}, TypeError, "Use AsyncReceiver"),
        ({"replay": ReplayGuard(MemoryStore())}, ValueError, "takes the place of the claim"),
        ({"namespace": 1}, TypeError, "namespace must be"),
        ({"verifier": lambda head: VERIFIER}, ValueError, "namespace must be a function"),
    ],
)
def test_a_wrong_inbox_is_refused(options: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        Receiver(**{"verifier": VERIFIER, "inbox": Table(), **options})


def test_two_senders_with_one_inbox_need_two_namespaces() -> None:
    table = Table()
    other = Verifier("whsec_" + "b" * 32)
    first = Receiver(VERIFIER, inbox=table)
    with pytest.raises(ValueError, match="uses this Table with namespace=''"):
        Receiver(other, inbox=table)
    assert Receiver(other, inbox=table, namespace="b") is not first


def test_a_lookup_has_the_namespace_of_each_request() -> None:
    table = Table()
    receiver = Receiver(lambda head: VERIFIER, inbox=table, namespace=lambda head: head.path)
    assert [post(receiver, path=path) for path in ("/a", "/b")] == [STORED, STORED]
    assert list(table.rows) == [("/a", "msg_1"), ("/b", "msg_1")]


def test_an_inbox_that_recognizes_duplicates_accepts_retries_with_the_first_timestamp() -> None:
    """As a guard does. Without either, an old retry could be a replay."""
    verifier = Verifier("key-of-an-account", scheme="mailgun")
    old = 20_000
    signer = Signer("key-of-an-account", scheme="mailgun")
    for inbox, statuses in ((Table(), [200, 200]), (Queue(), [401, 401])):
        for verifiers in (verifier, lambda head: verifier):
            receiver = Receiver(verifiers, inbox=inbox, namespace=lambda head: head.path)
            body = signer.sign_body(b"{}", id="t" * 50, timestamp=int(time.time()) - old)
            assert post(receiver, headers={"a": "b"}, body=body).status == statuses[0]


# Statuses


def test_the_status_of_a_stored_delivery_is_the_providers() -> None:
    scheme = schemes.HeaderScheme(
        "acme", signature_header="x-acme", responses=ResponseRules(accepted_status=204, has_body=False)
    )
    receiver = Receiver(Verifier(SECRET, scheme=scheme), inbox=Table())
    headers = Signer(SECRET, scheme=scheme).sign(BODY)
    assert post(receiver, headers=headers) == WebhookResponse(204)


def test_providers_that_retry_after_202() -> None:
    """Their documentation names the only statuses that end the retries."""
    only = {name for name in schemes.names() if schemes.get(name).responses.accepted_status == 200}
    assert {"kinde", "mailgun", "mercado-pago", "pandadoc", "sparkpost", "xero"} <= only


@rows(("status", "error"), [(199, ValueError), (300, ValueError), (True, TypeError), ("200", TypeError)])
def test_a_status_that_makes_the_sender_retry_is_refused(status: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="accepted_status"):
        ResponseRules(accepted_status=status)
