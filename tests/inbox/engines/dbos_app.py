"""The worker of the tests of DBOS: it has no secret of a provider. Its arguments: the executor's id."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from dbos import DBOS

from webhook_verify import open_sealed


@DBOS.workflow(name="handle")
def handle(sealed: str) -> None:
    """Record the id of a delivery."""
    delivery = open_sealed(sealed, os.environ["QUEUE_KEY"], max_age=86_400)
    with Path(os.environ["HANDLED"]).open("a", encoding="utf-8") as log:
        print(delivery.id, delivery.event_type, sep=":", file=log)
    time.sleep(float(os.environ.get("SECONDS", "0")))


def main() -> None:
    """Work until it is killed."""
    executor = sys.argv[1] if len(sys.argv) > 1 else "local"
    url = os.environ["DATABASE_URL"]
    DBOS(
        config={
            "name": "tests",
            "system_database_url": url,
            "executor_id": executor,
            "application_version": "1",
        }
    )
    DBOS.launch()
    DBOS.register_queue("webhooks", polling_interval_sec=0.2)
    DBOS.register_queue("lanes", polling_interval_sec=0.2, partition_concurrency=1)
    Path(os.environ["HANDLED"]).touch()
    while True:
        time.sleep(1)


if __name__ == "__main__":
    main()
