"""Workers that run in a thread during a test."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from tests.inbox.inboxes import FAST, AsyncMemoryInbox, MemoryInbox
from tests.waiting import patience, wait_until

__all__ = ["Inbox", "running"]

Inbox = MemoryInbox | AsyncMemoryInbox


@contextmanager
def running(
    inbox: Inbox, workers: int = 2, way: str = "run", **options: Any
) -> Generator[Callable[[], None]]:
    """Run the workers in a thread, and stop them at the end, or when the result is called."""
    errors: list[BaseException] = []
    stopped = threading.Event()

    def stop() -> None:
        wait_until(lambda: inbox._runners or not thread.is_alive())
        if not stopped.is_set():
            stopped.set()
            inbox.stop()

    def run() -> None:
        try:
            call: Any = getattr(inbox, way)
            result = call(workers, options=replace(FAST, **options))
            if result is not None:
                asyncio.run(result)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield stop
    finally:
        stop()
        thread.join(patience(20))
    assert not thread.is_alive()
    assert errors == []
