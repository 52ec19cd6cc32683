"""The known secret of a secret source, and when to fetch it again."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable

from webhook_verify.api._refreshing_verifier import (
    RefreshVerifier,
    RefreshingVerifier,
    VerifierOptions,
    verifier_options,
)
from webhook_verify.errors import APIConnectionError, WebhookVerifyError
from webhook_verify.tracebacks import hide_arguments
from webhook_verify.verifier import Verifier

__all__ = ["SecretState", "SourceOptions"]

_logger = logging.getLogger("webhook_verify")

# A failed first fetch is not repeated before this, to spare an API that is unavailable.
_RETRY_AFTER_FAILURE_SECONDS = 5.0
_ANY_KEY = bytes(range(32))


class SourceOptions(VerifierOptions, total=False):
    """Options of a secret source and of its verifiers."""

    interval: float
    """Minimum time between two fetches in seconds, except after the first. 60 by default."""
    max_age: float
    """Age of a secret, in seconds, after which it is fetched again even if it matches. 3600 by default."""
    monotonic: Callable[[], float]
    """Clock of `interval` and `max_age`. `time.monotonic` by default."""


class SecretState:
    """The known secret, and when to fetch it again. Does no I/O."""

    def __init__(self, options: SourceOptions) -> None:
        self._interval = options.get("interval", 60.0)
        self._max_age = options.get("max_age", 3600.0)
        self._now = options.get("monotonic", time.monotonic)
        for name, seconds in (("interval", self._interval), ("max_age", self._max_age)):
            if not seconds > 0:
                raise ValueError(f"{name} must be a positive number of seconds, not {seconds!r}")
        self._options = verifier_options(options)
        Verifier(_ANY_KEY, **self._options)  # Rejects invalid options now, not at the first delivery.
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
        """Keep the known secret. Raises the error if no secret is known."""
        self._set_asked_at(self._now())
        if self._verifier is None:
            raise error
        lines = str(error).splitlines()  # The further lines of a driver's error may contain its statement.
        text = lines[0] if lines else ""
        if not isinstance(error, WebhookVerifyError):
            text = f"{type(error).__name__}: {text}"
        _logger.warning("could not refresh the signing secret; the known secret stays in use: %s", text)

    def _set_asked_at(self, when: float) -> None:
        # Called once the fetch is complete. It is due until then.
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
