"""An inbox in every adapter: the receiver responds, and the route's own function does not run."""

from __future__ import annotations

from typing import Any

import fastapi
import pytest

from tests.adapters.apps import MOUNTS, over_asgi
from tests.signing import SECRET
from tests.test_receiver_inbox import Table
from webhook_verify import AsyncReceiver, Delivery, Signer, Verifier
from webhook_verify.adapters import fastapi as in_fastapi

BODY = b'{"type": "invoice.paid"}'


@pytest.mark.usefixtures("each_path")
@pytest.mark.parametrize("name", MOUNTS)
def test_every_adapter_sends_the_response_of_the_inbox(name: str) -> None:
    mount, table, ran = MOUNTS[name], Table(), list[str]()

    def run(delivery: Delivery) -> int:
        ran.append(delivery.id)
        return 200

    async def run_async(delivery: Delivery) -> int:
        return run(delivery)

    receiver = mount.receiver(Verifier(SECRET), inbox=table)
    send = mount.make(receiver, run_async if mount.is_async else run)
    headers = Signer(SECRET).sign(BODY, id="msg_1")
    answers: list[Any] = []
    for table.down in (True, False, False):
        seen = send(BODY, headers)
        answers.append((seen.status, seen.body, seen.headers.get("idempotent-replayed")))
    assert answers == [
        (503, b'{"result":"unavailable"}', None),
        (202, b'{"result":"stored"}', None),
        (200, b'{"result":"handled_before"}', "true"),
    ]
    assert send(b"changed", headers).status == 401
    assert list(table.rows) == [("", "msg_1")]
    assert ran == []


def test_a_fastapi_dependency_without_the_route_class_is_refused() -> None:
    app, table = fastapi.FastAPI(), Table()
    verified = fastapi.Depends(in_fastapi.webhook(AsyncReceiver(Verifier(SECRET), inbox=table)))

    @app.post("/hook", dependencies=[verified])
    async def hook() -> int:
        raise AssertionError

    assert over_asgi(app)(BODY, Signer(SECRET).sign(BODY, id="msg_1")).status == 500
    assert table.rows == {}
