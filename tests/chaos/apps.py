"""The receivers under test: a Flask application and a Starlette application, as a user would write them.

Their configuration is in the environment: the URL of the store, the path of the ledger, the lease in seconds.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from pathlib import Path
from typing import TypeVar

from flask import Flask, Response
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.chaos.ledger import Event, Ledger
from tests.chaos.messages import Message
from tests.chaos.recording_store import AsyncObserved, Observed, token_held
from tests.integrations import sender
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.adapters import flask, starlette
from webhook_verify.replay import (
    AsyncReplayStore,
    ReplayGuard,
    ReplayStore,
    current_async_claim,
    current_claim,
)
from webhook_verify.replay.redis import AsyncRedisStore, RedisStore
from webhook_verify.replay.sql import AsyncSQLStore, SQLStore

__all__ = ["HANDLED", "LEASE_SECONDS", "LEDGER", "STORE", "flask_app", "starlette_app"]

STORE, LEDGER, LEASE_SECONDS = "CHAOS_STORE", "CHAOS_LEDGER", "CHAOS_LEASE"
HANDLED = b"handled"
_KEEP = 3600

_Store = TypeVar("_Store", Observed, AsyncObserved)


def flask_app() -> Flask:
    app = Flask(__name__)
    ledger = _ledger()
    receiver = Receiver(Verifier(sender.SECRET), replay=_guard(Observed(_store(), ledger)))

    @app.post(sender.PATH)
    @flask.webhook(receiver)
    def hook(delivery: Delivery) -> Response:
        message = _begin(ledger, delivery)
        for pause in _pauses(message):
            time.sleep(pause)
            if message.extends and not current_claim.extend():
                raise RuntimeError("another worker has taken it over")
        return Response(_end(ledger, message))

    @app.get("/")
    def alive() -> str:
        return "ok"

    return app


def starlette_app() -> Starlette:
    ledger = _ledger()
    receiver = AsyncReceiver(Verifier(sender.SECRET), replay=_guard(AsyncObserved(_async_store(), ledger)))

    @starlette.webhook(receiver)
    async def hook(request: Request, delivery: Delivery) -> PlainTextResponse:
        message = _begin(ledger, delivery)
        for pause in _pauses(message):
            await asyncio.sleep(pause)
            if message.extends and not await current_async_claim.extend():
                raise RuntimeError("another worker has taken it over")
        return PlainTextResponse(_end(ledger, message))

    async def alive(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    return Starlette(routes=[Route(sender.PATH, hook), Route("/", alive)])


def _ledger() -> Ledger:
    return Ledger(Path(os.environ[LEDGER]))


def _guard(store: _Store) -> ReplayGuard[_Store]:
    return ReplayGuard(store, lease=float(os.environ[LEASE_SECONDS]), retention=_KEEP)


def _store() -> ReplayStore:
    url = os.environ[STORE]
    return RedisStore.from_url(url) if url.startswith("redis:") else SQLStore(url)


def _async_store() -> AsyncReplayStore:
    url = os.environ[STORE]
    return AsyncRedisStore.from_url(url) if url.startswith("redis:") else AsyncSQLStore(url)


def _begin(ledger: Ledger, delivery: Delivery) -> Message:
    message = Message.of(delivery)
    ledger.note(Event.BEGUN, token_held.get(), message.number)
    return message


def _pauses(message: Message) -> tuple[float, float]:
    return message.seconds / 2, message.seconds / 2


def _end(ledger: Ledger, message: Message) -> bytes:
    if random.random() < message.fails:
        raise RuntimeError("as a handler fails now and then")
    ledger.note(Event.ENDED, token_held.get())
    return HANDLED
