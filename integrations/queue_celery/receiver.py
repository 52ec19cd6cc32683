"""A Flask application that gives each delivery to a Celery queue, and answers when the queue has it."""

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
    """What your service does with a genuine delivery, in a worker. A task may run twice: be idempotent."""
    print(f"{message_id} {json.loads(body)['type']}")


@app.post("/webhooks/svix")
@webhook(receiver)
def hook(delivery: Delivery) -> ResponseReturnValue:
    """Answer when the queue has taken the job. What it raises is a 500, so the sender comes back."""
    handle.delay(delivery.id, delivery.body)
    return "", 202
