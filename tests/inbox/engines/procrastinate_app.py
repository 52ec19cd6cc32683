"""The app and the worker of the tests of Procrastinate: the worker has no secret of a provider."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from procrastinate import App, PsycopgConnector

from webhook_verify import open_sealed
from webhook_verify.inbox.engines.procrastinate import sweep_stalled_jobs

app = App(connector=PsycopgConnector(conninfo=os.environ.get("DATABASE_URL", "")))
sweep_stalled_jobs(app, cron="* * * * * */1", seconds=1)


@app.task(name="handle")
def handle(sealed: str) -> None:
    """Record the id of a delivery."""
    delivery = open_sealed(sealed, os.environ["QUEUE_KEY"], max_age=86_400)
    with Path(os.environ["HANDLED"]).open("a", encoding="utf-8") as log:
        print(delivery.id, delivery.event_type, sep=":", file=log)


async def main() -> None:
    """Work until it is killed."""
    async with app.open_async():
        await app.run_worker_async(
            fetch_job_polling_interval=0.2, update_heartbeat_interval=0.5, stalled_worker_timeout=2
        )


if __name__ == "__main__":
    asyncio.run(main())
