"""A Flask application that enqueues each delivery with Celery, and responds when it is enqueued."""

import os

from celery import Celery
from flask import Flask
from flask.typing import ResponseReturnValue

from webhook_verify import Delivery, Receiver, Verifier, open_sealed
from webhook_verify.adapters.flask import webhook
from webhook_verify.replay import RedisStore, ReplayGuard

queue = Celery("webhooks", broker=os.environ["BROKER_URL"])
queue.conf.update(task_ignore_result=True, task_acks_late=True, task_reject_on_worker_lost=True)
queue.conf.broker_transport_options = {"socket_connect_timeout": 2, "socket_timeout": 2}
store = RedisStore.from_url(os.environ["REDIS_URL"])
receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]), replay=ReplayGuard(store))
app = Flask(__name__)


@queue.task(name="handle")
def handle(sealed: str) -> None:
    """Handle a verified delivery in a worker. A task may run more than once, so make it idempotent."""
    delivery = open_sealed(sealed, os.environ["QUEUE_KEY"])
    print(f"{delivery.id} {delivery.event_type}")


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> ResponseReturnValue:
    """Respond when the job is enqueued. An exception causes a 500, so the sender retries."""
    handle.delay(delivery.seal_text(os.environ["QUEUE_KEY"]))
    return {"queued": True}, 202
