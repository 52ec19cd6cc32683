"""The secret, time, body and signature that most tests share."""

from __future__ import annotations

from webhook_verify import Signer, Verifier
from webhook_verify.testing import Clock

__all__ = ["BODY", "NOW", "SECRET", "VERIFIER", "signed", "stopped_clock"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The published example of Standard Webhooks."""

NOW = 1_700_000_000
BODY = b'{"type": "invoice.paid", "customer": "Zo\xc3\xab"}'
VERIFIER = Verifier(SECRET, clock=lambda: NOW)


def signed(body: bytes = BODY, timestamp: int = NOW) -> dict[str, str]:
    """Return the headers of a valid delivery with the id msg_1."""
    return Signer(SECRET).sign(body, id="msg_1", timestamp=timestamp)


def stopped_clock(at: float = NOW) -> Clock:
    """Return a clock that only changes if a test moves it."""
    clock = Clock()
    clock.set(at)
    return clock
