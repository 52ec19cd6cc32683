"""A Flask application that writes each delivery into a table of PostgreSQL, for worker.py to handle."""

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
    """Once, before the first delivery."""
    store.create_table()
    with database.begin() as transaction:
        transaction.execute(text(TABLE))


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> ResponseReturnValue:
    """Answer when the job is committed. What that raises is a 500, so the sender comes back."""
    with database.begin() as transaction:
        transaction.execute(text(ENQUEUE), {"id": delivery.id, "body": delivery.body})
    return "", 202
