"""A delivery without a request, for the unit test of a handler: :func:`delivery`."""

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
    """A delivery as a verifier makes it, though nobody has signed it: only for tests.

    ``payload``: bytes, a JSON value or a typed event. ``id``: by default a fresh one; a scheme whose id is
    in the body finds it there. ``timestamp``: Unix seconds or an aware datetime, by default now. ``key``:
    the label of the secret that it is said to match.
    """
    given, body = schemes.resolve(scheme), payload_of(payload)
    message_id = f"msg_{uuid4().hex}" if id is None else id
    when = time.time() if timestamp is None else timestamp
    seconds = int(when.timestamp() if isinstance(when, datetime) else when)
    if _signs_all(given):
        return make_delivery(message_id, seconds, body, given.name, key, event_type)
    # The content as far as it is known here: two deliveries of one body have one digest.
    attested = given, body, b"", body, b""
    return make_delivery(message_id, seconds, body, given.name, key, event_type, attested)


def _signs_all(scheme: Scheme) -> bool:
    plain = not (scheme.parses_body or scheme.has_id_in_body)
    return plain and scheme.signs_id and scheme.signs_timestamp and scheme.signs_body
