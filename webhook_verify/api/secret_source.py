"""Lookups of a `Receiver` that fetch the signing secret, so that a rotation needs no deployment.

The secret is fetched from the provider or a secret store:

- For the first delivery. If that fails, the lookup raises the error and the sender retries later.
- After a signature mismatch, at most once per `interval`. So the first delivery with a new secret triggers
  the fetch, and many forgeries cause only one fetch per interval.
- After `max_age`, even if the secret still matches, because the provider may no longer use it.

Except for the first one, fetches run in the background, and the known secret stays in use until another one
arrives. A lookup that starts a fetch waits at most `GRACE_SECONDS` for it. A delivery with a signature
mismatch waits at most `MISMATCH_WAIT_SECONDS`. If the fetch is not complete by then, the delivery is
rejected with `KeyUnavailable` (503), so that the sender retries.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Unpack

from webhook_verify.api._operation import segment
from webhook_verify.api._secret_state import SecretState, SourceOptions
from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import KeyUnavailable, Reason, SignatureMismatch
from webhook_verify.event_loops import PerLoop
from webhook_verify.forks import PerProcess
from webhook_verify.headers import Headers
from webhook_verify.http import RequestHead
from webhook_verify.verifier import Verifier

__all__ = [
    "FETCH_TIMEOUT_SECONDS",
    "GRACE_SECONDS",
    "MISMATCH_WAIT_SECONDS",
    "AsyncSecretSource",
    "SecretSource",
    "SourceOptions",
    "check_source",
]

FETCH_TIMEOUT_SECONDS = 5.0
"""Timeout of a fetch from a provider's API in seconds, short because the sender of the delivery waits."""

GRACE_SECONDS = 0.1
"""Maximum time that a lookup waits for the fetch that it started, in seconds, if a secret is known."""

MISMATCH_WAIT_SECONDS = 1.0
"""Maximum time that a delivery with a signature mismatch waits for another secret, in seconds."""

# Maximum number of deliveries that wait for a newer secret, because each blocks a thread.
_MAX_WAITING = 16
_POLL_SECONDS = 0.005
_THREAD = "webhook-verify-secret"
_UNDECIDED = "the signature does not match, and the fetch of a newer secret has not completed"


class _Refresh:
    """The running fetch of this process, if any, and the number of deliveries that wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.over: threading.Event | None = None
        self.waiting = 0


class SecretSource(SecretState):
    """A lookup that fetches the signing secret, for a `Receiver`. Threads may share it.

    ```python
    receiver = Receiver(SecretSource(fetch))
    ```

    The first fetch runs in the thread of its delivery, each further one in a new thread. A delivery with a
    signature mismatch waits for the fetch, and is verified again if it returned another secret.

    Args:
        fetch: Function that returns the secret. Give it a timeout, because no other fetch runs meanwhile.
        **options: `interval` and `max_age` in seconds, `monotonic`, and the options of `Verifier`:
            `scheme`, `tolerance`, `clock`.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, such as an `interval` of 0.
    """

    def __init__(self, fetch: Callable[[], str], **options: Unpack[SourceOptions]) -> None:
        super().__init__(options)
        self._fetch = fetch
        self.sender: object = fetch
        self._refreshes = PerProcess(_Refresh)

    def __call__(self, head: RequestHead | None = None) -> Verifier:
        """Return the current verifier, and fetch the secret if that is due.

        Args:
            head: Not used. A receiver passes it to every lookup.

        Returns:
            The verifier.

        Raises:
            Exception: The error of `fetch`, if no secret is known.
        """
        if self._is_due():
            self._refresh(GRACE_SECONDS, joins=False)
        return self._current()

    def verify(self, body: BytesLike, headers: Headers) -> Delivery:
        """Verify a delivery with the current secret.

        Args:
            body: Request body, exactly as received.
            headers: Request headers.

        Returns:
            The verified delivery.

        Raises:
            RejectedDelivery: If the delivery is not genuine or not fresh.
            TypeError: If `body` is not bytes-like.
            Exception: The error of `fetch`, if no secret is known.
        """
        return self().verify(body, headers)

    def _refresh(self, seconds: float, *, joins: bool) -> bool:
        """Fetch the secret if it is due and wait for it. Return whether no fetch is running any longer."""
        # `joins`: whether to wait for a fetch that another delivery has started.
        refresh = self._refreshes.get()
        is_first = self._verifier is None
        with refresh.lock:
            over = refresh.over
            is_own = over is None and self._is_due()
            if is_own:
                over = refresh.over = threading.Event()
            elif refresh.waiting >= _MAX_WAITING and not is_first:
                joins = False
        if over is None:
            return True
        if is_own and is_first:
            self._run(refresh, over)
        elif is_own:
            self._start(refresh, over)
        if is_own or joins or is_first:
            self._wait(refresh, over, None if is_first else seconds)
        return over.is_set()

    def _wait(self, refresh: _Refresh, over: threading.Event, seconds: float | None) -> None:
        with refresh.lock:
            refresh.waiting += 1
        over.wait(seconds)
        with refresh.lock:
            refresh.waiting -= 1

    def _start(self, refresh: _Refresh, over: threading.Event) -> None:
        run = copy_context().run
        thread = threading.Thread(target=run, args=(self._run, refresh, over), name=_THREAD, daemon=True)
        try:
            thread.start()
        except RuntimeError as error:  # The process cannot start a thread, or is exiting.
            self._failed(error)
            self._end(refresh, over)

    def _run(self, refresh: _Refresh, over: threading.Event) -> None:
        try:
            self._store_secret(self._fetch(), self._renew)
        except Exception as error:
            self._failed(error)
        finally:
            self._end(refresh, over)

    def _end(self, refresh: _Refresh, over: threading.Event) -> None:
        with refresh.lock:
            refresh.over = None
        over.set()

    def _renew(self, outdated: Verifier) -> Verifier | None:
        """Return a verifier with another secret than the outdated one, or `None`."""
        self._mark_outdated(outdated)
        is_over = self._refresh(MISMATCH_WAIT_SECONDS, joins=True)
        newer = self._current()
        if newer is outdated and not is_over:
            raise KeyUnavailable(Reason.KEY_UNAVAILABLE, _UNDECIDED)
        return newer if newer is not outdated else None


class _AsyncRefresh:
    """The running fetch of this process, if any: a task, or a thread with its own event loop."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.task: asyncio.Task[None] | None = None
        self.thread: threading.Thread | None = None
        self.loops_end_early = False

    def is_over(self) -> bool:
        if self.thread is not None and self.thread.is_alive():
            return False
        return self.task is None or self.task.done() or self.task.get_loop().is_closed()

    def ended(self, task: asyncio.Task[None]) -> None:
        """Record a task that was cancelled because its loop ended, such as the loop of a single request."""
        self.loops_end_early |= task.cancelled()


class AsyncSecretSource(SecretState):
    """A lookup that fetches the signing secret, for an `AsyncReceiver`.

    ```python
    receiver = AsyncReceiver(AsyncSecretSource(fetch))
    ```

    An `AsyncReceiver` rejects a delivery with a signature mismatch while the secret is fetched in the
    background, and the sender retries. `verify` waits for the fetch instead.

    The first fetch runs in the task of its delivery, each further one in a new task on the same event loop.
    If event loops end before that task (an async view under WSGI, `asyncio.run` for each job), it runs on a
    new loop in a thread.

    Args:
        fetch: Coroutine function that returns the secret. Give it a timeout, because no other fetch runs
            meanwhile.
        **options: `interval` and `max_age` in seconds, `monotonic`, and the options of `Verifier`:
            `scheme`, `tolerance`, `clock`.

    Raises:
        TypeError: If an option has the wrong type.
        ValueError: If an option is invalid, such as an `interval` of 0.
    """

    def __init__(self, fetch: Callable[[], Awaitable[str]], **options: Unpack[SourceOptions]) -> None:
        super().__init__(options)
        self._fetch = fetch
        self.sender: object = fetch
        self._locks = PerLoop("AsyncSecretSource", asyncio.Lock)
        self._refreshes = PerProcess(_AsyncRefresh)

    async def __call__(self, head: RequestHead | None = None) -> Verifier:
        """Return the current verifier, and fetch the secret if that is due.

        Args:
            head: Not used. A receiver passes it to every lookup.

        Returns:
            The verifier.

        Raises:
            Exception: The error of `fetch`, if no secret is known.
        """
        if self._is_due():
            if self._verifier is None:
                async with self._locks.get():
                    if self._verifier is None and self._is_due():  # No other task has fetched it meanwhile.
                        await self._refresh()
            elif self._start():
                await self._wait(GRACE_SECONDS)
        return self._current()

    async def verify(self, body: BytesLike, headers: Headers) -> Delivery:
        """Verify a delivery with the current secret, or with a newer one after a signature mismatch.

        Args:
            body: Request body, exactly as received.
            headers: Request headers.

        Returns:
            The verified delivery.

        Raises:
            SignatureMismatch: If the signature does not match the current secret.
            KeyUnavailable: If the signature does not match and the fetch of a newer secret is not complete.
            RejectedDelivery: If the delivery is rejected for another reason.
            TypeError: If `body` is not bytes-like.
            Exception: The error of `fetch`, if no secret is known.
        """
        verifier = await self()
        try:
            return verifier.verify(body, headers)
        except SignatureMismatch:
            is_over = await self._wait(MISMATCH_WAIT_SECONDS)
            newer = self._current()
            if newer is verifier:
                if not is_over:
                    raise KeyUnavailable(Reason.KEY_UNAVAILABLE, _UNDECIDED) from None
                raise
        return newer.verify(body, headers)

    async def _refresh(self) -> None:
        try:
            self._store_secret(await self._fetch(), self._on_mismatch)
        except Exception as error:
            self._failed(error)

    def _start(self) -> bool:
        """Start a fetch in the background. Return False if one is running or none is due."""
        refresh = self._refreshes.get()
        with refresh.lock:
            if not (refresh.is_over() and self._is_due()):
                return False
            if refresh.loops_end_early:
                run = copy_context().run
                refresh.thread = threading.Thread(
                    target=run, args=(self._run_in_thread,), name=_THREAD, daemon=True
                )
                refresh.thread.start()
            else:
                refresh.task = asyncio.get_running_loop().create_task(self._refresh())
                refresh.task.add_done_callback(refresh.ended)
        return True

    def _run_in_thread(self) -> None:
        asyncio.run(self._refresh())

    async def _wait(self, seconds: float) -> bool:
        """Wait for the running fetch. Return whether it is complete."""
        refresh, end = self._refreshes.get(), time.monotonic() + seconds
        while not refresh.is_over() and (left := end - time.monotonic()) > 0:
            task = refresh.task
            if task is not None and not task.done() and task.get_loop() is asyncio.get_running_loop():
                await asyncio.wait({task}, timeout=left)
            else:
                await asyncio.sleep(_POLL_SECONDS)
        return refresh.is_over()

    def _on_mismatch(self, outdated: Verifier) -> None:
        self._mark_outdated(outdated)
        if self._is_due():
            with suppress(RuntimeError):  # Without a loop in this thread, the next lookup starts the fetch.
                self._start()


def check_source(source: type, client: object, kind: type, *ids: str) -> None:
    """Check the arguments of a provider's secret source.

    Args:
        source: Class of the source, for the error message.
        client: The client to check.
        kind: Class that the client must be an instance of.
        *ids: Ids to check.

    Raises:
        TypeError: If the client is not an instance of `kind`, or an id is not a str.
        ValueError: If an id is empty, `.` or `..`.
    """
    if not isinstance(client, kind):
        article = "an" if kind.__name__[0] in "AE" else "a"
        expected, actual = f"{article} {kind.__name__}", type(client).__name__
        raise TypeError(f"client of {source.__name__} must be {expected}, not {actual!r}")
    for id_ in ids:
        segment(id_)
