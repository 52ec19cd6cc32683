"""A claim with the usual arguments of the tests, and its possible results."""

from __future__ import annotations

from webhook_verify.replay import ClaimState, ReplayGuard, ReplayStore

__all__ = ["CLAIMED", "COMPLETED", "IN_FLIGHT", "KEEP", "LEASE", "claim", "new_key"]

LEASE, KEEP = 60.0, 1000.0
CLAIMED, IN_FLIGHT, COMPLETED = ClaimState.CLAIMED, ClaimState.IN_FLIGHT, ClaimState.COMPLETED


def new_key() -> str:
    return ReplayGuard.new_token().ljust(43, "k")


def claim(store: ReplayStore, key: str, token: str = "first") -> ClaimState:
    return store.claim(key, token, lease=LEASE, retention=KEEP).state
