"""Receivers: from a request to a handled delivery. The adapters of all frameworks share them.

`receivers` contains `Receiver` and `AsyncReceiver`, with the steps that an adapter takes. `base` contains
their shared part, `replay` the replay protection, and `observer` the hooks for metrics.
"""

from __future__ import annotations

from webhook_verify.http import IncompleteBody, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.receiver.base import DEFAULT_MAX_BODY_BYTES, Incoming
from webhook_verify.receiver.body_lookup import BodyLookup
from webhook_verify.receiver.observer import Observer
from webhook_verify.receiver.receivers import AsyncReceiver, Receiver
from webhook_verify.replay.claim import AsyncClaim, Claim

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "AsyncClaim",
    "AsyncReceiver",
    "BodyLookup",
    "Claim",
    "Incoming",
    "IncompleteBody",
    "NotADelivery",
    "Observer",
    "Receiver",
    "RequestHead",
    "WebhookResponse",
]
