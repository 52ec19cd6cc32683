"""Handles what receiver.py has queued. Run as many as you like: no two take the same job."""

import json
import os
import time

from sqlalchemy import Connection, create_engine, text

NEXT = """SELECT message_id, body FROM webhook_job WHERE done_at IS NULL
    ORDER BY queued_at LIMIT 1 FOR UPDATE SKIP LOCKED"""
DONE = "UPDATE webhook_job SET done_at = now() WHERE message_id = :id"

database = create_engine(os.environ["DATABASE_URL"])


def handle(message_id: str, body: bytes, transaction: Connection) -> None:
    """What your service does with a genuine delivery; what it writes in the transaction, it writes once."""
    print(message_id, json.loads(body)["type"], flush=True)


def work() -> bool:
    """Handle one job; False if there is none. What is raised leaves the job for the next time."""
    with database.begin() as transaction:
        job = transaction.execute(text(NEXT)).one_or_none()
        if job is None:
            return False
        handle(job.message_id, job.body, transaction)
        transaction.execute(text(DONE), {"id": job.message_id})
        return True


if __name__ == "__main__":
    while True:
        if not work():
            time.sleep(0.5)
