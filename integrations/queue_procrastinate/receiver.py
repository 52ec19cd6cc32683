"""A Flask application that hands each delivery to Procrastinate, a queue in PostgreSQL."""

import os

from flask import Flask
from flask.typing import ResponseReturnValue
from procrastinate import App, PsycopgConnector

from webhook_verify import Delivery, Receiver, Verifier, open_sealed
from webhook_verify.adapters.flask import webhook
from webhook_verify.inbox import Handoff
from webhook_verify.inbox.engines.procrastinate import ProcrastinateTask, sweep_stalled_jobs

queue = App(connector=PsycopgConnector(conninfo=os.environ["DATABASE_URL"]))
sweep_stalled_jobs(queue)
app = Flask(__name__)


@queue.task(name="handle", retry=5)
def handle(sealed: str) -> None:
    """Handle a verified delivery in a worker. A job may run more than once, so make it idempotent."""
    delivery = open_sealed(sealed, os.environ["QUEUE_KEY"])
    print(f"{delivery.id} {delivery.event_type}", flush=True)


queue.open()
handoff = Handoff(ProcrastinateTask(handle), key=os.environ["QUEUE_KEY"])
receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]), inbox=handoff)


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> ResponseReturnValue:
    """Never called: the receiver responds when the job is committed."""
    raise NotImplementedError
