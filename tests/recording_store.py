"""A memory store for tests, with access to its keys, clock and failures."""

from __future__ import annotations

from tests.signing import stopped_clock
from webhook_verify.replay import ClaimOutcome, MemoryStore

__all__ = ["RecordingStore"]


class RecordingStore(MemoryStore):
    """`keys` are the claimed keys, the test moves `clock`, and with `is_down` every claim fails."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        self.clock = stopped_clock()
        self.is_down = False
        super().__init__(clock=self.clock)

    def claim(self, key: str, token: str, *, lease: float, retention: float) -> ClaimOutcome:
        if self.is_down:
            raise ConnectionError("no route to the store")
        self.keys.append(key)
        return super().claim(key, token, lease=lease, retention=retention)
