"""A verifier whose secret is fetched from the provider, so that a rotation needs no deploy.

A source is the lookup of a :class:`Receiver`. It fetches the secret for the first delivery, and again
after a delivery whose signature did not match: once, for the answer may be that the secret is still
the same, and then not again before ``interval`` seconds are over. So a flood of forgeries costs one
call per interval, and a rotation is noticed by the first delivery that needs it.

A secret that was fetched more than ``max_age`` seconds ago is fetched again even if it still matches:
a secret that the provider no longer uses must not be good here forever.

Where a secret cannot be fetched, the one that is known stays in use; without one the lookup raises
:class:`APIError`, the sender gets an error status and tries again later.
"""

from __future__ import annotations

import asyncio
import logging
import math
import threading
import time
from collections.abc import Awaitable, Callable
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
from webhook_verify.errors import APIConnectionError, APIError, InvalidSecret, SignatureMismatch
from webhook_verify.event_loops import PerLoop
from webhook_verify.forks import PerProcess
from webhook_verify.headers import Headers
from webhook_verify.http import RequestHead
from webhook_verify.verifier import Verifier

__all__ = ["FETCH_TIMEOUT_SECONDS", "AsyncSecretSource", "SecretSource", "SourceOptions", "check_source"]

FETCH_TIMEOUT_SECONDS = 5.0
"""The longest that a provider's source asks: a delivery waits for it, and its sender for the delivery."""

_logger = logging.getLogger("webhook_verify")

_RETRY_AFTER_FAILURE_SECONDS = (
    5.0  # seconds: nothing can be verified until then, but a dead API is not stormed
)
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
                raise ValueError(f"{name} must be longer than zero")
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

    def _store_secret(self, secret: str, renew: RefreshVerifier) -> None:
        is_first = self._verifier is None
        if secret != self._secret:
            self._verifier = RefreshingVerifier(secret, renew, self._options)
            self._secret = secret
        self._fetched_at = self._now()
        self._set_asked_at(-math.inf if is_first else self._fetched_at)

    def _failed(self, error: Exception) -> None:
        self._set_asked_at(self._now())
        if self._verifier is None:
            raise error
        _logger.warning("the secret could not be fetched again: %s", error)

    def _set_asked_at(self, when: float) -> None:
        # Not before the answer is there: who comes meanwhile finds a fetch due, and waits for this one.
        self._asked_at = when
        self._needs_refresh = False

    def _current(self) -> Verifier:
        if self._verifier is None:
            raise APIConnectionError("the secret could not be fetched a moment ago")
        return self._verifier

    def _mark_outdated(self, outdated: Verifier) -> None:
        self._needs_refresh = self._verifier is outdated


class SecretSource(_Source):
    """For blocking code: ``Receiver(SecretSource(fetch))``. ``fetch`` returns the secret.

    A delivery that does not match waits for the secret to be fetched, and is verified again if it is
    another one. Threads may share a source. Raises TypeError or ValueError for options that cannot work.
    """

    def __init__(self, fetch: Callable[[], str], **options: Unpack[SourceOptions]) -> None:
        super().__init__(options)
        self._locks = PerProcess(threading.Lock)
        self._fetch = fetch
        self.sender: object = fetch

    def __call__(self, head: RequestHead | None = None) -> Verifier:
        """The verifier of now. Raises :class:`APIError` if no secret could be fetched yet."""
        if self._is_due():
            with self._locks.get():
                self._refresh()
        return self._current()

    def verify(self, body: BytesLike, headers: Headers) -> Delivery:
        """As :meth:`Verifier.verify`, with the secret of now."""
        return self().verify(body, headers)

    def _refresh(self) -> None:
        if not self._is_due():  # another thread has asked meanwhile
            return
        try:
            self._store_secret(self._fetch(), self._renew)
        except (APIError, InvalidSecret) as error:
            self._failed(error)

    def _renew(self, outdated: Verifier) -> Verifier | None:
        """The verifier with another secret than the one that did not match; None if there is none."""
        self._mark_outdated(outdated)
        newer = self()
        return newer if newer is not outdated else None


class AsyncSecretSource(_Source):
    """For asyncio: ``AsyncReceiver(AsyncSecretSource(fetch))``. ``fetch`` is a coroutine function.

    As :class:`SecretSource`, except that an :class:`AsyncReceiver` rejects the delivery that did not
    match: the secret is fetched before the next one is verified, and the sender tries the first again.
    :meth:`verify` waits for it, as there.
    """

    def __init__(self, fetch: Callable[[], Awaitable[str]], **options: Unpack[SourceOptions]) -> None:
        super().__init__(options)
        self._locks = PerLoop("AsyncSecretSource", asyncio.Lock)
        self._fetch = fetch
        self.sender: object = fetch

    async def __call__(self, head: RequestHead | None = None) -> Verifier:
        """The verifier of now. Raises :class:`APIError` if no secret could be fetched yet."""
        if self._is_due():
            async with self._locks.get():
                await self._refresh()
        return self._current()

    async def verify(self, body: BytesLike, headers: Headers) -> Delivery:
        """As :meth:`Verifier.verify`, with the secret of now."""
        verifier = await self()
        try:
            return verifier.verify(body, headers)
        except SignatureMismatch:
            newer = await self()
            if newer is verifier:
                raise
        return newer.verify(body, headers)

    async def _refresh(self) -> None:
        if not self._is_due():  # another task has asked meanwhile
            return
        try:
            self._store_secret(await self._fetch(), self._on_mismatch)
        except (APIError, InvalidSecret) as error:
            self._failed(error)

    def _on_mismatch(self, outdated: Verifier) -> None:
        self._mark_outdated(outdated)


def check_source(source: type, client: object, kind: type, *ids: str) -> None:
    """Raises TypeError or ValueError unless the client is one of that kind, and the ids can be some."""
    if not isinstance(client, kind):
        article = "an" if kind.__name__[0] in "AE" else "a"
        actual = type(client).__name__
        raise TypeError(f"{source.__name__} takes {article} {kind.__name__} as its client, not {actual}")
    for id_ in ids:
        segment(id_)
