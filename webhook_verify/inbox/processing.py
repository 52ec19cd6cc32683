"""The methods of an inbox that process its entries, for `Inbox` and `AsyncInbox`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from typing import Any, Protocol, TypeVar

from webhook_verify.delivery import Delivery
from webhook_verify.inbox.current import current_attempt
from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.handlers import Handlers
from webhook_verify.inbox.retries import Backoff
from webhook_verify.inbox.steps import DEFAULT_OPTIONS, WorkerOptions
from webhook_verify.inbox.store import InboxStore
from webhook_verify.inbox.tasks import TaskRunner
from webhook_verify.inbox.threads import ThreadRunner
from webhook_verify.inbox.worker import Processor

__all__ = ["AsyncInboxProcessing", "InboxProcessing"]

_F = TypeVar("_F", bound=Callable[..., Any])


class _Runner(Protocol):
    def stop(self) -> None: ...


class _Processing:
    """The registration of handlers, and a stop: the same for synchronous and async inboxes."""

    store: Any
    """The store."""
    delivery: Callable[[Entry], Delivery]
    """Returns the delivery of an entry."""
    worker_options: WorkerOptions = DEFAULT_OPTIONS
    """The options of the workers."""

    @cached_property
    def handlers(self) -> Handlers:
        """The registered handlers."""
        return Handlers()

    @cached_property
    def _runners(self) -> set[_Runner]:
        return set()

    def handler(
        self,
        key: str | type[Any] | Callable[[Delivery], object],
        *,
        retry: Backoff | None = None,
        source: Any = None,
    ) -> Callable[[_F], _F]:
        """Return a decorator that registers a handler. The most specific handler processes an entry.

        Args:
            key: An event type; a pattern of event types, in which `*` matches any characters; the class of an
                event; or a predicate, a function of the delivery.
            retry: The delays between the attempts, and their number. By default `Backoff()`.
            source: For a class, the parser of its events: a module such as `webhook_verify.events.svix`, or
                an `EventTypes`. By default the module of the class.

        Returns:
            The decorator of a function of `(delivery)` or `(delivery, entry)`, synchronous or async. The
            entry is done when the function returns, whatever it returns. It is retried after an exception.

        Raises:
            TypeError: If an argument has the wrong type. From the decorator, if the function does not accept
                a delivery.
            ValueError: If `key` is an empty str.
        """
        return self.handlers.register(key, retry=retry, source=source)

    def stop(self) -> None:
        """Stop all workers of this inbox object, gracefully. Any thread may call it.

        A second call does not wait for the running handlers any more.
        """
        for runner in list(self._runners):
            runner.stop()

    def _processor(self, options: WorkerOptions | None) -> Processor:
        return Processor(self, self.handlers, self.delivery, options or self.worker_options)

    @contextmanager
    def _registered(self, runner: _Runner) -> Generator[None]:
        self._runners.add(runner)
        try:
            yield
        finally:
            self._runners.discard(runner)

    async def _run_tasks(
        self, workers: int, options: WorkerOptions | None, *, handles_signals: bool = False
    ) -> None:
        _check_workers(workers)
        options = options or self.worker_options
        runner = TaskRunner(self._processor(options), self.store)
        with self._registered(runner):
            await runner.run(workers, options.seconds("grace"), handles_signals=handles_signals)

    @asynccontextmanager
    async def running(
        self, workers: int = 4, *, options: WorkerOptions | None = None
    ) -> AsyncGenerator[None]:
        """Run workers as tasks during the block, such as in the lifespan of an application.

        At the end of the block the workers stop gracefully.

        Args:
            workers: The number of entries that are processed at the same time.
            options: The options. By default `worker_options`.

        Yields:
            None.

        Raises:
            TypeError: If `workers` is not an int.
            ValueError: If `workers` is not positive.
        """
        options = options or self.worker_options
        runner = TaskRunner(self._processor(options), self.store)
        _check_workers(workers)
        with self._registered(runner):
            run = asyncio.create_task(runner.run(workers, options.seconds("grace"), handles_signals=False))
            try:
                yield
            finally:
                runner.stop()
                await run


class InboxProcessing(_Processing):
    """The processing of a synchronous inbox."""

    store: InboxStore
    """The store."""

    def run(self, workers: int = 4, *, options: WorkerOptions | None = None) -> None:
        """Process entries in threads, until `stop` is called.

        In the main thread, SIGTERM and SIGINT stop the workers: they claim nothing more, running handlers
        have the time `grace` to end, and the others are given back without counting the attempt.

        Args:
            workers: The number of threads.
            options: The options. By default `worker_options`.

        Raises:
            TypeError: If `workers` is not an int.
            ValueError: If `workers` is not positive.
        """
        _check_workers(workers)
        options = options or self.worker_options
        runner = ThreadRunner(self._processor(options), self.store)
        with self._registered(runner):
            runner.run(workers, options.seconds("grace"))

    async def run_async(self, workers: int = 4, *, options: WorkerOptions | None = None) -> None:
        """Process entries in tasks, until `stop` is called or this is cancelled. Signals are not handled.

        Async handlers run on the event loop, synchronous handlers and calls of the store in threads.

        Args:
            workers: The number of entries that are processed at the same time.
            options: The options. By default `worker_options`.

        Raises:
            TypeError: If `workers` is not an int.
            ValueError: If `workers` is not positive.
        """
        await self._run_tasks(workers, options)

    def run_once(self, *, options: WorkerOptions | None = None) -> bool:
        """Process the next entry in this thread, if one is due.

        Args:
            options: The options. By default `worker_options`.

        Returns:
            Whether an entry was due.

        Raises:
            Exception: Any exception of the store's `claim`.
        """
        return self.drain(limit=1, options=options) > 0

    def drain(self, *, limit: int | None = None, options: WorkerOptions | None = None) -> int:
        """Process entries in this thread until none is due, for a test or a cron job.

        Args:
            limit: The maximum number of attempts, None for all.
            options: The options. By default `worker_options`.

        Returns:
            The number of attempts.

        Raises:
            Exception: Any exception of the store's `claim`.
        """
        runner = ThreadRunner(self._processor(options), self.store)
        with self._registered(runner):
            return runner.drain(limit)

    @contextmanager
    def transaction(self, entry: Entry | None = None) -> Generator[Any]:
        """Open a transaction of the store in a handler. At its commit the entry is done, too.

        Args:
            entry: A claimed entry. By default that of the handler.

        Yields:
            The connection.

        Raises:
            LeaseLost: If the claim no longer holds the entry. Then the transaction is rolled back.
            RuntimeError: If no handler of this inbox runs in this context, or the entry is done already.
        """
        attempt = current_attempt(self, entry)
        with self.store.transaction(attempt.entry.id, attempt.token) as connection:
            yield connection
        attempt.is_done = True


class AsyncInboxProcessing(_Processing):
    """The processing of an async inbox."""

    async def run(
        self, workers: int = 4, *, options: WorkerOptions | None = None, handles_signals: bool = False
    ) -> None:
        """Process entries in tasks, until `stop` is called or this is cancelled.

        Async handlers run on the event loop, synchronous handlers in threads.

        Args:
            workers: The number of entries that are processed at the same time.
            options: The options. By default `worker_options`.
            handles_signals: Whether SIGTERM and SIGINT stop the workers, for a process without a server.

        Raises:
            TypeError: If `workers` is not an int.
            ValueError: If `workers` is not positive.
        """
        await self._run_tasks(workers, options, handles_signals=handles_signals)

    async def run_once(self, *, options: WorkerOptions | None = None) -> bool:
        """Process the next entry, if one is due.

        Args:
            options: The options. By default `worker_options`.

        Returns:
            Whether an entry was due.

        Raises:
            Exception: Any exception of the store's `claim`.
        """
        return await self.drain(limit=1, options=options) > 0

    async def drain(self, *, limit: int | None = None, options: WorkerOptions | None = None) -> int:
        """Process entries until none is due, for a test or a cron job.

        Args:
            limit: The maximum number of attempts, None for all.
            options: The options. By default `worker_options`.

        Returns:
            The number of attempts.

        Raises:
            Exception: Any exception of the store's `claim`.
        """
        runner = TaskRunner(self._processor(options), self.store)
        with self._registered(runner):
            return await runner.drain(limit)

    @asynccontextmanager
    async def transaction(self, entry: Entry | None = None) -> AsyncGenerator[Any]:
        """Open a transaction of the store in a handler. At its commit the entry is done, too.

        Args:
            entry: A claimed entry. By default that of the handler.

        Yields:
            The connection.

        Raises:
            LeaseLost: If the claim no longer holds the entry. Then the transaction is rolled back.
            RuntimeError: If no handler of this inbox runs in this context, or the entry is done already.
        """
        attempt = current_attempt(self, entry)
        async with self.store.transaction(attempt.entry.id, attempt.token) as connection:
            yield connection
        attempt.is_done = True


def _check_workers(workers: object) -> None:
    if isinstance(workers, bool) or not isinstance(workers, int):
        raise TypeError(f"workers must be an int, not {type(workers).__name__!r}")
    if workers < 1:
        raise ValueError(f"workers must be at least 1, not {workers}")
