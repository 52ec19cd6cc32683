"""A worker for the jobs of receiver.py. You can run several: each job is locked by one worker."""

import json
import logging
import os
import time

from sqlalchemy import Connection, create_engine, text

# The next attempt is scheduled before the job runs, so a job that fails or kills its worker blocks no other.
NEXT = """UPDATE webhook_job SET attempts = attempts + 1, next_at = now() + power(2, LEAST(attempts, 12))
    * interval '1 second' WHERE message_id = (SELECT message_id FROM webhook_job WHERE done_at IS NULL
    AND next_at <= now() ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING message_id, body"""
LOCK = "SELECT 1 FROM webhook_job WHERE message_id = :id AND done_at IS NULL FOR UPDATE SKIP LOCKED"
DONE = "UPDATE webhook_job SET done_at = now() WHERE message_id = :id"
database = create_engine(os.environ["DATABASE_URL"])


def handle(message_id: str, body: bytes, transaction: Connection) -> None:
    """Handle a verified delivery. The transaction makes its writes take effect exactly once."""
    print(message_id, json.loads(body)["type"], flush=True)


def work() -> bool:
    """Run one job. Return False if no job is due. A failed job runs again after 1, 2, 4, ... 4096 s."""
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
