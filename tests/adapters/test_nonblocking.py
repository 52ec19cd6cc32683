"""Verification that may wait for the network finishes in a thread, not on the event loop."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from webhook_verify import AsyncReceiver, Delivery, Receiver, Secret, Signer, Verifier
from webhook_verify.adapters import starlette
from webhook_verify.adapters.asgi import WebhookMiddleware
from webhook_verify.receiver import RequestHead, WebhookResponse
from webhook_verify.receiver.receivers import _AwaitedReceiver
from webhook_verify.schemes import HeaderScheme

BODY = b'{"type": "invoice.paid"}'
SECRET = "a secret of enough bytes"
THREADS: list[int] = []


class _Noting:
    """A key that notes on which thread it verifies."""

    def __init__(self, key: Any) -> None:
        self._key = key
        self.accepts = key.accepts
        self.start = self._start

    def verify(self, *proof: Any) -> bool:
        THREADS.append(threading.get_ident())
        return bool(self._key.verify(*proof))

    def _start(self, signatures: Any) -> Any:
        THREADS.append(threading.get_ident())
        return self._key.start(signatures)


class Acme(HeaderScheme):
    def verifying_key(self, secret: Secret) -> Any:
        return _Noting(super().verifying_key(secret))


class Fetching(Acme):
    fetches_keys = True


def headers_and_verifier(scheme: HeaderScheme) -> tuple[dict[str, str], Verifier]:
    return Signer(SECRET, scheme=scheme).sign(BODY), Verifier(SECRET, scheme=scheme)


async def by_serve(receiver: AsyncReceiver, headers: dict[str, str]) -> int:
    async def run(delivery: Delivery) -> WebhookResponse:
        assert delivery.body == BODY
        return WebhookResponse(204)

    head = RequestHead("POST", "/hook", headers)
    return (await receiver.handle_request(head, [BODY], run, lambda answer: answer.status)).status


def scope_of(headers: dict[str, str]) -> dict[str, Any]:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    pairs.append((b"content-length", str(len(BODY)).encode()))
    return {
        "type": "http",
        "method": "POST",
        "path": "/hook",
        "headers": pairs,
        "query_string": b"",
        "extensions": {},
    }


async def receive() -> Any:
    return {"type": "http.request", "body": BODY}


async def by_asgi(receiver: AsyncReceiver, headers: dict[str, str]) -> int:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await Response(status_code=204)(scope, receive, send)

    await WebhookMiddleware(app, receiver=receiver, path="/hook")(scope_of(headers), receive, send)
    status: int = sent[0]["status"]
    return status


async def by_starlette(receiver: AsyncReceiver, headers: dict[str, str]) -> int:
    delivery = await starlette._verify(receiver, Request(scope_of(headers), receive))
    return 204 if delivery.body == BODY else 0


async def by_awaited(receiver: AsyncReceiver, headers: dict[str, str]) -> int:
    blocking = Receiver(receiver._verifier)
    return await by_serve(_AwaitedReceiver(blocking, asyncio.to_thread), headers)


WAYS: list[Callable[[AsyncReceiver, dict[str, str]], Awaitable[int]]] = [
    by_serve,
    by_asgi,
    by_starlette,
    by_awaited,
]


class _Observer:
    def on_verified(self, *verdict: object) -> None: ...


@pytest.mark.parametrize("observer", [None, _Observer()], ids=["plain", "observed"])
@pytest.mark.parametrize("kind", [Acme, Fetching])
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_only_what_fetches_leaves_the_event_loop(way: Any, kind: type[Acme], observer: Any) -> None:
    headers, verifier = headers_and_verifier(kind("acme", signature_header="x-signature"))
    THREADS.clear()

    assert asyncio.run(way(AsyncReceiver(verifier, observer=observer), headers)) == 204
    assert [thread != threading.get_ident() for thread in THREADS] == [kind.fetches_keys]


def test_what_signs_everything_may_fetch_as_well() -> None:
    """Its short way would not tell that it waits."""
    parts = {"id_header": "x-id", "timestamp_header": "x-time", "signed_content": "{id}.{timestamp}.{body}"}
    headers, verifier = headers_and_verifier(Fetching("acme", signature_header="x-signature", **parts))  # type: ignore[arg-type]
    THREADS.clear()

    assert asyncio.run(by_serve(AsyncReceiver(verifier), headers)) == 204
    assert threading.get_ident() not in THREADS
    assert verifier.verify(BODY, headers).id_is_signed
