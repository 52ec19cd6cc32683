"""Deliveries without a request, for unit tests of handlers."""

from __future__ import annotations

import time
from datetime import datetime
from uuid import uuid4

from webhook_verify import schemes
from webhook_verify.delivery import Delivery, make_delivery
from webhook_verify.schemes import Scheme
from webhook_verify.testing.requests import payload_of

__all__ = ["delivery"]


def delivery(
    payload: object = b"{}",
    *,
    id: str | None = None,
    timestamp: float | datetime | None = None,
    scheme: str | Scheme = "standard-webhooks",
    key: str = "test",
    event_type: str | None = None,
) -> Delivery:
    """Create a delivery like a verifier's result, without a signature. Use it only in tests.

    Args:
        payload: Bytes, a JSON value or a typed event.
        id: The message id, by default a new one. A scheme with the id in the body reads it there.
        timestamp: Unix seconds or an aware datetime, by default now.
        scheme: The scheme or its name.
        key: The label of the secret that matched.
        event_type: The event type in an unsigned header. By default the type in the payload, for schemes
            whose bodies contain it.

    Returns:
        The delivery, to pass to your handler.

    Raises:
        TypeError: If `payload` is a `str` or another unsupported type, or `scheme` is neither a name nor a
            `Scheme`.
        ValueError: If the scheme is unknown.
    """
    given, body = schemes.resolve(scheme), payload_of(payload)
    message_id = f"msg_{uuid4().hex}" if id is None else id
    when = time.time() if timestamp is None else timestamp
    seconds = int(when.timestamp() if isinstance(when, datetime) else when)
    source = event_type or given.event_type_in_body
    if _signs_all(given):
        return make_delivery(message_id, seconds, body, given.name, key, source)
    # The body replaces the signed content, so two deliveries with the same body have the same digest.
    attested = given, body, b"", body, b""
    return make_delivery(message_id, seconds, body, given.name, key, source, attested)


def _signs_all(scheme: Scheme) -> bool:
    plain = not (scheme.parses_body or scheme.has_id_in_body or scheme.json_form_field)
    return plain and scheme.signs_id and scheme.signs_timestamp and scheme.signs_body
