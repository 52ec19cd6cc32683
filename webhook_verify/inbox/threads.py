"""The workers of an inbox as threads."""

from __future__ import annotations

import asyncio
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import Context
from inspect import isawaitable
from types import FrameType
from typing import Any

from webhook_verify.inbox.current import call_handler, handler_context
from webhook_verify.inbox.steps import Attempt, Idle, Pause, RunHandler, Step, Steps, StoreCall, waits
from webhook_verify.inbox.store import InboxStore
from webhook_verify.inbox.worker import Processor

__all__ = ["ThreadRunner"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_JOIN_SECONDS = 0.02


class ThreadRunner:
    """Runs the steps of a `Processor` in threads.

    Args:
        processor: The processor.
        store: The store.
    """

    def __init__(self, processor: Processor, store: InboxStore) -> None:
        self._processor = processor
        self._store = store
        self._stop = threading.Event()
        self._end = threading.Event()
        self._hurry = threading.Event()
        self._waits_for_store = threading.Lock()
        self._idle = threading.Condition()
        self._loops = threading.local()
        self._failures: list[BaseException] = []

    def stop(self) -> None:
        """Stop the workers. The second call stops the wait for running handlers, too."""
        if self._stop.is_set():
            self._hurry.set()
        self._processor.is_stopping = True
        self._stop.set()
        with self._idle:
            self._idle.notify_all()

    def run(self, workers: int, grace: float) -> None:
        """Process entries until `stop` is called. In the main thread, SIGTERM and SIGINT call it.

        Args:
            workers: The number of threads.
            grace: How many seconds a stop waits for running handlers.

        Raises:
            BaseException: Any error of a worker that is not an error of a handler or of the store.
        """
        with _signals_call(self._on_signal):
            threads = [self._start(self._processor.work, number) for number in range(workers)]
            maintenance = self._start(self._processor.maintain, "maintenance")
            try:
                self._stop.wait()
                self._join(threads, grace)
            finally:
                self.stop()
                attempts = self._processor.abandon()
                self._drive(self._processor.give_back(attempts))
                self._finish(maintenance)
                self._processor.notify("on_stopped", len(attempts))
        if self._failures:
            raise self._failures[0]

    def drain(self, limit: int | None) -> int:
        """Process entries in this thread until none is due.

        Args:
            limit: The maximum number of entries, None for all.

        Returns:
            The number of entries.

        Raises:
            Exception: Any exception of the store's `claim`.
        """
        maintenance = self._start(self._processor.maintain, "maintenance")
        try:
            self._drive(self._processor.drain(limit))
        finally:
            self._finish(maintenance)
        return self._processor.processed

    def _start(self, steps: Callable[[], Steps], name: object) -> threading.Thread:
        # Daemons, because a handler that never ends must not stop the end of the process.
        thread = threading.Thread(target=self._work, args=(steps(),), name=f"inbox-{name}", daemon=True)
        thread.start()
        return thread

    def _work(self, steps: Steps) -> None:
        try:
            self._drive(steps)
        except BaseException as error:
            self._failures.append(error)
            self.stop()

    def _join(self, threads: list[threading.Thread], grace: float) -> None:
        until = time.monotonic() + grace
        for thread in threads:
            while thread.is_alive() and not self._hurry.is_set() and time.monotonic() < until:
                thread.join(_JOIN_SECONDS)

    def _finish(self, maintenance: threading.Thread) -> None:
        self._processor.has_ended = True
        self._end.set()
        maintenance.join(5.0)  # not for ever, if the store blocks

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # In a thread, because the main thread may hold the lock of an event or condition now.
        threading.Thread(target=self.stop, daemon=True).start()

    def _drive(self, steps: Steps) -> None:
        """Perform the steps until the generator ends."""
        try:
            step = next(steps)
            while True:
                try:
                    result = self._perform(step)
                except BaseException as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration:
            self._close_loop()

    def _perform(self, step: Step) -> Any:
        match step:
            case StoreCall():
                return getattr(self._store, step.name)(*step.arguments, **(step.options or {}))
            case RunHandler():
                return self._run_handler(step.attempt)
            case Pause():
                self._pause(step)
            case Idle():
                self._wait_for_entries(step.seconds)
        return None

    def _pause(self, pause: Pause) -> None:
        if pause.until:
            (self._stop if pause.until == "stop" else self._end).wait(pause.seconds)
        else:
            time.sleep(pause.seconds)

    def _run_handler(self, attempt: Attempt) -> BaseException | None:
        context = handler_context(attempt)
        try:
            result = context.run(call_handler, attempt)
            if isawaitable(result):
                self._await(result, context)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a SystemExit, too: it must not end the worker
            return error
        return None

    def _await(self, awaitable: Awaitable[Any], context: Context) -> None:
        """Run an async handler on the event loop of this thread, or of another one if this loop runs."""
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            self._run_on_loop(awaitable, context)
            return
        errors: list[BaseException] = []
        thread = threading.Thread(target=_run_once, args=(awaitable, context, errors))
        thread.start()
        thread.join()
        if errors:
            raise errors[0]

    def _run_on_loop(self, awaitable: Awaitable[Any], context: Context) -> None:
        runner: asyncio.Runner | None = getattr(self._loops, "runner", None)
        if runner is None:
            runner = self._loops.runner = asyncio.Runner()
        error = runner.run(_error_of(awaitable), context=context)
        if error is not None:
            raise error

    def _close_loop(self) -> None:
        runner: asyncio.Runner | None = getattr(self._loops, "runner", None)
        if runner is not None:
            del self._loops.runner
            runner.close()

    def _wait_for_entries(self, seconds: float) -> None:
        """Wait for the store in one thread, and for that thread in the others."""
        if not seconds:
            with self._idle:
                self._idle.notify()
        elif self._waits_for_store.acquire(blocking=False):
            try:
                for part in waits(seconds):
                    if not self._stop.is_set():
                        self._store.wait(part)
            finally:
                self._waits_for_store.release()
        else:
            with self._idle:
                if not self._stop.is_set():
                    self._idle.wait(seconds)


async def _error_of(awaitable: Awaitable[Any]) -> BaseException | None:
    """Return the exception instead of raising it: asyncio would end the loop for a SystemExit."""
    try:
        await awaitable
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return error
    return None


def _run_once(awaitable: Awaitable[Any], context: Context, errors: list[BaseException]) -> None:
    with asyncio.Runner() as runner:
        error = runner.run(_error_of(awaitable), context=context)
    if error is not None:
        errors.append(error)


@contextmanager
def _signals_call(function: Callable[[int, FrameType | None], None]) -> Generator[None]:
    """Call the function for SIGINT and SIGTERM, if this is the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, function) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)
