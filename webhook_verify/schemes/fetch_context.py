"""What a verification that needs a key of the provider knows of its request.

The receiver knows the caller's address and whether the event loop waits. The key cache needs both. Between
them lie a scheme and its key, whose interfaces do not change for it.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

from webhook_verify.errors import KeyUnavailable, Reason

__all__ = ["KeyNotCached", "caller_of_request", "can_wait", "key_unavailable", "verifying_for"]

caller_of_request: ContextVar[str] = ContextVar("caller_of_request", default="")
"""The network address of the caller, "" if it is unknown."""

can_wait: ContextVar[bool] = ContextVar("can_wait", default=True)
"""Whether the key cache may fetch a key, or wait for a thread that fetches it."""


class KeyNotCached(Exception):
    """The verification needs a key that must be fetched, and must not wait here. It can be tried again.

    Args:
        key: Identifies the key among those of all caches.
        is_being_fetched: Returns whether a thread is fetching the key.
    """

    def __init__(self, key: tuple[int, str], is_being_fetched: Callable[[], bool]) -> None:
        super().__init__("the key must be fetched")
        self.key = key
        self.is_being_fetched = is_being_fetched


def key_unavailable(problem: str) -> KeyUnavailable:
    """Return the rejection of a delivery whose key cannot be had now, for this reason."""
    detail = f"the key that the delivery names is not there: {problem}"
    return KeyUnavailable(Reason.KEY_UNAVAILABLE, detail)


@contextmanager
def verifying_for(caller: str) -> Generator[None]:
    """Verify for this caller within the block."""
    token = caller_of_request.set(caller)
    try:
        yield
    finally:
        caller_of_request.reset(token)
