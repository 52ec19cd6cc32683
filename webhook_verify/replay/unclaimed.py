"""The claim of a receiver without replay protection."""

from __future__ import annotations

from webhook_verify.delivery import Delivery
from webhook_verify.replay.claim import Claim
from webhook_verify.replay.guard import ReplayGuard
from webhook_verify.replay.store import ClaimOutcome, ClaimState, ReplayStore

__all__ = ["Unclaimed"]


class Unclaimed(Claim):
    """A placeholder without replay protection, with which an observer can still measure the handler.

    Args:
        delivery: The delivery.
    """

    __slots__ = ()

    def __init__(self, delivery: Delivery) -> None:
        self.delivery = delivery
        self.guard = _NO_GUARD
        self._key = self._token = ""
        self.is_settled = True
        self.attempt = 1
        self.started: float = 0.0


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
