"""The entry that a handler processes now, for `inbox.transaction()`."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any

from webhook_verify.inbox.entries import Entry
from webhook_verify.inbox.steps import Attempt

__all__ = ["call_handler", "current_attempt", "handler_context"]

_current: ContextVar[Attempt | None] = ContextVar("webhook_verify_inbox_attempt", default=None)


def handler_context(attempt: Attempt) -> Context:
    """Return a new context in which `current_attempt` returns this attempt.

    Args:
        attempt: The attempt.

    Returns:
        The context, a copy of the present one.
    """
    context = copy_context()
    context.run(_current.set, attempt)
    return context


def call_handler(attempt: Attempt) -> Any:
    """Call the handler of an attempt.

    Args:
        attempt: The attempt.

    Returns:
        The result, an awaitable if the handler is async.

    Raises:
        Exception: Any exception of the handler.
    """
    call: Callable[..., Any] = attempt.handler.call
    return call(attempt.delivery, attempt.entry)


def current_attempt(owner: object, entry: Entry | None = None) -> Attempt:
    """Return the attempt whose handler runs in this context.

    Args:
        owner: The inbox that must process it.
        entry: A claimed entry. It gets a new attempt unless its handler runs here.

    Returns:
        The attempt.

    Raises:
        RuntimeError: If no handler of the inbox runs in this context, or its entry is done already.
    """
    attempt = _current.get()
    if entry is not None and (attempt is None or attempt.entry.id != entry.id):
        return Attempt(entry, entry.token, math.inf, owner)
    if attempt is None or attempt.owner is not owner:
        raise RuntimeError(
            "transaction() must be called by a handler of this inbox, in the context of its call"
        )
    if attempt.is_done:
        raise RuntimeError(
            "the entry is recorded as done already: a handler can open one transaction. Do all the work in it"
        )
    return attempt
