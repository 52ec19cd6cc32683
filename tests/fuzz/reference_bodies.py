"""Signatures and timestamps in bodies, for the differential fuzzer, written from the documentation."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from typing import Any, NoReturn
from urllib.parse import unquote_to_bytes

__all__ = ["Ambiguous", "emporix_forms", "linear_time", "signed_parts_of_body", "twilio_contents"]

_ADYEN = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
_MAX_PARAMETERS = 1_000


class _Unreadable(Exception):
    """A body that the provider cannot have sent."""


class Ambiguous(Exception):
    """A body about which this module has no opinion: a multipart form that is not the usual one."""


class _DuplicateKey:
    """The value of a duplicate key of an object, which is ambiguous."""


def _parsed(body: bytes) -> Any:
    def fields(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        return {name: _DuplicateKey() if names.count(name) > 1 else value for name, value in pairs}

    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=fields, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise _Unreadable from None


def _refused(name: str) -> NoReturn:
    raise ValueError(name)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _Unreadable
    return value


Parts = tuple[str, list[tuple[list[str], list[bytes]]]]
"""The timestamp, if there is one, and for each signed part its signatures and its possible contents."""


def signed_parts_of_body(kind: str, body: bytes) -> Parts | None:
    """Return the signed parts, or None if the body is unreadable. Raises `Ambiguous`."""
    readers = {
        "adyen": _adyen,
        "adyen-form": _adyen_form,
        "braintree": _braintree,
        "dropbox-sign": _dropbox_sign,
        "mailgun": _mailgun,
    }
    try:
        return readers[kind](body)
    except _Unreadable:
        return None


_FORM = re.compile(rb"[A-Za-z0-9._~!$&'()*+,;=:@/?%\[\]-]+")
_MULTIPART = re.compile(
    rb'--(?P<mark>[0-9a-f]{64})\r\nContent-Disposition: form-data; name="json"\r\n\r\n(?P<json>.*)'
    rb"\r\n--(?P=mark)--\r\n",
    re.DOTALL,
)


def _form_of(body: bytes) -> dict[str, Any] | None:
    """Return the fields of an urlencoded form, or None for another body."""
    if not _FORM.fullmatch(body) or re.search(rb"%(?![0-9A-Fa-f]{2})", body):
        return None
    pairs: list[tuple[str, str]] = []
    for field in body.split(b"&"):
        parts = [unquote_to_bytes(part.replace(b"+", b" ")) for part in field.split(b"=", 1)]
        if len(parts) != 2 or len(pairs) == _MAX_PARAMETERS:
            return None
        try:
            pairs.append((parts[0].decode("utf-8"), parts[1].decode("utf-8")))
        except UnicodeDecodeError:
            return None
    names = [name for name, _ in pairs]
    return {name: _DuplicateKey() if names.count(name) > 1 else value for name, value in pairs}


def _adyen_form(body: bytes) -> Parts:
    form = _object(_form_of(body))
    signature = form.get("additionalData.hmacSignature")
    if not isinstance(signature, str):
        raise _Unreadable
    item = {**form, "amount": {"value": form.get("value"), "currency": form.get("currency")}}
    return "", [([signature], [":".join(_adyen_fields(item)).encode()])]


def _braintree(body: bytes) -> Parts:
    form = _object(_form_of(body))
    pairs, payload = form.get("bt_signature"), form.get("bt_payload")
    if not isinstance(pairs, str) or not isinstance(payload, str):
        raise _Unreadable
    try:
        if not re.fullmatch("[A-Za-z0-9+/=\n]+", payload):
            raise _Unreadable
        encoded = payload.replace("\n", "")
        if b64encode(b64decode(encoded, validate=True)).decode() != encoded:
            raise Ambiguous
    except ValueError:
        raise _Unreadable from None
    signatures = [pair.split("|", 1)[1] for pair in pairs.split("&")[:32] if "|" in pair]
    return "", [(signatures, [payload.encode(), payload.encode() + b"\n"])]


def _dropbox_sign(body: bytes) -> Parts:
    if body.startswith(b"--"):
        match = _MULTIPART.fullmatch(body)
        if match is None or b"\r\n--" + match["mark"] in match["json"]:
            raise Ambiguous
        body = match["json"]
    elif (form := _form_of(body)) is not None and "json" in form:
        if not isinstance(form["json"], str):
            raise _Unreadable
        body = form["json"].encode()
    event = _object(_object(_parsed(body)).get("event"))
    time, kind, given = (event.get(f"event_{name}") for name in ("time", "type", "hash"))
    if isinstance(time, int) and not isinstance(time, bool) and abs(time) < 2**63:
        time = str(time)
    if not isinstance(time, str) or not isinstance(kind, str) or not isinstance(given, str):
        raise _Unreadable
    if not re.fullmatch("[1-9][0-9]{0,11}", time) or not re.fullmatch("[a-z][a-z0-9_]{0,99}", kind):
        raise _Unreadable
    return "", [([given], [f"{time}{kind}".encode()])]


def _adyen(body: bytes) -> Parts:
    items = _object(_parsed(body)).get("notificationItems")
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        raise _Unreadable
    parts: dict[tuple[str, ...], tuple[list[str], list[bytes]]] = {}
    for item in [_object(_object(each).get("NotificationRequestItem")) for each in items]:
        fields = _adyen_fields(item)
        signature = _object(item.get("additionalData")).get("hmacSignature")
        if not isinstance(signature, str):
            raise _Unreadable
        key = (fields[0], fields[6], fields[7])
        if key in parts:
            raise _Unreadable
        parts[key] = [signature], [":".join(fields).encode()]
    return "", list(parts.values())


def _adyen_fields(item: dict[str, Any]) -> list[str]:
    amount = {} if item.get("amount") is None else _object(item["amount"])
    values = [
        *(item.get(name) for name in _ADYEN),
        amount.get("value"),
        amount.get("currency"),
        item.get("eventCode"),
        item.get("success"),
    ]
    fields = [_adyen_text(value) for value in values]
    free = 0 if fields[6] == "REPORT_AVAILABLE" else 3
    if any(":" in field for place, field in enumerate(fields) if place != free):
        raise _Unreadable
    if not fields[0] or not fields[6]:
        raise _Unreadable
    return fields


def _adyen_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return str(value)
    if isinstance(value, str) and not re.search("[\ud800-\udfff]", value):
        return value
    raise _Unreadable


def _mailgun(body: bytes) -> Parts:
    form = _form_of(body)
    signature = _object(_object(_parsed(body)).get("signature")) if form is None else form
    time, token = signature.get("timestamp"), signature.get("token")
    if isinstance(time, int) and not isinstance(time, bool) and abs(time) < 2**63:
        time = str(time)
    if not isinstance(time, str) or not isinstance(token, str):
        raise _Unreadable
    if not re.fullmatch("[1-9][0-9]{0,11}", time) or not re.fullmatch("[!-~]{1,256}", token):
        raise _Unreadable
    if not isinstance(signature.get("signature"), str):
        raise _Unreadable
    texts = [signature["signature"], signature.get("parent-signature")]
    return time, [([text for text in texts if isinstance(text, str)], [(time + token).encode()])]


def linear_time(body: bytes) -> int | None:
    """Return the seconds at `webhookTimestamp`, 0 without a valid one, or None if it is ambiguous."""
    try:
        value = _object(_parsed(body)).get("webhookTimestamp")
    except _Unreadable:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        return 0 if value is None else None
    return value // 1000 if 1_000 <= value < 10**15 else 0


def emporix_forms(body: bytes) -> list[bytes] | None:
    """Return the forms of a body that may be signed: unchanged, or its JSON with sorted keys.

    Returns None if it is ambiguous: fractions and lone surrogates are compared with JavaScript in
    `tests/providers/test_emporix.py`.
    """
    try:
        value = _parsed(body)
    except _Unreadable:
        return []  # a body that is not JSON is rejected, regardless of its signature
    if _holds_twice(value):
        return []
    if b"\\u" in body or re.search(rb"[0-9][.eE]|[0-9]{16}|-0", body):
        return None
    form = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return [body, form.encode()]


def _holds_twice(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_twice, value.values()))
    if isinstance(value, list):
        return any(map(_holds_twice, value))
    return isinstance(value, _DuplicateKey)


def twilio_contents(url: str, body: bytes) -> list[bytes]:
    """Return the possible signed contents of a form: the URL with or without a port, and the parameters."""
    fields = body.split(b"&") if body else []
    if len(fields) > _MAX_PARAMETERS:
        return []
    pairs = set()
    for field in filter(None, fields):
        name, equals, value = (unquote_to_bytes(part.replace(b"+", b" ")) for part in field.partition(b"="))
        try:
            name.decode("utf-8"), value.decode("utf-8")
        except UnicodeDecodeError:
            return []
        if not equals and not re.fullmatch(rb"(?:[\w.~!$&'()*+,;:@/?\]-]|%[0-9A-Fa-f]{2})+", field, re.ASCII):
            return []
        pairs.add((name, value))
    parameters = b"".join(name + value for name, value in sorted(pairs))
    with_port = url.replace("https://example.com/", "https://example.com:443/")
    return [address.encode() + parameters for address in (url, with_port)]
