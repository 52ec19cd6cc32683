"""A Flask application that enqueues each delivery in a PostgreSQL table for worker.py."""

import os

from flask import Flask
from flask.typing import ResponseReturnValue
from sqlalchemy import create_engine, text

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.flask import webhook
from webhook_verify.replay import ReplayGuard
from webhook_verify.replay.sql import SQLStore

TABLE = """CREATE TABLE IF NOT EXISTS webhook_job (
    message_id text PRIMARY KEY, body bytea NOT NULL, done_at timestamptz,
    attempts integer NOT NULL DEFAULT 0, next_at timestamptz NOT NULL DEFAULT now())"""
ENQUEUE = "INSERT INTO webhook_job (message_id, body) VALUES (:id, :body) ON CONFLICT DO NOTHING"

database = create_engine(os.environ["DATABASE_URL"])
store = SQLStore(database)
receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]), replay=ReplayGuard(store))
app = Flask(__name__)


@app.cli.command("create-tables")
def create_tables() -> None:
    """Create the tables, once, before the first delivery."""
    store.create_table()
    with database.begin() as transaction:
        transaction.execute(text(TABLE))


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> ResponseReturnValue:
    """Respond when the job is committed. An exception causes a 500, so the sender retries."""
    with database.begin() as transaction:
        transaction.execute(text(ENQUEUE), {"id": delivery.id, "body": delivery.body})
    return {"queued": True}, 202
