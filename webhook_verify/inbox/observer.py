"""The hooks of an inbox for metrics. The exception of a hook does not affect an entry."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from webhook_verify.inbox.entries import Entry

__all__ = ["InboxObserver", "notify_inbox_observer"]

_logger = logging.getLogger("webhook_verify")


class InboxObserver:
    """A base class with an empty hook for each event of the processing. Override those that you need.

    An exception in a hook is logged, and changes nothing else. Hooks run in the threads of the workers.
    """

    def on_claimed(self, entry: Entry) -> None:
        """Handle the event of a claim, before the handler runs.

        Args:
            entry: The claimed entry. Its `attempts` include this one.
        """

    def on_done(self, entry: Entry, seconds: float) -> None:
        """Handle the event of a success.

        Args:
            entry: The entry, as it was claimed.
            seconds: The duration of the handler in seconds.
        """

    def on_retry(self, entry: Entry, error: BaseException, delay: float, seconds: float) -> None:
        """Handle the event of a failed attempt that is retried.

        Args:
            entry: The entry, as it was claimed.
            error: The exception of the handler.
            delay: The seconds until the entry is due again.
            seconds: The duration of the handler in seconds.
        """

    def on_dead(self, entry: Entry, error: str, seconds: float) -> None:
        """Handle the event of a new dead letter.

        Args:
            entry: The entry, as it was claimed.
            error: The stored error.
            seconds: The duration of the handler in seconds, 0 if no handler ran.
        """

    def on_lost(self, entry: Entry) -> None:
        """Handle the event of a lost lease: the result of the handler is not recorded.

        Args:
            entry: The entry, as it was claimed.
        """

    def on_stats(self, stats: Mapping[str, Any]) -> None:
        """Handle the numbers of the store, which the workers read every 15 seconds if you override this.

        Args:
            stats: The result of `InboxStore.stats`.
        """

    def on_stopped(self, given_back: int) -> None:
        """Handle the end of the workers.

        Args:
            given_back: The number of entries that were given back, because their handlers had not ended.
        """


def notify_inbox_observer(observer: InboxObserver | None, hook: str, *arguments: object) -> None:
    """Call a hook of the observer, and log its exception.

    A hook that is missing is skipped, because an observer need not derive from `InboxObserver`.

    Args:
        observer: The observer, None without one.
        hook: The name of the hook.
        arguments: The arguments of the hook.
    """
    call = getattr(observer, hook, None)
    if call is not None:
        try:
            call(*arguments)
        except Exception:
            _logger.exception("inbox observer hook %s raised an exception; the entry is not affected", hook)
