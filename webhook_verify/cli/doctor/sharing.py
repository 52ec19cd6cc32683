"""The checks of `doctor` for stores that several worker processes or event loops use."""

from __future__ import annotations

import gc
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import suppress

from webhook_verify.cli.doctor.checks import Finding
from webhook_verify.receiver import AsyncReceiver, Receiver
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore

__all__ = ["configured_workers", "sharing_of_stores", "stores_in_use"]

_WORKERS = re.compile(r"(?:--workers|-w)=?([0-9]{1,6})?")

Store = ReplayStore | AsyncReplayStore


def configured_workers(environ: Mapping[str, str]) -> int:
    """Return the number of worker processes in `GUNICORN_CMD_ARGS` or `WEB_CONCURRENCY`; 1 without one."""
    try:
        words = shlex.split(environ.get("GUNICORN_CMD_ARGS", ""))
    except ValueError:
        words = []
    counts = [
        match[1] or following
        for word, following in zip(words, [*words, ""][1:], strict=True)
        if (match := _WORKERS.fullmatch(word))
    ]
    count = counts[-1] if counts else environ.get("WEB_CONCURRENCY", "").strip()
    return max(1, int(count)) if count.isascii() and count.isdecimal() else 1


def stores_in_use() -> list[Store]:
    """Return the stores of all receivers of this process, each one once."""
    stores = dict[int, Store]()
    for each in gc.get_objects():
        # isinstance() would ask an object for its class, and a lazy object would then be evaluated.
        if issubclass(type(each), Receiver | AsyncReceiver):
            with suppress(RuntimeError):  # a receiver without replay protection
                store = each.replay_protection.guard.store
                stores[id(store)] = store
    return list(stores.values())


def sharing_of_stores(stores: list[Store], workers: int, event_loops: int) -> Iterator[Finding]:
    """Compare the declarations of stores with the configuration of the server.

    Args:
        stores: The stores.
        workers: The number of worker processes.
        event_loops: The number of event loops in a process.

    Yields:
        A finding for each store. It is wrong if a store cannot be shared by the processes or event loops.
    """
    for store in stores:
        yield Finding(f"store {type(store).__name__}", *_judged(store, workers, event_loops))


def _judged(store: Store, workers: int, event_loops: int) -> tuple[bool | None, str]:
    try:
        between_processes = getattr(store, "is_shared_by_processes", None)
        between_loops = getattr(store, "is_shared_by_event_loops", None)
    except Exception as error:  # a lazy store calls the application, which may not have started
        return None, f"not known: the function of the store failed with {type(error).__name__}"
    if between_processes is False and workers > 1:
        return False, (
            f"each of the {workers} worker processes has its own records, so a duplicate is handled again if "
            "another process receives it: use a store in Redis or in a database"
        )
    if between_loops is False and event_loops > 1:
        return False, (
            f"only one of the {event_loops} event loops can use its connections: create the store from a URL"
        )
    problems = [
        *(["one worker process"] if between_processes is False else []),
        *(["one event loop in each process"] if between_loops is False else []),
    ]
    if problems:
        return None, f"only for {' and '.join(problems)}; pass --workers and --event-loops to check this"
    if between_processes is None:
        return None, "not known: the store does not declare is_shared_by_processes"
    return True, "shared by all worker processes and event loops"
