"""A verifier whose secret is fetched from the provider or a secret store, so that a rotation needs no deploy.

A source is the lookup of a :class:`Receiver`. It fetches the secret for the first delivery, and again after
a delivery whose signature did not match: once, for the answer may be that the secret is still the same, and
then not again before ``interval`` seconds are over. So a flood of forgeries costs one fetch per interval, and
a rotation is noticed by the first delivery that needs it. A secret that was fetched more than ``max_age``
seconds ago is fetched again even if it still matches: a secret that the provider no longer uses must not be
good here forever.

Once a secret is known, it stays in use until another one has arrived, whatever the fetch raises and however
long it takes: the fetch runs in the background. A lookup that starts one waits at most ``GRACE_SECONDS`` for
it, so that a source that answers at once is heard at once. A delivery that does not match waits at most
``MISMATCH_WAIT_SECONDS``; if the fetch still runs then, it is rejected with :class:`KeyUnavailable` (503), so
that the sender tries again.

Without a known secret the lookup raises what the fetch has raised, the sender gets an error status and tries
again later.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import copy_context
from typing import Unpack

from webhook_verify.api._operation import segment
from webhook_verify.api._refreshing_verifier import (
    RefreshVerifier,
    RefreshingVerifier,
    VerifierOptions,
    verifier_options,
)
from webhook_verify.body import BytesLike
from webhook_verify.delivery import Delivery
from webhook_verify.errors import (
    APIConnectionError,
    KeyUnavailable,
    Reason,
    SignatureMismatch,
    WebhookVerifyError,
)
from webhook_verify.event_loops import PerLoop
from webhook_verify.forks import PerProcess
from webhook_verify.headers import Headers
from webhook_verify.http import RequestHead
from webhook_verify.tracebacks import hide_arguments
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
"""The longest that a provider's source asks: a delivery waits for it, and its sender for the delivery."""

_logger = logging.getLogger("webhook_verify")

GRACE_SECONDS = 0.1
"""The longest that a lookup waits for a fetch it has started, where a secret is known."""

MISMATCH_WAIT_SECONDS = 1.0
"""The longest that a delivery that did not match waits for another secret."""

_RETRY_AFTER_FAILURE_SECONDS = 5.0  # nothing can be verified until then, but a dead API is not stormed
_MAX_WAITING = 16  # deliveries that did not match; each holds a thread
_POLL_SECONDS = 0.005
_THREAD = "webhook-verify-secret"
_ANY_KEY = bytes(range(32))


class SourceOptions(VerifierOptions, total=False):
    """How a source asks, and how its verifiers verify.

    ``interval``: the shortest time between two fetches, the first not counted, in seconds; 60 by
    default. ``max_age``: after how many seconds a secret is fetched again although it matches; 3600 by
    default. ``monotonic``: the clock of both.
    """

    interval: float
    max_age: float
    monotonic: Callable[[], float]


class _Source:
    """What is known of the secret, and whether it is time to ask again. Does no I/O."""

    def __init__(self, options: SourceOptions) -> None:
        self._interval = options.get("interval", 60.0)
        self._max_age = options.get("max_age", 3600.0)
        self._now = options.get("monotonic", time.monotonic)
        for name, seconds in (("interval", self._interval), ("max_age", self._max_age)):
            if not seconds > 0:
                raise ValueError(f"{name} must be a positive number of seconds, not {seconds!r}")
        self._options = verifier_options(options)
        Verifier(_ANY_KEY, **self._options)  # what is wrong with them is said now, not at the first delivery
        self._secret = ""
        self._verifier: Verifier | None = None
        self._needs_refresh = False
        self._fetched_at = self._asked_at = -math.inf

    def _is_due(self) -> bool:
        now = self._now()
        if self._verifier is None:
            return now - self._asked_at >= _RETRY_AFTER_FAILURE_SECONDS
        if now - self._asked_at < self._interval:
            return False
        return self._needs_refresh or now - self._fetched_at >= self._max_age

    @hide_arguments
    def _store_secret(self, secret: str, renew: RefreshVerifier) -> None:
        is_first = self._verifier is None
        if secret != self._secret:
            self._verifier = RefreshingVerifier(secret, renew, self._options)
            self._secret = secret
        self._fetched_at = self._now()
        self._set_asked_at(-math.inf if is_first else self._fetched_at)

    def _failed(self, error: Exception) -> None:
        """Go on with the secret that is known. Raises the error if there is none."""
        self._set_asked_at(self._now())
        if self._verifier is None:
            raise error
        lines = str(error).splitlines()  # a driver may go on with its statement
        text = lines[0] if lines else ""
        if not isinstance(error, WebhookVerifyError):
            text = f"{type(error).__name__}: {text}"
        _logger.warning("could not refresh the signing secret; the known secret stays in use: %s", text)

    def _set_asked_at(self, when: float) -> None:
        # Not before the answer is there: a fetch is due until then, and is under way.
        self._asked_at = when
        self._needs_refresh = False

    def _current(self) -> Verifier:
        if self._verifier is None:
            wait = _RETRY_AFTER_FAILURE_SECONDS
            raise APIConnectionError(
                f"could not fetch the signing secret less than {wait:g} s ago; retry later"
            )
        return self._verifier

    def _mark_outdated(self, outdated: Verifier) -> None:
        self._needs_refresh = self._verifier is outdated


class _Refresh:
    """The fetch that is under way in this process, if any, and how many deliveries wait for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.over: threading.Event | None = None
        self.waiting = 0


class SecretSource(_Source):
    """For blocking code: ``Receiver(SecretSource(fetch))``. ``fetch`` returns the secret.

    The first fetch runs in the thread of the delivery that needs it, each further one in a thread of its own.
    A delivery that does not match waits for that, and is verified again if it has brought another secret.
    Threads may share a source. Raises TypeError or ValueError for options that cannot work.
    """

    def __init__(self, fetch: Callable[[], str], **options: Unpack[SourceOptions]) -> None:
        super().__init__(options)
        self._fetch = fetch
        self.sender: object = fetch
        self._refreshes = PerProcess(_Refresh)

    def __call__(self, head: RequestHead | None = None) -> Verifier:
        """The verifier of now. Raises what ``fetch`` raises if no secret could be fetched yet."""
        if self._is_due():
            self._refresh(GRACE_SECONDS, joins=False)
        return self._current()

    def verify(self, body: BytesLike, headers: Headers) -> Delivery:
        """As :meth:`Verifier.verify`, with the secret of now."""
        return self().verify(body, headers)

    def _refresh(self, seconds: float, *, joins: bool) -> bool:
        """Fetch the secret if that is due, and wait so long for it. Return whether no fetch is under way.

        ``joins``: whether to wait for a fetch that has been started for another delivery.
        """
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
        except RuntimeError as error:  # the process has no room for a thread, or is ending
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
        """The verifier with another secret than the one that did not match; None if there is none."""
        self._mark_outdated(outdated)
        is_over = self._refresh(MISMATCH_WAIT_SECONDS, joins=True)
        newer = self._current()
        if newer is outdated and not is_over:
            raise _undecided()
        return newer if newer is not outdated else None


class _AsyncRefresh:
    """The fetch that is under way in this process, if any: a task, or a thread with a loop of its own."""

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
        """Note a task that was cancelled because its loop has ended, such as that of one request."""
        self.loops_end_early |= task.cancelled()


class AsyncSecretSource(_Source):
    """For asyncio: ``AsyncReceiver(AsyncSecretSource(fetch))``. ``fetch`` is a coroutine function.

    As :class:`SecretSource`, except that an :class:`AsyncReceiver` rejects the delivery that did not match:
    the secret is fetched in the background, and the sender tries the delivery again. :meth:`verify` waits for
    it, as there. A further fetch is a task on the running event loop. Where loops end before their task does
    (an async view under WSGI, `asyncio.run` for each job), it runs on a loop of its own in a thread.
    """

    def __init__(self, fetch: Callable[[], Awaitable[str]], **options: Unpack[SourceOptions]) -> None:
        super().__init__(options)
        self._fetch = fetch
        self.sender: object = fetch
        self._locks = PerLoop("AsyncSecretSource", asyncio.Lock)
        self._refreshes = PerProcess(_AsyncRefresh)

    async def __call__(self, head: RequestHead | None = None) -> Verifier:
        """The verifier of now. Raises what ``fetch`` raises if no secret could be fetched yet."""
        if self._is_due():
            if self._verifier is None:
                async with self._locks.get():
                    if self._verifier is None and self._is_due():  # no other task has asked meanwhile
                        await self._refresh()
            elif self._start():
                await self._wait(GRACE_SECONDS)
        return self._current()

    async def verify(self, body: BytesLike, headers: Headers) -> Delivery:
        """As :meth:`Verifier.verify`, with the secret of now."""
        verifier = await self()
        try:
            return verifier.verify(body, headers)
        except SignatureMismatch:
            is_over = await self._wait(MISMATCH_WAIT_SECONDS)
            newer = self._current()
            if newer is verifier:
                if not is_over:
                    raise _undecided() from None
                raise
        return newer.verify(body, headers)

    async def _refresh(self) -> None:
        try:
            self._store_secret(await self._fetch(), self._on_mismatch)
        except Exception as error:
            self._failed(error)

    def _start(self) -> bool:
        """Start a fetch in the background. Return whether none was under way."""
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
        """Wait so long for the fetch that is under way. Return whether it is over."""
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
            with suppress(RuntimeError):  # no loop runs in this thread: the next lookup starts the fetch
                self._start()


def _undecided() -> KeyUnavailable:
    detail = "the signature does not match, and the fetch of a newer secret has not completed"
    return KeyUnavailable(Reason.KEY_UNAVAILABLE, detail)


def check_source(source: type, client: object, kind: type, *ids: str) -> None:
    """Raises TypeError or ValueError unless the client is one of that kind, and the ids can be some."""
    if not isinstance(client, kind):
        article = "an" if kind.__name__[0] in "AE" else "a"
        expected, actual = f"{article} {kind.__name__}", type(client).__name__
        raise TypeError(f"client of {source.__name__} must be {expected}, not {actual!r}")
    for id_ in ids:
        segment(id_)
