"""What the tests of events share: genuine deliveries, and the descriptions of the providers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.signing import SECRET
from webhook_verify import Delivery, Signer, Verifier

__all__ = ["deliver", "description", "encoded"]

DATA = Path(__file__).parents[1] / "data"


def deliver(body: bytes | str | dict[str, Any], id: str = "msg_1") -> Delivery:
    """A delivery of that body, signed and verified."""
    raw = encoded(body) if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    return Verifier(SECRET).verify(raw, Signer(SECRET).sign(raw, id=id))


def encoded(payload: object) -> bytes:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def description(name: str) -> Any:
    """Return what a file of tests/data holds."""
    return json.loads((DATA / name).read_text("utf-8"))
