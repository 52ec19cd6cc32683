"""The hand-off of verified deliveries to a queue engine that the application runs already.

    handoff = Handoff(CeleryTask(handle), key=QUEUE_KEY)
    receiver = Receiver(verifier, replay=ReplayGuard(store), inbox=handoff)

The receiver responds with 202 when the engine has the delivery. The worker calls `open_sealed(sealed, key)`,
and needs no secret of a provider.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from inspect import iscoroutinefunction
from typing import Protocol, cast

from webhook_verify.delivery import Delivery
from webhook_verify.http import RequestHead
from webhook_verify.inbox.entries import PutOutcome
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.sealing import seal_keys
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import hide_arguments, safe_repr

__all__ = ["Handoff", "Put"]


class Put(Protocol):
    """Gives a sealed delivery to a queue engine.

    If its attribute `has_lanes` is False, a `Handoff` with `lane` is refused.
    """

    def __call__(self, sealed: str, id: str, lane: str, /) -> object:
        """Return when the engine has stored the job. A coroutine function may do the same.

        Args:
            sealed: The sealed delivery, as text.
            id: The id of the job: 43 letters, digits, hyphens and underscores. The same for each retry.
            lane: The lane of the delivery, "" for none.

        Returns:
            False if the engine had a job with this id already, else any other value.

        Raises:
            Exception: If the engine has not stored the job, or may not have.
        """
        ...


@safe_repr
class Handoff:
    """An inbox for a receiver that seals each delivery and gives it to a queue engine.

    Args:
        put: Gives a sealed delivery to the engine: an object of `webhook_verify.inbox.engines` or a function.
        key: The key of the seal, a str, bytes or `Secret` of at least 16 bytes, or an iterable of these, of
            which the first that is valid seals.
        lane: Returns the lane of a delivery, for an engine that processes each lane in order.
        namespace: The namespace of the seal, which the worker passes to `open_sealed`, too.

    Attributes:
        is_async: Whether `put` is a coroutine function.
        needs_guard: True: a receiver with a `Handoff` may have a replay guard, which recognizes duplicates.

    Raises:
        InvalidSecret: If a key is empty or shorter than 16 bytes.
        TypeError: If an argument has the wrong type.
        ValueError: If `lane` is set and the engine has no lanes.
    """

    needs_guard = True

    @hide_arguments
    def __init__(
        self,
        put: Put,
        *,
        key: object,
        lane: Callable[[Delivery], str] | None = None,
        namespace: str = "",
    ) -> None:
        if isinstance(put, type) or not callable(put):
            raise TypeError(f"put must be a function of (sealed, id, lane), not {_kind(put)}")
        if lane is not None and not callable(cast("object", lane)):
            raise TypeError(f"lane must be a function of the Delivery, not {_kind(lane)}")
        if iscoroutinefunction(lane):
            raise TypeError("lane must be a function of the Delivery, not a coroutine function")
        if type(namespace) is not str:
            raise TypeError(f"namespace must be a str, not {_kind(namespace)}")
        if lane is not None and getattr(put, "has_lanes", True) is False:
            raise ValueError(
                f"lane must not be set, because {type(put).__name__} has no lanes: its workers do not "
                "process the jobs of a lane in order. Use an engine with lanes"
            )
        self._key = _reusable(key)
        seal_keys(self._key)
        self._put = put
        self._lane = lane
        self._namespace = namespace
        self.is_async: bool = iscoroutinefunction(put) or iscoroutinefunction(type(put).__call__)

    def accept(
        self, delivery: Delivery, head: RequestHead, namespace: str, idempotency_key: str = "", /
    ) -> PutOutcome | Awaitable[PutOutcome]:
        """Seal a delivery and give it to the engine.

        Args:
            delivery: The verified delivery.
            head: The head of its request.
            namespace: The namespace of the receiver.
            idempotency_key: The application's key of the delivery, "" for the default key.

        Returns:
            Whether the engine reported the job as new. An awaitable of it if `is_async` is set.

        Raises:
            ValueError: If no key is valid now.
            TypeError: If `lane` does not return a str, or `put` returns an awaitable without being async.
            Exception: Any exception of `put` or `lane`.
        """
        sealed = delivery.seal_text(self._key, namespace=self._namespace)
        lane = "" if self._lane is None else self._lane(delivery)
        if type(lane) is not str:
            raise TypeError(f"lane must return a str, not {_kind(lane)}")
        job = ReplayGuard.storage_key(namespace, delivery, idempotency_key=idempotency_key)
        result = self._put(sealed, job, lane)
        if self.is_async:
            return _outcome(cast("Awaitable[object]", result))
        if isinstance(result, Awaitable):
            if callable(close := getattr(cast("object", result), "close", None)):
                close()
            raise TypeError("put must be a coroutine function if it returns an awaitable: nothing was queued")
        return PutOutcome(0, is_new=result is not False)


def _reusable(key: object) -> object:
    """Return the key, or the keys as a tuple, because an iterator could be read only once."""
    if isinstance(key, str | bytes | Secret) or not isinstance(key, Iterable):
        return key
    return tuple(cast("Iterable[object]", key))


async def _outcome(result: Awaitable[object]) -> PutOutcome:
    return PutOutcome(0, is_new=await result is not False)


def _kind(value: object) -> str:
    return f"the class {value.__name__!r}" if isinstance(value, type) else repr(type(value).__name__)
