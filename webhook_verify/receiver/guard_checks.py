"""The checks of a replay guard against the verifier whose deliveries it claims."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from webhook_verify.errors import ShortRetentionWarning
from webhook_verify.receiver.replay import ReplayProtection
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.identity import check_identity
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.schemes import Scheme
from webhook_verify.verifier import Verifier, max_age

__all__ = ["check_guard", "check_scheme", "warn_of_short_retention"]

MIN_UNDATED_RETENTION = 30 * 86_400.0
"""The retention in seconds below which a scheme without a signed timestamp causes a warning."""

_logger = logging.getLogger("webhook_verify")


def check_guard(protection: ReplayProtection[Any], verifier: Verifier) -> None:
    """Check that a receiver may claim the deliveries of a verifier.

    Args:
        protection: The replay protection of the receiver.
        verifier: The verifier of the deliveries.

    Raises:
        ValueError: If the retention is too short for the tolerance, the messages of the scheme cannot be
            distinguished, or its provider uses the response as data.
    """
    protection.guard.check_tolerance(verifier.tolerance, max_age(verifier))
    check_scheme(protection, verifier.scheme)


def check_scheme(protection: ReplayProtection[Any], scheme: Scheme) -> None:
    """Check that a receiver may claim the deliveries of a scheme.

    Args:
        protection: The replay protection of the receiver.
        scheme: The scheme of the deliveries.

    Raises:
        ValueError: If the messages cannot be distinguished, or the provider uses the response as data.
    """
    check_identity(scheme, has_own_key=protection.idempotency_key is not None)


def warn_of_short_retention(guard: ReplayGuard[ReplayStore | AsyncReplayStore], scheme: Scheme) -> None:
    """Warn that a recorded delivery can be replayed after the retention. The default is only logged.

    Args:
        guard: The replay guard.
        scheme: The scheme of the deliveries.
    """
    if scheme.signs_timestamp or guard.retention >= MIN_UNDATED_RETENTION:
        return
    days = guard.retention / 86_400
    text = (
        f"{scheme.name} does not sign a timestamp, so an attacker can replay a recorded delivery when its "
        f"retention ends, after {days:.3g} days. Pass retention=math.inf to ReplayGuard, or the longest "
        "retention that your store has room for"
    )
    if guard.has_default_retention:
        _logger.warning(text, extra={"scheme": scheme.name})
    else:
        warnings.warn(text, ShortRetentionWarning, stacklevel=4)
