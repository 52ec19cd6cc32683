"""One delivery that is claimed while its handler runs, and how the handler reaches that claim.

::

    from webhook_verify.replay import current_claim       # or current_async_claim, in ``async`` code

    current_claim.extend(120)      # this one takes longer: two minutes from now
    current_claim.complete()       # done, as far as the sender is concerned; the rest is my own work
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from webhook_verify.delivery import Delivery
from webhook_verify.replay.guard import ReplayGuard, checked_seconds
from webhook_verify.replay.store import ClaimOutcome, ClaimState, ReplayStore

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, Task  # imported where it is used: blocking code does without

__all__ = [
    "AsyncClaim",
    "Claim",
    "CurrentAsyncClaim",
    "CurrentClaim",
    "Unclaimed",
    "claim_context",
    "current_async_claim",
    "current_claim",
    "in_background",
]

_Seconds = timedelta | float | None


class Claim:
    """A claim in blocking code, of a delivery to the receiver ``name``.

    Each call is one call of the store, and raises what that raises.
    """

    __slots__ = ("_key", "_token", "attempt", "delivery", "guard", "is_settled", "started")

    attempt: int
    """Which attempt at the delivery this is, 1 for the first. Set when it is claimed."""

    started: float
    """When the handler was started, in seconds of ``time.perf_counter``. Set if an observer hears."""

    def __init__(self, guard: ReplayGuard[ReplayStore], name: str, delivery: Delivery) -> None:
        self.delivery = delivery
        self.guard = guard
        self._key = guard.storage_key(name, delivery)
        self._token = guard.new_token()
        self.is_settled = False

    def claim(self) -> ClaimOutcome:
        """Ask for the delivery."""
        guard = self.guard
        return guard.store.claim(self._key, self._token, lease=guard.lease, retention=guard.stored_seconds)

    def extend(self, seconds: _Seconds = None) -> bool:
        """Hold it ``seconds`` from now, by default for another lease. False if it is no longer held."""
        return self.guard.store.extend(self._key, self._token, lease=_lease(self.guard, seconds))

    def complete(self) -> bool:
        """It is handled. False if the lease ran out and another worker has it, or has handled it."""
        held = self.guard.store.complete(self._key, self._token, retention=self.guard.stored_seconds)
        self.is_settled = True
        return held

    def release(self) -> bool:
        """It was not handled: the sender's retry shall be. False if another worker has it."""
        held = self.guard.store.release(self._key, self._token)
        self.is_settled = True
        return held


class Unclaimed(Claim):
    """The place of a claim where there is no replay protection, so that a handling can be observed."""

    __slots__ = ()

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.guard = _NO_GUARD
        self._key = self._token = ""
        self.is_settled = True
        self.attempt = 1
        self.started = 0.0


class _NoStore:
    """A store that records nothing."""

    may_block = False

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        return ClaimOutcome(ClaimState.CLAIMED)

    def extend(self, key: str, token: str, *, lease: float) -> bool:
        return True

    def complete(self, key: str, token: str, *, retention: float) -> bool:
        return True

    def release(self, key: str, token: str) -> bool:
        return True


_NO_GUARD: ReplayGuard[ReplayStore] = ReplayGuard(_NoStore())


class AsyncClaim:
    """A claim in asyncio code.

    Args:
        claim: The claim. If its store is asynchronous, its calls return awaitables.
        in_thread: Runs a call of a store that may block, in a thread.
    """

    __slots__ = ("_claim", "_in_thread", "_is_async", "_may_block", "attempt", "loop", "started")

    def __init__(self, claim: Claim, in_thread: Callable[..., Awaitable[Any]]) -> None:
        self._claim: Any = claim
        self._is_async = claim.guard.is_async
        self._may_block = claim.guard.may_block
        self._in_thread = in_thread
        self.attempt = 1
        self.started = 0.0
        self.loop = _running_loop()

    @property
    def delivery(self) -> Delivery:
        """What is claimed."""
        delivery: Delivery = self._claim.delivery
        return delivery

    @property
    def is_settled(self) -> bool:
        """Whether it was completed or released."""
        return bool(self._claim.is_settled)

    async def claim(self) -> ClaimOutcome:
        """See :meth:`Claim.claim`."""
        outcome: ClaimOutcome = await self._call(self._claim.claim)
        return outcome

    async def extend(self, seconds: _Seconds = None) -> bool:
        """See :meth:`Claim.extend`."""
        return bool(await self._call(self._claim.extend, seconds))

    async def complete(self) -> bool:
        """See :meth:`Claim.complete`."""
        return bool(await self._call(self._claim.complete))

    async def release(self) -> bool:
        """See :meth:`Claim.release`."""
        return bool(await self._call(self._claim.release))

    async def _call(self, method: Callable[..., Any], *arguments: object) -> Any:
        if self._is_async:
            try:
                return await method(*arguments)
            except BaseException:
                self._claim.is_settled = False  # as if it had not been called
                raise
        if self._may_block:
            return await self._in_thread(method, *arguments)
        return method(*arguments)


def _lease(guard: ReplayGuard[Any], seconds: _Seconds) -> float:
    return guard.lease if seconds is None else checked_seconds(seconds, "seconds")


claim_context: ContextVar[Claim | AsyncClaim | None] = ContextVar("webhook_verify.claim", default=None)
"""The claim of the delivery that is being handled in this context, for whoever sets it and settles it."""


_in_background: set[Task[None]] = set()  # an event loop holds its tasks only weakly


async def in_background(work: Coroutine[Any, Any, None]) -> None:
    """Let it run to its end on this event loop, also if this task is cancelled."""
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
    """The claim of the delivery that is being handled, for plain handlers: see :data:`current_claim`."""

    @property
    def attempt(self) -> int:
        """Which attempt at the delivery this is: 1 for the first, 2 after a failure. Raises LookupError."""
        return _current().attempt

    def extend(self, seconds: _Seconds = None) -> bool:
        """Hold the delivery ``seconds`` from now (timedelta or seconds), by default for another lease.

        False if it is no longer held: another worker has taken it over, so stop. Raises LookupError
        outside of a guarded handler, ValueError or TypeError for no time, and what the store raises.
        """
        return self._call("extend", seconds)

    def complete(self) -> bool:
        """Say that the delivery is handled, before the answer: what fails from now on is no reason to retry.

        False if another worker has taken it over. Raises as :meth:`extend` does.
        """
        return self._call("complete")

    def _call(self, name: str, *arguments: object) -> bool:
        claim = _current()
        if isinstance(claim, Claim):
            return bool(getattr(claim, name)(*arguments))
        if claim.loop is None or _running_loop() is claim.loop:
            raise RuntimeError(f"in async code use: await current_async_claim.{name}()")
        from asyncio import run_coroutine_threadsafe

        # A plain handler, in a thread beside its receiver's event loop.
        return bool(run_coroutine_threadsafe(getattr(claim, name)(*arguments), claim.loop).result())


class CurrentAsyncClaim:
    """As :class:`CurrentClaim`, for ``async`` handlers: see :data:`current_async_claim`."""

    @property
    def attempt(self) -> int:
        """See :attr:`CurrentClaim.attempt`."""
        return _current().attempt

    async def extend(self, seconds: _Seconds = None) -> bool:
        """See :meth:`CurrentClaim.extend`."""
        return await self._call("extend", seconds)

    async def complete(self) -> bool:
        """See :meth:`CurrentClaim.complete`."""
        return await self._call("complete")

    async def _call(self, name: str, *arguments: object) -> bool:
        claim = _current()
        if isinstance(claim, Claim):
            from asyncio import to_thread

            return bool(await to_thread(getattr(claim, name), *arguments))
        return bool(await getattr(claim, name)(*arguments))


current_claim = CurrentClaim()
"""For plain handlers: ``current_claim.extend(seconds)``, ``current_claim.complete()``."""

current_async_claim = CurrentAsyncClaim()
"""For ``async`` handlers: ``await current_async_claim.extend(seconds)``, ``.complete()``."""


def _current() -> Claim | AsyncClaim:
    claim = claim_context.get()
    if claim is None:
        raise LookupError(
            "no claimed delivery is being handled here: give the receiver replay=ReplayGuard(...), and call "
            "this from its handler, not from a job that outlives it"
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
