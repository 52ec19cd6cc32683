"""The signed contents of other headers, the URL and parameters, for the differential fuzzer.

This module does not import `webhook_verify`. A function returns None if it does not decide, because a signed
part could be confused with another. The library rejects such a delivery.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl

__all__ = ["COMPOSED", "OTHER_HEADERS"]

OTHER_HEADERS: dict[str, tuple[str, ...]] = {
    "mailomat": ("x-mom-webhook-event",),
    "mercado-pago": ("x-request-id",),
    "plivo": ("x-plivo-signature-v3-nonce",),
    "plivo-v2": ("x-plivo-signature-v2-nonce",),
}
"""The other signed headers of a provider. The fuzzer sends the message id in them."""


def _mercado_pago(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    request_id = headers.get("x-request-id", "")
    signed = f"request-id:{request_id};" if request_id else ""  # the URL of the fuzzer has no data.id
    return None if ";" in request_id else _encoded(f"{signed}ts:{time};")


def _mailomat(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    event = headers.get("x-mom-webhook-event", "")
    is_ambiguous = not event or "." in event or "." in message_id
    return None if is_ambiguous else _encoded(f"{message_id}.{event}.{time}")


def _mandrill(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    fields = _sorted_form(body)
    url = "https://example.com/hooks?next=%2Fa%3Fb&tenant=1"
    return None if fields is None else _encoded(url + fields)


def _plivo(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    fields, nonce = _sorted_form(body), headers.get("x-plivo-signature-v3-nonce", "")
    if fields is None or not nonce or "." in nonce:
        return None
    form = f"{fields}." if fields else ""
    return _encoded(f"https://example.com/hooks?next=/a?b&tenant=1.{form}{nonce}")


def _plivo_v2(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    nonce = headers.get("x-plivo-signature-v2-nonce", "")
    return _encoded(f"https://example.com/hooks{nonce}") if re.fullmatch("[A-Za-z0-9_-]+", nonce) else None


def _qiniu(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    form = body if kind == "application/x-www-form-urlencoded" else b""
    return _encoded("/hooks?next=%2Fa%3Fb&tenant=1\n") + form


def _shopify_app_proxy(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    return _encoded(f"next=/a?btenant=1timestamp={time}")


def _vonage_signed_message(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    return _encoded(f"&next=/a?b&tenant=1&timestamp={time}")


def _contentful(time: str, message_id: str, body: bytes, headers: dict[str, str]) -> bytes | None:
    if headers.get("x-contentful-signed-headers") != "x-contentful-signed-headers,x-contentful-timestamp":
        return None
    path = "/hooks?next%253D%25252Fa%25253Fb%2526tenant%253D1"
    listed = "x-contentful-signed-headers:x-contentful-signed-headers,x-contentful-timestamp"
    return _encoded(f"POST\n{path}\n{listed};x-contentful-timestamp:{time}\n") + body


def _sorted_form(body: bytes) -> str | None:
    try:
        text = body.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=True) if text else []
    except ValueError:
        return None
    fields = "".join(name + value for name, value in sorted(pairs))
    is_plain = "\ufffd" not in fields and not any(char in name for name, _ in pairs for char in "=&?#")
    return fields if is_plain and all(name for name, _ in pairs) else None


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


COMPOSED: dict[str, Callable[[str, str, bytes, dict[str, str]], bytes | None]] = {
    "contentful": _contentful,
    "mailomat": _mailomat,
    "mandrill": _mandrill,
    "mercado-pago": _mercado_pago,
    "plivo": _plivo,
    "plivo-v2": _plivo_v2,
    "qiniu": _qiniu,
    "shopify-app-proxy": _shopify_app_proxy,
    "vonage-signed-message": _vonage_signed_message,
}
"""The content by provider: a function of the timestamp, the id, the body and the headers."""
