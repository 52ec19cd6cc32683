"""The applications under test, with an inbox: their processes receive deliveries and process entries.

Their configuration is in the environment, as that of `tests.chaos.apps`. The orders to kill are next to the
ledger.
"""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from flask import Flask, Response
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.chaos.apps import LEASE_SECONDS, LEDGER, STORE
from tests.chaos.inbox.kills import KillOrders, Place
from tests.chaos.inbox.stores import AsyncKillableStore, KillableStore
from tests.chaos.ledger import Event, Ledger
from tests.chaos.messages import Message
from tests.integrations import sender
from webhook_verify import AsyncReceiver, Delivery, Receiver, Verifier
from webhook_verify.adapters import flask, starlette
from webhook_verify.inbox import AsyncInbox, Backoff, Entry, Inbox, WorkerOptions
from webhook_verify.inbox.sql import AsyncSQLInboxStore, SQLInboxStore

__all__ = ["LANES", "MAX_ATTEMPTS", "flask_app", "orders_beside", "starlette_app"]

LANES = "CHAOS_LANES"
MAX_ATTEMPTS = 6
_RETRY = Backoff(first=0.05, max_delay=0.5, max_attempts=MAX_ATTEMPTS)
_WORKERS = 3
_WORK = text("INSERT INTO work (entry, lane) VALUES (:entry, :lane)")


def flask_app() -> Flask:
    app = Flask(__name__)
    ledger = Ledger(Path(os.environ[LEDGER]))
    kills = KillOrders(orders_beside(Path(os.environ[LEDGER])), ledger)
    store = KillableStore(SQLInboxStore(os.environ[STORE]), ledger, kills)
    inbox = Inbox(store, lane=_lane, worker_options=_options())
    receiver = Receiver(Verifier(sender.SECRET), inbox=inbox)

    @inbox.handler("*", retry=_RETRY)
    def handle(delivery: Delivery, entry: Entry) -> None:
        message = _begin(ledger, delivery, entry)
        time.sleep(message.seconds / 2)
        kills.pass_by(Place.IN_HANDLER)
        time.sleep(message.seconds / 2)
        _may_fail(message)
        with inbox.transaction() as connection:
            connection.execute(_WORK, {"entry": entry.id, "lane": entry.stored.lane})
            _may_fail(message)
        ledger.note(Event.ENDED, entry.token)

    @app.post(sender.PATH)
    @flask.webhook(receiver)
    def hook(delivery: Delivery) -> Response:
        raise AssertionError("the inbox responds")

    @app.get("/")
    def alive() -> str:
        return "ok"

    # gunicorn loads the application before it forks the workers.
    os.register_at_fork(
        after_in_child=lambda: threading.Thread(target=inbox.run, args=(_WORKERS,), daemon=True).start()
    )
    return app


def starlette_app() -> Starlette:
    ledger = Ledger(Path(os.environ[LEDGER]))
    kills = KillOrders(orders_beside(Path(os.environ[LEDGER])), ledger)
    store = AsyncKillableStore(AsyncSQLInboxStore(os.environ[STORE]), ledger, kills)
    inbox = AsyncInbox(store, lane=_lane, worker_options=_options())
    receiver = AsyncReceiver(Verifier(sender.SECRET), inbox=inbox)

    @inbox.handler("*", retry=_RETRY)
    async def handle(delivery: Delivery, entry: Entry) -> None:
        message = _begin(ledger, delivery, entry)
        await asyncio.sleep(message.seconds / 2)
        kills.pass_by(Place.IN_HANDLER)
        await asyncio.sleep(message.seconds / 2)
        _may_fail(message)
        async with inbox.transaction() as connection:
            await connection.execute(_WORK, {"entry": entry.id, "lane": entry.stored.lane})
            _may_fail(message)
        ledger.note(Event.ENDED, entry.token)

    @starlette.webhook(receiver)
    async def hook(request: Request, delivery: Delivery) -> PlainTextResponse:
        raise AssertionError("the inbox responds")

    async def alive(request: Request) -> PlainTextResponse:
        return PlainTextResponse("ok")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncGenerator[None]:
        async with inbox.running(_WORKERS):
            yield

    return Starlette(routes=[Route(sender.PATH, hook), Route("/", alive)], lifespan=lifespan)


def orders_beside(ledger: Path) -> Path:
    """Return the folder of the orders to kill."""
    return ledger.with_name("orders")


def _lane(delivery: Delivery) -> str:
    return f"lane-{Message.of(delivery).number % int(os.environ[LANES])}"


def _options() -> WorkerOptions:
    return WorkerOptions(lease=float(os.environ[LEASE_SECONDS]), poll=0.2, grace=1)


def _begin(ledger: Ledger, delivery: Delivery, entry: Entry) -> Message:
    message = Message.of(delivery)
    ledger.note(Event.BEGUN, entry.token, entry.id, entry.stored.lane)
    return message


def _may_fail(message: Message) -> None:
    if random.random() < message.fails:
        raise RuntimeError("as a handler fails now and then")
