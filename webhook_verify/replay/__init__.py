"""Replay protection: handled once, lost never.

A message id is claimed under a lease before the handler runs, completed when the handler has answered
2xx, and released when it failed, so that the sender's retry is handled.

=========================== ==============================================
state of the id             answer
=========================== ==============================================
new, or its lease ran out   run the handler
in flight elsewhere         409 with Retry-After: the sender comes back
completed                   200 without running the handler
store unreachable           503 with Retry-After: fail closed, nothing lost
=========================== ==============================================
"""

from webhook_verify.replay.store import AsyncReplayStore, ClaimOutcome, ClaimState, ReplayStore

__all__ = ["AsyncReplayStore", "ClaimOutcome", "ClaimState", "ReplayStore"]
