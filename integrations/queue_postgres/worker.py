"""Handles what receiver.py has queued. Run as many as you like: no two take the same job."""

import json
import logging
import os
import time

from sqlalchemy import Connection, create_engine, text

# A job is due again later before it is tried: one that fails, or kills its worker, delays no other.
NEXT = """UPDATE webhook_job SET attempts = attempts + 1, next_at = now() + power(2, LEAST(attempts, 12))
    * interval '1 second' WHERE message_id = (SELECT message_id FROM webhook_job WHERE done_at IS NULL
    AND next_at <= now() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING message_id, body"""
LOCK = "SELECT 1 FROM webhook_job WHERE message_id = :id AND done_at IS NULL FOR UPDATE SKIP LOCKED"
DONE = "UPDATE webhook_job SET done_at = now() WHERE message_id = :id"
database = create_engine(os.environ["DATABASE_URL"])


def handle(message_id: str, body: bytes, transaction: Connection) -> None:
    """What your service does with a genuine delivery; what it writes in the transaction, it writes once."""
    print(message_id, json.loads(body)["type"], flush=True)


def work() -> bool:
    """Try one job; False if none is due. One that fails is tried again after 1, 2, 4, ... 4096 s."""
    with database.begin() as transaction:
        job = transaction.execute(text(NEXT)).one_or_none()
    try:
        with database.begin() as transaction:
            if job and transaction.execute(text(LOCK), {"id": job.message_id}).one_or_none():
                handle(job.message_id, job.body, transaction)
                transaction.execute(text(DONE), {"id": job.message_id})
    except Exception:
        logging.exception("job failed")
    return job is not None


if __name__ == "__main__":
    while True:
        time.sleep(0 if work() else 0.5)
