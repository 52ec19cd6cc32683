"""What the tests of events share: genuine deliveries, and the descriptions of the providers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from webhook_verify import Delivery, Signer, Verifier

__all__ = ["deliver", "description", "encoded"]

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SPEC = Path(__file__).parents[3] / "shared" / "spec"


def deliver(body: bytes | str | dict[str, Any], id: str = "msg_1") -> Delivery:
    """A delivery of that body, signed and verified."""
    raw = encoded(body) if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    return Verifier(SECRET).verify(raw, Signer(SECRET).sign(raw, id=id))


def encoded(payload: object) -> bytes:
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()


def description(name: str) -> Any:
    """A file of the shared facts; skips where they are not there."""
    file = SPEC / name
    if not file.exists():
        pytest.skip(f"the shared description {name} is not beside this repository")
    return json.loads(file.read_text("utf-8"))
