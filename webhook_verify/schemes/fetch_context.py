"""Context variables of a request, for a verification that needs a key from the provider.

The receiver knows the caller's address and whether the event loop is waiting, and the key cache needs both.
Context variables pass them through the scheme and its key without a change to their interfaces.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from contextvars import ContextVar

from webhook_verify.errors import KeyUnavailable, Reason

__all__ = ["KeyNotCached", "caller_of_request", "can_wait", "key_unavailable", "verifying_for"]

caller_of_request: ContextVar[str] = ContextVar("caller_of_request", default="")
"""The network address of the caller, or "" if it is unknown."""

can_wait: ContextVar[bool] = ContextVar("can_wait", default=True)
"""Whether the key cache may block: fetch a key, or wait for a thread that fetches it."""


class KeyNotCached(Exception):
    """The verification needs a key that must be fetched, but must not block here. The caller may try again.

    Args:
        key: Identifies the key among those of all caches.
        is_being_fetched: Returns whether a thread is fetching the key.
    """

    def __init__(self, key: tuple[int, str], is_being_fetched: Callable[[], bool]) -> None:
        super().__init__("the key must be fetched")
        self.key = key
        self.is_being_fetched = is_being_fetched


def key_unavailable(problem: str) -> KeyUnavailable:
    """Make the error for a delivery whose key is not available now.

    Args:
        problem: Why the key is not available.

    Returns:
        The error to raise.
    """
    detail = f"the key that the delivery names is not available: {problem}"
    return KeyUnavailable(Reason.KEY_UNAVAILABLE, detail)


@contextmanager
def verifying_for(caller: str) -> Generator[None]:
    """Set the caller for verifications within the block.

    Args:
        caller: The network address of the caller, "" if it is unknown.

    Yields:
        Nothing.
    """
    token = caller_of_request.set(caller)
    try:
        yield
    finally:
        caller_of_request.reset(token)
