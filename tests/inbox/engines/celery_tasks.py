"""The task of the tests of Celery: the worker has no secret of a provider."""

from __future__ import annotations

import os
from pathlib import Path

from celery import Celery

from webhook_verify import open_sealed

app = Celery("tests", broker=os.environ.get("BROKER_URL", "memory://"))
app.conf.update(task_ignore_result=True, broker_connection_retry_on_startup=True)
app.conf.broker_transport_options = {"socket_connect_timeout": 2, "socket_timeout": 2}


@app.task(name="handle", acks_late=True, reject_on_worker_lost=True)
def handle(sealed: str) -> None:
    """Record the id of a delivery."""
    delivery = open_sealed(sealed, os.environ["QUEUE_KEY"], max_age=86_400)
    with Path(os.environ["HANDLED"]).open("a", encoding="utf-8") as log:
        print(delivery.id, delivery.event_type, sep=":", file=log)
