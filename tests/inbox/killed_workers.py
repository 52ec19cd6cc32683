"""``python -m tests.inbox.killed_workers URL TABLE``: two worker processes, each replaced when it has ended.

Prints the exit codes of the processes when all entries have ended. A handler ends its process if its event
type is "kill".
"""

from __future__ import annotations

import os
import signal
import sys
import time

from webhook_verify import Delivery
from webhook_verify.inbox import Backoff, Inbox, WorkerOptions
from webhook_verify.inbox.sql import SQLInboxStore

PROCESSES = 2
MAX_ATTEMPTS = 3
EXIT_CODE = 7
_OPTIONS = WorkerOptions(lease=1.0, poll=0.1, grace=1)


def main(url: str, table: str) -> None:
    inbox = Inbox(SQLInboxStore(url, table=table), worker_options=_OPTIONS)

    @inbox.handler("*", retry=Backoff(first=0, max_attempts=MAX_ATTEMPTS))
    def handle(delivery: Delivery) -> None:
        if delivery.event_type == "kill":
            os._exit(EXIT_CODE)

    children: set[int] = set()
    codes: list[int] = []
    while True:
        while len(children) < PROCESSES:
            children.add(_fork(inbox))
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid:
            children.discard(pid)
            codes.append(os.waitstatus_to_exitcode(status))
        stats = inbox.stats()
        if not stats["ready"] and not stats["running"]:
            break
        time.sleep(0.05)
    for child in children:
        os.kill(child, signal.SIGTERM)
        os.waitpid(child, 0)
    print(codes)


def _fork(inbox: Inbox) -> int:
    child = os.fork()
    if child == 0:
        try:
            inbox.run(2)
        finally:
            os._exit(0)
    return child


if __name__ == "__main__":
    main(*sys.argv[1:])
