"""The deliveries that the demo sends, and the expected verdicts."""

from __future__ import annotations

import base64
import os
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from webhook_verify import asymmetric
from webhook_verify.errors import Reason
from webhook_verify.secret import Secret
from webhook_verify.signer import Signer

__all__ = ["MAX_BODY_BYTES", "PATH", "DemoDelivery", "Secrets", "deliveries"]

PATH = "/webhooks"
MAX_BODY_BYTES = 64 * 1024


class Secrets:
    """Temporary secrets, new in each process, of a receiver in the middle of a secret rotation."""

    NEW = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    OLD = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    STRANGER = "whsec_" + base64.b64encode(os.urandom(32)).decode()
    _private, _public = asymmetric.generate()
    SIGNING = "whsk_" + base64.b64encode(_private).decode()
    VERIFYING = "whpk_" + base64.b64encode(_public).decode()

    @classmethod
    def receiver(cls) -> list[Secret]:
        """Return the secrets that the receiver is configured with."""
        retired = datetime.now(UTC) + timedelta(days=1)
        return [
            Secret(cls.NEW, label="new"),
            Secret(cls.OLD, label="old", expires_at=retired),
            Secret(cls.VERIFYING, label="ed25519"),
        ]


@dataclass(frozen=True)
class DemoDelivery:
    """One delivery and the expected result. `key` is the label of the secret if it must be verified."""

    name: str
    headers: dict[str, str]
    body: bytes
    status: int = 200
    reason: str = ""
    key: str = ""
    chunks: tuple[bytes, ...] = ()


def deliveries() -> list[DemoDelivery]:
    """Return one delivery of each kind, signed now."""
    return [*_genuine(), *_forged(), *_stale_and_early(), *_malformed()]


_BODY = b'{"type": "invoice.paid", "data": {"id": "in_1", "amount": 4200, "customer": "Zo\xc3\xab"}}'


def _genuine() -> list[DemoDelivery]:
    chunks = tuple(_BODY[start : start + 10] for start in range(0, len(_BODY), 10))
    return [
        DemoDelivery("valid", _signed(Secrets.NEW), _BODY, key="new"),
        DemoDelivery("signed with the old secret", _signed(Secrets.OLD), _BODY, key="old"),
        DemoDelivery("signed with both secrets", _signed(Secrets.NEW, Secrets.OLD), _BODY, key="new"),
        DemoDelivery("signed with Ed25519", _signed(Secrets.SIGNING), _BODY, key="ed25519"),
        DemoDelivery("Svix headers", Signer(Secrets.NEW, scheme="svix").sign(_BODY), _BODY, key="new"),
        DemoDelivery("chunked", _signed(Secrets.NEW), _BODY, key="new", chunks=chunks),
    ]


def _forged() -> list[DemoDelivery]:
    tampered = _BODY.replace(b"4200", b"9900")
    mismatch = Reason.SIGNATURE_MISMATCH
    return [
        DemoDelivery("tampered body", _signed(Secrets.NEW), tampered, 401, mismatch),
        DemoDelivery("wrong secret", _signed(Secrets.STRANGER), _BODY, 401, mismatch),
    ]


def _stale_and_early() -> list[DemoDelivery]:
    now = int(time.time())
    # The margin over the tolerance of 300 s keeps the verdicts stable on a slow machine.
    return [
        DemoDelivery("310 s old", _signed(Secrets.NEW, timestamp=now - 310), _BODY, 401, Reason.TOO_OLD),
        DemoDelivery(
            "320 s in the future", _signed(Secrets.NEW, timestamp=now + 320), _BODY, 401, Reason.TOO_NEW
        ),
    ]


def _malformed() -> list[DemoDelivery]:
    no_id = _signed(Secrets.NEW)
    del no_id["webhook-id"]
    garbled = _signed(Secrets.NEW)
    good = garbled["webhook-signature"]
    garbled["webhook-signature"] = f"v1 ,, v2,abc v1,%%% {good} v1,"
    oversize = b'{"padding": "' + b"x" * MAX_BODY_BYTES + b'"}'
    return [
        DemoDelivery("missing id header", no_id, _BODY, 400, Reason.MISSING_HEADER),
        DemoDelivery("valid among malformed", garbled, _BODY, key="new"),
        DemoDelivery(
            "oversize body", Signer(Secrets.NEW).sign(oversize), oversize, 413, Reason.BODY_TOO_LARGE
        ),
    ]


def _signed(*secrets: str, timestamp: int | None = None) -> dict[str, str]:
    return Signer(secrets).sign(_BODY, timestamp=timestamp)
