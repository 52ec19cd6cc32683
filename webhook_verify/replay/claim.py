"""The claim of a delivery while its handler runs, and the handler's access to it.

```python
from webhook_verify.replay import current_claim       # or current_async_claim, in async code

current_claim.extend(120)      # this delivery takes longer: hold it for two minutes from now
current_claim.complete()       # record it as handled now, before the response
```
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from webhook_verify.delivery import Delivery
from webhook_verify.replay.guard import ReplayGuard, checked_seconds
from webhook_verify.replay.store import ClaimOutcome, ReplayStore

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task  # at run time only where used: slow to import

__all__ = [
    "AsyncClaim",
    "Claim",
    "CurrentAsyncClaim",
    "CurrentClaim",
    "claim_context",
    "current_async_claim",
    "current_claim",
    "in_background",
    "synchronous_claim",
]

_Seconds = timedelta | float | None


class Claim:
    """A claim in synchronous code. Each method calls the store once.

    Args:
        guard: The store and the lifetimes of its records.
        name: The namespace of the receiver.
        delivery: The delivery to claim.
        idempotency_key: The application's key of the delivery, "" for the default key.
    """

    __slots__ = ("_key", "_token", "attempt", "delivery", "guard", "is_settled", "started")

    attempt: int
    """The attempt number, 1 for the first. Set when the delivery is claimed."""

    started: float
    """The start of the handler in seconds of `time.perf_counter`. Set if there is an observer."""

    def __init__(
        self, guard: ReplayGuard[ReplayStore], name: str, delivery: Delivery, idempotency_key: str = ""
    ) -> None:
        self.delivery: Delivery = delivery
        self.guard: ReplayGuard[ReplayStore] = guard
        self._key = guard.storage_key(name, delivery, guard.trust_unsigned_ids, idempotency_key)
        self._token = guard.new_token()
        self.is_settled: bool = False

    def claim(self) -> ClaimOutcome:
        """Claim the delivery.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: Any exception of the store.
        """
        guard = self.guard
        return guard.store.claim(self._key, self._token, lease=guard.lease, retention=guard.stored_seconds)

    def extend(self, seconds: _Seconds = None) -> bool:
        """Extend the lease.

        Args:
            seconds: How long the claim lasts from now, a timedelta or seconds. By default the guard's lease.

        Returns:
            Whether the claim is still held.

        Raises:
            TypeError: If `seconds` is neither a timedelta nor a number.
            ValueError: If `seconds` is not positive and finite.
            Exception: Any exception of the store.
        """
        return self.guard.store.extend(self._key, self._token, lease=_lease(self.guard, seconds))

    def complete(self) -> bool:
        """Record the delivery as completed.

        Returns:
            False if the lease expired and another worker holds the delivery or has completed it.

        Raises:
            Exception: Any exception of the store.
        """
        held = self.guard.store.complete(self._key, self._token, retention=self.guard.stored_seconds)
        self.is_settled = True
        return held

    def release(self) -> bool:
        """Release the claim after a failure, so that the sender's retry is handled.

        Returns:
            False if another worker holds the delivery.

        Raises:
            Exception: Any exception of the store.
        """
        held = self.guard.store.release(self._key, self._token)
        self.is_settled = True
        return held


class AsyncClaim:
    """A claim in asynchronous code.

    Args:
        claim: The claim. If its store is asynchronous, its methods return awaitables.
        in_thread: Runs a call of a store that may block, in a thread.
    """

    __slots__ = ("_claim", "_in_thread", "attempt", "loop", "started")

    def __init__(self, claim: Claim, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._claim: Any = claim
        self._in_thread = in_thread
        self.attempt: int = 1
        self.started: float = 0.0
        self.loop: AbstractEventLoop | None = _running_loop()

    @property
    def delivery(self) -> Delivery:
        """The claimed delivery."""
        delivery: Delivery = self._claim.delivery
        return delivery

    @property
    def is_settled(self) -> bool:
        """Whether the claim was completed or released."""
        return bool(self._claim.is_settled)

    async def claim(self) -> ClaimOutcome:
        """Claim the delivery.

        Returns:
            The state of the delivery; for a new claim also its attempt number.

        Raises:
            Exception: Any exception of the store.
        """
        outcome: ClaimOutcome = await self._call(self._claim.claim)
        return outcome

    async def extend(self, seconds: _Seconds = None) -> bool:
        """Extend the lease.

        Args:
            seconds: How long the claim lasts from now, a timedelta or seconds. By default the guard's lease.

        Returns:
            Whether the claim is still held.

        Raises:
            TypeError: If `seconds` is neither a timedelta nor a number.
            ValueError: If `seconds` is not positive and finite.
            Exception: Any exception of the store.
        """
        return bool(await self._call(self._claim.extend, seconds))

    async def complete(self) -> bool:
        """Record the delivery as completed.

        Returns:
            False if the lease expired and another worker holds the delivery or has completed it.

        Raises:
            Exception: Any exception of the store.
        """
        return bool(await self._call(self._claim.complete))

    async def release(self) -> bool:
        """Release the claim after a failure, so that the sender's retry is handled.

        Returns:
            False if another worker holds the delivery.

        Raises:
            Exception: Any exception of the store.
        """
        return bool(await self._call(self._claim.release))

    async def _call(self, method: Callable[..., Any], *arguments: object) -> Any:
        guard: ReplayGuard[Any] = self._claim.guard
        if guard.is_async:
            try:
                return await method(*arguments)
            except BaseException:
                self._claim.is_settled = False  # the call failed, so the claim is not settled
                raise
        if guard.may_block:
            return await self._in_thread(method, *arguments)
        return method(*arguments)


synchronous_claim: Callable[[AsyncClaim], Claim] = attrgetter("_claim")
"""The claim inside an asynchronous claim, for a store that never waits. Only for receivers."""


def _lease(guard: ReplayGuard[Any], seconds: _Seconds) -> float:
    return guard.lease if seconds is None else checked_seconds(seconds, "seconds")


claim_context: ContextVar[Claim | AsyncClaim | None] = ContextVar("webhook_verify.claim", default=None)
"""The claim of the delivery that is being handled in this context. The receiver sets and settles it."""


_in_background: set[Task[None]] = set()  # an event loop holds its tasks only weakly


async def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Start a coroutine that runs to its end on this event loop, even if this task is cancelled.

    Args:
        work: The coroutine. Under trio it is awaited, with cancellation shielded.
    """
    from asyncio import get_running_loop

    from webhook_verify.event_loops import running_trio

    if (trio := running_trio()) is not None:
        with trio.CancelScope(shield=True):
            await work
        return
    task = get_running_loop().create_task(work)
    _in_background.add(task)
    task.add_done_callback(_in_background.discard)


class CurrentClaim:
    """The claim of the delivery that is being handled, for synchronous handlers. Use `current_claim`."""

    @property
    def attempt(self) -> int:
        """The attempt number: 1 for the first, 2 after a failure.

        Raises:
            LookupError: If no delivery is being handled with replay protection.
        """
        return _current().attempt

    def extend(self, seconds: _Seconds = None) -> bool:
        """Extend the lease of the delivery.

        Args:
            seconds: How long the claim lasts from now, a timedelta or seconds. By default the guard's lease.

        Returns:
            False if another worker has taken over the delivery: stop handling it.

        Raises:
            LookupError: If no delivery is being handled with replay protection.
            RuntimeError: If it is called on an event loop.
            TypeError: If `seconds` is neither a timedelta nor a number.
            ValueError: If `seconds` is not positive and finite.
            Exception: Any exception of the store.
        """
        return self._call("extend", seconds)

    def complete(self) -> bool:
        """Record the delivery as handled, before the response. A later failure does not cause a retry.

        Returns:
            False if another worker has taken over the delivery.

        Raises:
            LookupError: If no delivery is being handled with replay protection.
            RuntimeError: If it is called on an event loop.
            Exception: Any exception of the store.
        """
        return self._call("complete")

    def _call(self, name: str, *arguments: object) -> bool:
        claim = _current()
        if isinstance(claim, Claim):
            return bool(getattr(claim, name)(*arguments))
        if claim.loop is None or _running_loop() is claim.loop:
            raise RuntimeError(
                f"current_claim.{name}() cannot run on an event loop. Use await current_async_claim.{name}()"
            )
        from asyncio import run_coroutine_threadsafe

        # A synchronous handler that runs in a thread, while its receiver runs on an event loop.
        return bool(run_coroutine_threadsafe(getattr(claim, name)(*arguments), claim.loop).result())


class CurrentAsyncClaim:
    """The claim of the delivery that is being handled, for async handlers. Use `current_async_claim`."""

    @property
    def attempt(self) -> int:
        """The attempt number: 1 for the first, 2 after a failure.

        Raises:
            LookupError: If no delivery is being handled with replay protection.
        """
        return _current().attempt

    async def extend(self, seconds: _Seconds = None) -> bool:
        """Extend the lease of the delivery.

        Args:
            seconds: How long the claim lasts from now, a timedelta or seconds. By default the guard's lease.

        Returns:
            False if another worker has taken over the delivery: stop handling it.

        Raises:
            LookupError: If no delivery is being handled with replay protection.
            TypeError: If `seconds` is neither a timedelta nor a number.
            ValueError: If `seconds` is not positive and finite.
            Exception: Any exception of the store.
        """
        return await self._call("extend", seconds)

    async def complete(self) -> bool:
        """Record the delivery as handled, before the response. A later failure does not cause a retry.

        Returns:
            False if another worker has taken over the delivery.

        Raises:
            LookupError: If no delivery is being handled with replay protection.
            Exception: Any exception of the store.
        """
        return await self._call("complete")

    async def _call(self, name: str, *arguments: object) -> bool:
        claim = _current()
        if isinstance(claim, Claim):
            from asyncio import to_thread

            return bool(await to_thread(getattr(claim, name), *arguments))
        return bool(await getattr(claim, name)(*arguments))


current_claim: CurrentClaim = CurrentClaim()
"""The current claim for synchronous handlers: `current_claim.extend(seconds)`, `current_claim.complete()`."""

current_async_claim: CurrentAsyncClaim = CurrentAsyncClaim()
"""The current claim for async handlers: `await current_async_claim.extend(seconds)`, `.complete()`."""


def _current() -> Claim | AsyncClaim:
    claim = claim_context.get()
    if claim is None:
        raise LookupError(
            "no claimed delivery is being handled in this context. Configure the receiver with "
            "replay=ReplayGuard(...), and call this from its handler, not from a background job"
        )
    return claim


def _running_loop() -> AbstractEventLoop | None:
    try:
        return _get_running_loop()()
    except RuntimeError:
        return None


@cache
def _get_running_loop() -> Callable[[], AbstractEventLoop]:
    from asyncio import get_running_loop

    return get_running_loop
