"""The hand-off to a FIFO queue of SQS, against moto's server and the real client."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from tests.inbox.engines.helpers import BODY, KEY, post, receiver_with
from tests.rows import rows
from tests.test_receiver_inbox import NOT_STORED, STORED, STORED_BEFORE
from webhook_verify import open_sealed
from webhook_verify.inbox.engines.sqs import SQSQueue
from webhook_verify.replay import MemoryStore, ReplayGuard


def client_of(url: str, name: str = "sqs") -> Any:
    make: Any = boto3.client
    return make(
        name,
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )


NOWHERE = client_of("http://127.0.0.1:1")


@rows(
    ("client", "url", "error", "words"),
    [
        ("sqs", "http://127.0.0.1:1/q.fifo", TypeError, 'client must be boto3.client("sqs")'),
        (client_of("http://127.0.0.1:1", "sts"), "http://127.0.0.1:1/q.fifo", TypeError, "client must be"),
        (NOWHERE, b"http://127.0.0.1:1/q.fifo", TypeError, "queue_url must be a str"),
        (NOWHERE, "http://127.0.0.1:1/q", ValueError, "must be that of a FIFO queue"),
    ],
)
def test_misuse_is_refused(client: Any, url: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words.replace("(", r"\(").replace(")", r"\)")):
        SQSQueue(client, url)


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    client = client_of(f"http://{host}:{port}")
    yield client
    client.close()
    server.stop()


@pytest.fixture
def queue(sqs: Any, request: pytest.FixtureRequest) -> str:
    name = f"{abs(hash(request.node.name))}.fifo"
    url: str = sqs.create_queue(QueueName=name, Attributes={"FifoQueue": "true"})["QueueUrl"]
    return url


def received(sqs: Any, queue: str) -> list[Any]:
    """The messages as (group, sealed text), in their order."""
    answer = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, AttributeNames=["All"])
    return [(each["Attributes"]["MessageGroupId"], each["Body"]) for each in answer.get("Messages", ())]


@pytest.mark.slow
def test_a_worker_receives_each_delivery_once_in_its_lane(sqs: Any, queue: str) -> None:
    receiver = receiver_with(SQSQueue(sqs, queue), lane=lambda delivery: "customer-7")
    assert [post(receiver), post(receiver), post(receiver, id="msg_2")] == [STORED] * 3
    messages = [(group, open_sealed(sealed, KEY)) for group, sealed in received(sqs, queue)]
    assert {group for group, _ in messages} == {"customer-7"}
    assert [each.id for _, each in messages] == ["msg_1", "msg_2"]
    assert messages[0][1].body == BODY


@pytest.mark.slow
def test_without_a_lane_no_delivery_waits_for_another(sqs: Any, queue: str) -> None:
    receiver = receiver_with(SQSQueue(sqs, queue), replay=ReplayGuard(MemoryStore()))
    assert [post(receiver), post(receiver), post(receiver, id="msg_2")] == [STORED, STORED_BEFORE, STORED]
    assert [open_sealed(sealed, KEY).id for _, sealed in received(sqs, queue)] == ["msg_1", "msg_2"]


@pytest.mark.slow
def test_a_lane_that_sqs_does_not_accept_is_hashed(sqs: Any, queue: str) -> None:
    lanes = iter(["Zoë Müller", "a" * 129, "a b"])
    receiver = receiver_with(SQSQueue(sqs, queue), lane=lambda delivery: next(lanes))
    assert [post(receiver, id=f"msg_{number}") for number in range(3)] == [STORED] * 3
    groups = {group for group, _ in received(sqs, queue)}
    assert len(groups) == 3
    assert {len(group) for group in groups} == {64}


@pytest.mark.slow
def test_a_queue_that_is_gone_is_503(sqs: Any, queue: str) -> None:
    receiver = receiver_with(SQSQueue(sqs, queue + "gone.fifo"))
    assert post(receiver) == NOT_STORED
