"""The checks of a replay guard or an inbox against the verifier of the deliveries."""

from __future__ import annotations

import logging
import warnings
from typing import Any

from webhook_verify.errors import ShortRetentionWarning
from webhook_verify.receiver.inbox import ReceiverInbox
from webhook_verify.receiver.replay import ReplayProtection
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.identity import check_identity
from webhook_verify.replay.store import AsyncReplayStore, ReplayStore
from webhook_verify.schemes import Scheme
from webhook_verify.verifier import Verifier, max_age

__all__ = ["GuardedBy", "check_scheme", "check_verifier", "warn_of_short_retention"]

MIN_UNDATED_RETENTION = 30 * 86_400.0
"""The retention in seconds below which a scheme without a signed timestamp causes a warning."""

_logger = logging.getLogger("webhook_verify")


GuardedBy = tuple[ReplayProtection[Any] | None, ReceiverInbox | None]
"""The replay protection and the inbox of a receiver, each None without it."""


def check_verifier(guarded_by: GuardedBy, verifier: Verifier) -> None:
    """Check that a receiver may claim or store the deliveries of a verifier.

    Args:
        guarded_by: The replay protection and the inbox of the receiver.
        verifier: The verifier of the deliveries.

    Raises:
        ValueError: If the retention is too short for the tolerance, the messages of the scheme cannot be
            distinguished, or its provider uses the response as data.
    """
    if guarded_by[0] is not None:
        guarded_by[0].guard.check_tolerance(verifier.tolerance, max_age(verifier))
    check_scheme(guarded_by, verifier.scheme)


def check_scheme(guarded_by: GuardedBy, scheme: Scheme) -> None:
    """Check that a receiver may claim or store the deliveries of a scheme.

    Args:
        guarded_by: The replay protection and the inbox of the receiver.
        scheme: The scheme of the deliveries.

    Raises:
        ValueError: If the messages cannot be distinguished, or the provider uses the response as data.
    """
    for option, user in zip(("replay", "inbox"), guarded_by, strict=True):
        if user is not None:
            check_identity(scheme, option, has_own_key=user.idempotency_key is not None)


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
