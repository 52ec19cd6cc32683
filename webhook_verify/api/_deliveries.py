"""Deliveries of listed messages, for an inbox. The TLS connection to the API authenticates them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from webhook_verify.delivery import Delivery, make_delivery

__all__ = ["API_LABEL", "listed_delivery"]

API_LABEL = "api"
"""The secret label of a delivery that no secret has verified."""


def listed_delivery(
    id: str, timestamp: datetime, event_type: str, payload: dict[str, Any], scheme: str
) -> Delivery:
    """Return the delivery of a listed message.

    Args:
        id: The message id.
        timestamp: The time of the message.
        event_type: The event type.
        payload: The payload, whose JSON becomes the body.
        scheme: The name of the scheme of the receiver.

    Returns:
        The delivery. Its body is equal JSON, not the same bytes as those that the provider sends.

    Raises:
        ValueError: If the payload is empty, because it was not requested.
    """
    if not payload:
        raise ValueError("payload must not be empty: list with with_content=True")
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return make_delivery(id, int(timestamp.timestamp()), body, scheme, API_LABEL, event_type)
