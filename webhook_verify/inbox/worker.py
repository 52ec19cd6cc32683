"""The processing of an inbox without I/O: generators that yield steps, for threads and for asyncio alike.

A driver (`threads`, `tasks`) performs each step and sends its result back. The rules are here:

1. Attempts are counted by the store at the claim. An entry that was claimed more often than its handler may
   try is a dead letter without another attempt, because its workers have ended without a result.
2. The result is written with the token of the claim, and only while the claim holds the entry. If a response
   of the store was lost, the state of the entry shows whether it was written.
3. A lease is renewed from half its time on. If it is lost, the result is not written.
4. A result that cannot be written is tried again until the lease ends. Then another worker runs the handler.
5. A store that fails stops nothing: the workers wait, longer after each failure.
"""

from __future__ import annotations

import logging
import math
import random
import time
from collections.abc import Callable, Generator, Iterable
from typing import Any

from webhook_verify.delivery import Delivery
from webhook_verify.inbox.entries import Entry, EntryState
from webhook_verify.inbox.failures import describe_failure, failure_name
from webhook_verify.inbox.handlers import Handlers, InboxHandler
from webhook_verify.inbox.observer import InboxObserver, notify_inbox_observer
from webhook_verify.inbox.retries import Backoff, delay_after
from webhook_verify.inbox.steps import Attempt, Idle, Pause, RunHandler, Step, Steps, StoreCall, WorkerOptions
from webhook_verify.inbox.store import LeaseLost
from webhook_verify.log_text import log_text
from webhook_verify.replay.guard import ReplayGuard

__all__ = ["AttemptsLost", "NoHandler", "Processor"]

_logger = logging.getLogger("webhook_verify")

_RANDOM = random.SystemRandom()
_FIRST_PAUSE_SECONDS = 0.1
_MAX_PAUSE_SECONDS = 30.0
_STATS_SECONDS = 15.0
_SETTLED_STATES = {"finish": EntryState.DONE, "retry": EntryState.READY, "bury": EntryState.DEAD}


class Processor:
    """The state that the workers of one run share.

    Args:
        owner: The inbox.
        handlers: Its handlers.
        open_entry: Returns the delivery of an entry.
        options: The options.
        random: Returns a random number from 0 to 1.
        monotonic: Returns seconds of a clock that is never set.
    """

    def __init__(
        self,
        owner: object,
        handlers: Handlers,
        open_entry: Callable[[Entry], Delivery],
        options: WorkerOptions,
        *,
        random: Callable[[], float] = _RANDOM.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._owner = owner
        self._handlers = handlers
        self._open_entry = open_entry
        self._options = options
        self._random = random
        self._monotonic = monotonic
        self._lease = options.seconds("lease")
        self._claim_options = {"lease": self._lease, "skip_blocked": options.on_block == "skip"}
        self._hears_stats = _hears_stats(options.observer)
        self.running: set[Attempt] = set()
        self.is_stopping = False
        self.has_ended = False
        self.processed: int = 0

    def notify(self, hook: str, *arguments: object) -> None:
        """Call a hook of the observer.

        Args:
            hook: The name of the hook.
            arguments: The arguments of the hook.
        """
        notify_inbox_observer(self._options.observer, hook, *arguments)

    def work(self) -> Steps:
        """Claim and process entries until the workers stop.

        Yields:
            The steps.
        """
        failures = 0
        while not self.is_stopping:
            try:
                if not (yield from self._claim_and_process()):
                    yield Idle(self._options.seconds("poll"))
                failures = 0
            except Exception as error:
                failures += 1
                pause = _pause_after(failures)
                # Without the message and the traceback: a driver's error may contain the row.
                _logger.error("the inbox store failed; next try in %.1f s: %s", pause, failure_name(error))
                yield Pause(pause, "stop")

    def drain(self, limit: int | None = None) -> Steps:
        """Claim and process entries until none is due.

        Args:
            limit: The maximum number of entries, None for all.

        Yields:
            The steps. The exceptions of the store are raised.
        """
        is_due = True
        while is_due and (limit is None or self.processed < limit):
            is_due = yield from self._claim_and_process()

    def maintain(self) -> Steps:
        """Renew the leases, and read the numbers of the store, until the workers have ended.

        Yields:
            The steps.
        """
        read_stats_at = self._monotonic() if self._hears_stats else math.inf
        while not self.has_ended:
            now = self._monotonic()
            for attempt in [each for each in list(self.running) if each.renew_at <= now]:
                yield from self._renew(attempt)
            if read_stats_at <= now:
                read_stats_at = now + _STATS_SECONDS
                yield from self._read_stats()
            yield Pause(min(1.0, self._lease / 10), "end")

    def abandon(self) -> list[Attempt]:
        """Cancel the handlers that have not ended. Their results are not recorded.

        Returns:
            The attempts, to be given back.
        """
        attempts = list(self.running)
        for attempt in attempts:
            attempt.is_given_back = True
            if attempt.cancel is not None:
                attempt.cancel()
        return attempts

    def give_back(self, attempts: Iterable[Attempt]) -> Steps:
        """Give entries back, without counting the attempt.

        Args:
            attempts: The attempts.

        Yields:
            The steps.
        """
        for attempt in attempts:
            try:
                yield StoreCall("give_back", (attempt.entry.id, attempt.token))
            except Exception as error:
                _log("could not give an inbox entry back; its lease will end: %s", attempt.entry, error)

    def _claim_and_process(self) -> Generator[Step, Any, bool]:
        token = ReplayGuard.new_token()
        held_until = self._monotonic() + self._lease
        entries = yield StoreCall("claim", (token,), self._claim_options)
        if not entries:
            return False
        yield Idle(0.0)  # there may be more entries
        for entry in entries:
            attempt = Attempt(entry, token, held_until, self._owner)
            if self.is_stopping:
                yield StoreCall("give_back", (entry.id, token))
                continue
            self.processed += 1
            yield from self._process(attempt)
        return True

    def _process(self, attempt: Attempt) -> Steps:
        self.notify("on_claimed", attempt.entry)
        started = self._monotonic()
        attempt.renew_at = attempt.held_until - self._lease / 2
        self.running.add(attempt)
        try:
            error = self._prepare(attempt)
            if error is None:
                error = yield RunHandler(attempt)
        except KeyboardInterrupt:  # only where the handler runs in the main thread
            yield StoreCall("give_back", (attempt.entry.id, attempt.token))
            raise
        finally:
            self.running.discard(attempt)
        yield from self._settle(attempt, error, self._monotonic() - started)

    def _prepare(self, attempt: Attempt) -> BaseException | None:
        """Set the delivery and the handler of an attempt, or return the reason for a failure."""
        entry = attempt.entry
        try:
            attempt.delivery = self._open_entry(entry)
            handler = self._handlers.find(attempt.delivery)
        except Exception as error:
            return error
        if handler is None:
            return NoHandler(
                f"no handler matches the event type {log_text(str(entry.stored.event_type))!r}. Register one "
                'for it, or for "*", and redrive the entry'
            )
        attempt.handler = handler
        if entry.attempts > handler.retry.max_attempts:
            return AttemptsLost(
                f"{handler.retry.max_attempts} attempts ended without a result: the worker was killed, or "
                f"lost its lease, while {handler.name} ran. Last error: {entry.error or 'none'}"
            )
        return None

    def _settle(self, attempt: Attempt, error: BaseException | None, seconds: float) -> Steps:
        entry = attempt.entry
        if attempt.is_given_back:
            return
        if attempt.is_done:
            if error is not None:
                _log("the handler of an inbox entry failed after its transaction: %s", entry, error)
            self.notify("on_done", entry, seconds)
            return
        if attempt.is_lost or isinstance(error, LeaseLost):
            self._on_lost(entry)
            return
        call, report = self._outcome(attempt, error, seconds)
        failures = 0
        while True:
            try:
                # A repeated call, or a transaction of the handler, may be committed without a response.
                if (yield call) or (failures and (yield from self._is_settled(call.name, entry))):
                    report()
                elif error and (yield from self._is_settled("finish", entry)):
                    _log("the handler of an inbox entry failed after its transaction: %s", entry, error)
                    self.notify("on_done", entry, seconds)
                else:
                    self._on_lost(entry)
                return
            except Exception as failure:
                failures += 1
                if self._monotonic() >= attempt.held_until:
                    _log("could not record the result of an inbox entry; it runs again: %s", entry, failure)
                    return
                yield Pause(min(_pause_after(failures), self._lease / 4))

    def _is_settled(self, call: str, entry: Entry) -> Generator[Step, Any, bool]:
        """Return whether the entry is in the state after a call, and was not claimed again."""
        now: Entry | None = yield StoreCall("get", (entry.id,))
        return now is not None and (now.state, now.attempts) == (_SETTLED_STATES[call], entry.attempts)

    def _outcome(
        self, attempt: Attempt, error: BaseException | None, seconds: float
    ) -> tuple[StoreCall, Callable[[], None]]:
        """Return the call that records the result, and the function that reports it afterwards."""
        entry = attempt.entry
        place = entry.id, attempt.token
        if error is None:
            return StoreCall("finish", place), lambda: self.notify("on_done", entry, seconds)
        if isinstance(error, _NotRun):
            text, delay = str(error), None
        else:
            text = describe_failure(error, entry.stored.body)
            handler: InboxHandler | None = getattr(attempt, "handler", None)
            backoff = handler.retry if handler is not None else Backoff()
            delay = delay_after(error, entry.attempts, backoff, self._random())
        if delay is None:

            def report_dead() -> None:
                _log("inbox entry is a dead letter: %s", entry, error)
                self.notify("on_dead", entry, text, seconds)

            return StoreCall("bury", place, {"error": text}), report_dead
        wait = delay

        def report_retry() -> None:
            _log("inbox entry failed and will be retried: %s", entry, error, logging.WARNING)
            self.notify("on_retry", entry, error, wait, seconds)

        return StoreCall("retry", place, {"delay": wait, "error": text}), report_retry

    def _on_lost(self, entry: Entry) -> None:
        _log("inbox entry lost its lease; the result is not recorded: %s", entry, None, logging.WARNING)
        self.notify("on_lost", entry)

    def _renew(self, attempt: Attempt) -> Steps:
        started = self._monotonic()
        try:
            holds = yield StoreCall("renew", (attempt.entry.id, attempt.token), {"lease": self._lease})
        except Exception as error:
            attempt.renew_at = started + self._lease / 10
            _log("could not renew the lease of an inbox entry: %s", attempt.entry, error, logging.WARNING)
            return
        if holds:
            attempt.held_until = started + self._lease
            attempt.renew_at = started + self._lease / 2
        else:
            attempt.renew_at = math.inf
            # Not if the handler has ended in the meantime: then the entry is settled, not lost.
            attempt.is_lost = attempt in self.running and not attempt.is_done

    def _read_stats(self) -> Steps:
        try:
            stats = yield StoreCall("stats")
        except Exception as error:
            _logger.warning("could not read the numbers of the inbox: %s", failure_name(error))
        else:
            self.notify("on_stats", stats)


class _NotRun(Exception):
    """The reason for a dead letter whose handler did not run. The message is the stored error."""


class NoHandler(_NotRun):
    """No handler matches the delivery."""


class AttemptsLost(_NotRun):
    """All attempts have ended without a result, because their workers were killed."""


def _pause_after(failures: int) -> float:
    return min(_FIRST_PAUSE_SECONDS * 2.0 ** min(failures - 1, 16), _MAX_PAUSE_SECONDS)


def _hears_stats(observer: object) -> bool:
    hook = getattr(type(observer), "on_stats", None)
    return hook is not None and hook is not InboxObserver.on_stats


def _log(text: str, entry: Entry, error: BaseException | None, level: int = logging.ERROR) -> None:
    """Log a line about an entry, with the class of an error but without its message."""
    stored = entry.stored
    words = [f"entry={entry.id}", f"type={log_text(stored.event_type or '-')}", f"attempt={entry.attempts}"]
    if error is not None:
        words.append(f"error={failure_name(error)}")
    extra = {"scheme": stored.scheme, "message_id": log_text(stored.message_id), "entry_id": entry.id}
    _logger.log(level, text, " ".join(words), extra=extra)
