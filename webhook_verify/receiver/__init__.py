"""From a request to a handled delivery: the part that the adapters of all frameworks share.

``base``: what both receivers share. ``receivers``: `Receiver` and
`AsyncReceiver`. ``replay``: replay protection. ``observer``: hooks for metrics.
"""

from __future__ import annotations

from webhook_verify.http import IncompleteBody, NotADelivery, RequestHead, WebhookResponse
from webhook_verify.receiver.base import DEFAULT_MAX_BODY_BYTES, Incoming
from webhook_verify.receiver.observer import Observer
from webhook_verify.receiver.receivers import AsyncReceiver, Receiver
from webhook_verify.replay.claim import AsyncClaim, Claim

__all__ = [
    "DEFAULT_MAX_BODY_BYTES",
    "AsyncClaim",
    "AsyncReceiver",
    "Claim",
    "Incoming",
    "IncompleteBody",
    "NotADelivery",
    "Observer",
    "Receiver",
    "RequestHead",
    "WebhookResponse",
]
