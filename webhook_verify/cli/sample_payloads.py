"""Sample bodies for `send`: a typed event if one is known, else a payload in the scheme's format.

If the scheme reads the message id or the timestamp from the body, each body contains its own.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast
from urllib.parse import urlencode

from webhook_verify.schemes import Scheme
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.http_signature import HttpSignature
from webhook_verify.schemes.providers.twilio import Twilio

__all__ = ["DEFAULT_EVENT", "known_events", "needs_own_form", "template"]

DEFAULT_EVENT = "webhook.test"


def template(event_type: str, scheme: Scheme, id: str, timestamp: int) -> bytes:
    """Return a body of this event type; `timestamp` is in Unix seconds. Requires msgspec."""
    make = _TYPED.get(scheme.name)
    typed_body = make(event_type) if make is not None and event_type != DEFAULT_EVENT else None
    return typed_body if typed_body is not None else _plain(event_type, scheme, id, timestamp)


def needs_own_form(scheme: Scheme) -> bool:
    """Return whether the scheme can only sign bodies in the provider's format."""
    return isinstance(scheme, Twilio) or scheme.has_signature_in_body or scheme.name in _SIGNED_FORMS


def known_events() -> dict[str, list[str]]:
    """Return the event types with typed events, by scheme. Raises ImportError without msgspec."""
    from webhook_verify.events import emporix, lithic, svix

    return {
        "emporix": sorted(emporix.EVENT_TYPES),
        "lithic": sorted(lithic.EVENT_TYPES),
        "svix": sorted(svix.EVENTS.classes),
    }


def _svix(event_type: str) -> bytes | None:
    from webhook_verify.events import svix
    from webhook_verify.testing.events import body_of_event, event

    cls = svix.EVENTS.classes.get(event_type)
    return None if cls is None else body_of_event(event(cls))


def _lithic(event_type: str) -> bytes:
    from webhook_verify.events.lithic import LithicEvent
    from webhook_verify.testing.events import body_of_event, event

    return body_of_event(event(LithicEvent, event_type=event_type))


def _emporix(event_type: str) -> bytes:
    from webhook_verify.events.emporix import EmporixEvent
    from webhook_verify.testing.events import body_of_event, event

    return body_of_event(event(EmporixEvent, type=event_type))


_TYPED: dict[str, Callable[[str], bytes | None]] = {
    "emporix": _emporix,
    "lithic": _lithic,
    "standard-webhooks": _svix,
    "svix": _svix,
}


def _plain(event_type: str, scheme: Scheme, id: str, timestamp: int) -> bytes:
    when = datetime.fromtimestamp(timestamp, UTC).isoformat().replace("+00:00", "Z")
    if isinstance(scheme, Twilio):
        return urlencode({"EventType": event_type, "MessageSid": id, "Timestamp": when}).encode()
    payload: Any = {"type": event_type, "timestamp": when, "data": {}}
    if scheme.name in _FORMS:
        payload = _FORMS[scheme.name](event_type, id, timestamp)
    else:
        if isinstance(scheme, HeaderScheme) and scheme.timestamp_in_body:
            stamp = scheme.timestamp_unit[1](timestamp)
            payload = _with(payload, scheme.timestamp_in_body, int(stamp) if stamp.isdigit() else stamp)
        described = scheme.profile if isinstance(scheme, HttpSignature) else scheme
        if path := str(getattr(described, "id_in_body", "")):
            payload = _with(payload, path, id)
    return payload if isinstance(payload, bytes) else json.dumps(payload, separators=(",", ":")).encode()


def _adyen(event_type: str, id: str, timestamp: int) -> Any:
    item = {
        "eventCode": event_type,
        "success": "true",
        "pspReference": id,
        "merchantAccountCode": "Test",
        "merchantReference": "test",
        "amount": {"value": 100, "currency": "EUR"},
    }
    return {"live": "false", "notificationItems": [{"NotificationRequestItem": item}]}


def _adyen_http_post(event_type: str, id: str, timestamp: int) -> bytes:
    fields = {"live": "false", "eventCode": event_type, "pspReference": id, "merchantReference": "test"}
    amount = {"merchantAccountCode": "Test", "success": "true", "currency": "EUR", "value": "100"}
    return urlencode({**fields, **amount}).encode()


def _alipay(event_type: str, id: str, timestamp: int) -> bytes:
    when = datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M:%S")
    return urlencode({"notify_time": when, "notify_type": event_type, "notify_id": id}).encode()


def _dropbox_sign(event_type: str, id: str, timestamp: int) -> Any:
    name = re.sub("[^a-z_]+", "_", event_type.lower())
    return {"event": {"event_time": str(timestamp), "event_type": name}, "account_guid": id}


def _hubspot(event_type: str, id: str, timestamp: int) -> Any:
    ids = {"eventId": id, "subscriptionId": 1, "portalId": 1, "occurredAt": timestamp * 1000}
    return [{**ids, "subscriptionType": event_type, "attemptNumber": 0}]


def _lark(event_type: str, id: str, timestamp: int) -> Any:
    return {"encrypt": b64encode(f"not encrypted: {event_type} {id}".encode()).decode()}


def _mandrill(event_type: str, id: str, timestamp: int) -> bytes:
    return urlencode(
        {"mandrill_events": json.dumps([{"event": event_type, "_id": id, "ts": timestamp}])}
    ).encode()


def _microsoft_graph(event_type: str, id: str, timestamp: int) -> Any:
    return {"value": [{"subscriptionId": id, "changeType": event_type, "resource": "test"}]}


def _plivo(event_type: str, id: str, timestamp: int) -> bytes:
    return urlencode({"Event": event_type, "CallUUID": id}).encode()


def _wix(event_type: str, id: str, timestamp: int) -> Any:
    data = {"data": json.dumps({"id": id}), "instanceId": "test", "eventType": event_type}
    return {"data": json.dumps(data), "iat": timestamp, "exp": timestamp + 300}


_SIGNED_FORMS: dict[str, Callable[[str, str, int], Any]] = {
    "lark": _lark,
    "mandrill": _mandrill,
    "plivo": _plivo,
}
"""The schemes with a signature in a header that reject bodies in other formats."""

_FORMS: dict[str, Callable[[str, str, int], Any]] = {
    "adyen": _adyen,
    "adyen-http-post": _adyen_http_post,
    "alipay": _alipay,
    "dropbox-sign": _dropbox_sign,
    "hubspot": _hubspot,
    "microsoft-graph": _microsoft_graph,
    "wix": _wix,
    **_SIGNED_FORMS,
}
"""The schemes that sign parts of a provider-specific body."""


def _with(payload: Any, path: str, value: object) -> Any:
    """Return the payload with a value at the path; `*` is a list with one item."""
    step, _, rest = path.partition(".")
    if not step:
        return value
    if step == "*":
        return [_with(payload, rest, value)]
    members = cast("dict[str, Any]", payload) if isinstance(payload, dict) else {}
    return {**members, step: _with(members.get(step), rest, value) if rest else value}
