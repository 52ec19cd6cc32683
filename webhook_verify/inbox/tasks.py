"""The workers of an inbox as tasks of asyncio."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from contextvars import Context
from inspect import isawaitable, iscoroutinefunction
from typing import Any

from webhook_verify.event_loops import running_loop
from webhook_verify.inbox.current import call_handler, handler_context
from webhook_verify.inbox.steps import Attempt, Idle, Pause, RunHandler, Step, Steps, StoreCall, waits
from webhook_verify.inbox.worker import Processor

__all__ = ["TaskRunner"]

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_CANCEL_SECONDS = 2.0  # for handlers that catch the cancellation, and for those in threads
_END_SECONDS = 5.0


class TaskRunner:
    """Runs the steps of a `Processor` in tasks: async handlers on the event loop, others in threads.

    Args:
        processor: The processor.
        store: An async store, or an `InboxStore`, whose calls run in a thread unless it cannot block.
    """

    def __init__(self, processor: Processor, store: Any) -> None:
        self._processor = processor
        self._store = store
        self._loop = running_loop("the inbox")
        self._stop = asyncio.Event()
        self._end = asyncio.Event()
        self._hurry = asyncio.Event()
        self._waits_for_store = False
        self._work_exists = asyncio.Event()

    def stop(self) -> None:
        """Stop the workers. The second call stops the wait for running handlers, too. For any thread."""
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._set_stop)

    def _set_stop(self) -> None:
        if self._stop.is_set():
            self._hurry.set()
        self._processor.is_stopping = True
        self._stop.set()
        self._work_exists.set()

    async def run(self, workers: int, grace: float, *, handles_signals: bool) -> None:
        """Process entries until `stop` is called or the task is cancelled.

        Args:
            workers: The number of tasks.
            grace: How many seconds a stop waits for running handlers. After a cancellation it does not wait.
            handles_signals: Whether SIGTERM and SIGINT stop the workers.

        Raises:
            BaseException: Any error of a worker that is not an error of a handler or of the store.
        """
        with _signals_call(self._loop, self._set_stop, handles_signals):
            tasks = [asyncio.create_task(self._work(self._processor.work())) for _ in range(workers)]
            maintenance = asyncio.create_task(self._work(self._processor.maintain()))
            try:
                await self._stop.wait()
                ends = [asyncio.create_task(asyncio.wait(tasks)), asyncio.create_task(self._hurry.wait())]
                await asyncio.wait(ends, timeout=grace, return_when=asyncio.FIRST_COMPLETED)
                for end in ends:
                    end.cancel()
            finally:
                self._set_stop()
                # Shielded, because the task that runs this may be cancelled again.
                given_back = await asyncio.shield(self._finish(tasks, maintenance))
                self._processor.notify("on_stopped", given_back)
        for task in tasks:
            if task.done() and not task.cancelled() and (error := task.exception()) is not None:
                raise error

    async def drain(self, limit: int | None) -> int:
        """Process entries until none is due.

        Args:
            limit: The maximum number of entries, None for all.

        Returns:
            The number of entries.

        Raises:
            Exception: Any exception of the store's `claim`.
        """
        maintenance = asyncio.create_task(self._work(self._processor.maintain()))
        worker = asyncio.create_task(self._drive(self._processor.drain(limit)))
        try:
            await asyncio.shield(worker)
        finally:
            self._set_stop()
            await asyncio.shield(self._finish([worker], maintenance))
        return self._processor.processed

    async def _finish(self, tasks: list[asyncio.Task[None]], maintenance: asyncio.Task[None]) -> int:
        """Cancel the handlers, give their entries back, and end the tasks. Return the number of entries."""
        attempts = self._processor.abandon()
        if attempts:
            await asyncio.wait(tasks, timeout=_CANCEL_SECONDS)
        await self._drive(self._processor.give_back(attempts))
        _, others = await asyncio.wait(tasks, timeout=_END_SECONDS)
        for task in others:  # such as one that waits for a store that does not respond
            task.cancel()
        self._processor.has_ended = True
        self._end.set()
        await asyncio.wait([maintenance, *others], timeout=_END_SECONDS)
        return len(attempts)

    async def _work(self, steps: Steps) -> None:
        try:
            await self._drive(steps)
        except BaseException:
            self._set_stop()
            raise

    async def _drive(self, steps: Steps) -> None:
        """Perform the steps until the generator ends."""
        try:
            step = next(steps)
            while True:
                try:
                    result = await self._perform(step)
                except Exception as error:
                    step = steps.throw(error)
                else:
                    step = steps.send(result)
        except StopIteration:
            pass

    async def _perform(self, step: Step) -> Any:
        match step:
            case StoreCall():
                return await self._call(step.name, *step.arguments, **(step.options or {}))
            case RunHandler():
                return await self._run_handler(step.attempt)
            case Pause():
                await self._pause(step)
            case Idle():
                await self._wait_for_entries(step.seconds)
        return None

    async def _pause(self, pause: Pause) -> None:
        if pause.until:
            await _wait(self._stop if pause.until == "stop" else self._end, pause.seconds)
        else:
            await asyncio.sleep(pause.seconds)

    async def _call(self, name: str, *arguments: Any, **options: Any) -> Any:
        method = getattr(self._store, name)
        if iscoroutinefunction(method):
            return await method(*arguments, **options)
        if name != "wait" and getattr(self._store, "may_block", True) is False:
            return method(*arguments, **options)
        return await asyncio.to_thread(method, *arguments, **options)

    async def _run_handler(self, attempt: Attempt) -> BaseException | None:
        context = handler_context(attempt)
        run = _run_async(attempt) if attempt.handler.is_async else _run_in_thread(attempt, context)
        task = self._loop.create_task(run, context=context)
        attempt.cancel = task.cancel
        # wait() does not raise the exception of the task, and does not cancel it with this worker.
        await asyncio.wait([task])
        return asyncio.CancelledError() if task.cancelled() else task.result()

    async def _wait_for_entries(self, seconds: float) -> None:
        """Wait for the store in one task, and for that task in the others."""
        if not seconds:
            self._work_exists.set()
        elif self._waits_for_store:
            self._work_exists.clear()
            await _wait(self._work_exists, seconds)
        else:
            self._waits_for_store = True
            try:
                for part in waits(seconds):
                    if not self._stop.is_set():
                        await self._call("wait", part)
            finally:
                self._waits_for_store = False


async def _run_async(attempt: Attempt) -> BaseException | None:
    return await _error_of(call_handler(attempt))


async def _error_of(awaitable: Awaitable[Any]) -> BaseException | None:
    """Return the exception instead of raising it: asyncio would end the loop for a SystemExit."""
    try:
        await awaitable
    except (asyncio.CancelledError, KeyboardInterrupt):
        raise
    except BaseException as error:
        return error
    return None


async def _run_in_thread(attempt: Attempt, context: Context) -> BaseException | None:
    """Run a synchronous handler in a new thread, because the end of a pool would wait for it."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()

    def call() -> None:
        outcome: tuple[Any, BaseException | None]
        try:
            outcome = context.copy().run(call_handler, attempt), None
        except BaseException as error:
            outcome = None, error
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(_set_result, done, outcome)

    threading.Thread(target=call, name="inbox-handler", daemon=True).start()
    result, error = await done
    return await _error_of(result) if isawaitable(result) else error


def _set_result(future: asyncio.Future[Any], outcome: Any) -> None:
    if not future.done():
        future.set_result(outcome)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)


@contextmanager
def _signals_call(
    loop: asyncio.AbstractEventLoop, function: Callable[[], Any], enabled: bool
) -> Generator[None]:
    if not enabled:
        yield
        return
    with suppress(NotImplementedError):  # on Windows
        for number in _SIGNALS:
            loop.add_signal_handler(number, function)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in _SIGNALS:
                loop.remove_signal_handler(number)
