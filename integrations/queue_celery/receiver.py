"""A Flask application that enqueues each delivery with Celery, and responds when it is enqueued."""

import json
import os

from celery import Celery
from flask import Flask
from flask.typing import ResponseReturnValue

from webhook_verify import Delivery, Receiver, Verifier
from webhook_verify.adapters.flask import webhook
from webhook_verify.replay import RedisStore, ReplayGuard

queue = Celery("webhooks", broker=os.environ["BROKER_URL"])
queue.conf.update(task_ignore_result=True, task_acks_late=True, task_reject_on_worker_lost=True)
queue.conf.broker_transport_options = {"socket_connect_timeout": 2, "socket_timeout": 2}
store = RedisStore.from_url(os.environ["REDIS_URL"])
receiver = Receiver(Verifier(os.environ["WEBHOOK_SECRET"]), replay=ReplayGuard(store))
app = Flask(__name__)


@queue.task(name="handle")
def handle(message_id: str, body: bytes) -> None:
    """Handle a verified delivery in a worker. A task may run more than once, so make it idempotent."""
    print(f"{message_id} {json.loads(body)['type']}")


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> ResponseReturnValue:
    """Respond when the job is enqueued. An exception causes a 500, so the sender retries."""
    handle.delay(delivery.id, delivery.body)
    return "", 202
