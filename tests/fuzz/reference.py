"""An independent HMAC verifier for the differential fuzzer: slow, simple, and written from the documentation.

`is_genuine` returns True, False, or None if the documentation is ambiguous, such as for a space at the end of
a header. It does not import `webhook_verify`.
"""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode, urlsafe_b64encode
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from tests.fuzz.reference_bodies import (
    Ambiguous,
    emporix_forms,
    linear_time,
    signed_parts_of_body,
    twilio_contents,
)
from tests.fuzz.reference_contents import COMPOSED
from tests.fuzz.reference_row import URL, URL_AS_SIGNED, Row

__all__ = ["NOW", "hmac", "is_genuine", "mac_of", "signed_content", "written"]

NOW = 1_790_000_000

_LAST_SECOND = 253_402_300_799  # of the year 9999
_MAX_ENTRIES = 32
_MAX_SETTINGS = 16
_UNDELIMITED_ID = re.compile(r"[A-Za-z0-9_.~:+/=-]+")
_ID_WITH_DOT = re.compile(r"[A-Za-z0-9_.~:+/@-]+")
_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:[0-5]\d)", re.ASCII
)


def hmac(key: bytes, content: bytes, digest: str) -> bytes:
    """Return the MAC as defined in RFC 2104."""
    make = getattr(hashlib, digest)
    size = make().block_size
    key = (make(key).digest() if len(key) > size else key).ljust(size, b"\0")
    inner = make(bytes(octet ^ 0x36 for octet in key) + content).digest()
    result: bytes = make(bytes(octet ^ 0x5C for octet in key) + inner).digest()
    return result


def mac_of(row: Row, key: bytes, content: bytes) -> bytes:
    """Return the signature of a provider with this row, as bytes."""
    if not row.is_suffix:
        return hmac(key, content, row.digest)
    result: bytes = getattr(hashlib, row.digest)(content + key).digest()
    return result


def written(mac: bytes, how: str) -> str:
    """Return a MAC in the format of a provider."""
    if how == "hex":
        return mac.hex()
    if how == "base64url-padded":
        return urlsafe_b64encode(mac).decode()
    return b64encode(mac).decode() if how == "base64" else urlsafe_b64encode(mac).decode().rstrip("=")


def signed_content(name: str, row: Row, time: str, message_id: str, body: bytes) -> bytes:
    """Return the signed content of a provider with this row."""
    url = URL_AS_SIGNED.get(name, URL)
    before, _, after = row.content.partition("{body}")
    parts = {"id": message_id, "time": time, "method": "POST", "url": url}
    return before.format(**parts).encode() + body + after.format(**parts).encode()


def is_genuine(name: str, row: Row, body: bytes, headers: dict[str, str]) -> bool | None:
    """Return whether the delivery is fresh and signed with the row's secret, or None if it is ambiguous."""
    if any(value != value.strip() for value in headers.values()):
        return None
    if row.kind in ("adyen", "adyen-form", "braintree", "dropbox-sign", "mailgun"):
        return _is_signed_in_body(row, body)
    if row.kind == "standard":
        return _is_standard(row, body, headers)
    if row.fields:
        return _is_listed(name, row, body, headers)
    if row.bare:
        return _is_bare_list(name, row, body, headers)
    return _is_single(name, row, body, headers)


def _macs(row: Row, contents: list[bytes]) -> set[bytes]:
    return {mac_of(row, key, content) for key in row.keys(row.secret) for content in contents}


def _has_right(row: Row, texts: list[str], contents: list[bytes]) -> bool:
    """Return whether one of the texts is the signature of one of the contents."""
    if not texts:
        return False
    if row.written == "hex":  # in upper and lower case
        texts = [text.lower() if text.isascii() else "" for text in texts]
    return not {written(mac, row.written) for mac in _macs(row, contents)}.isdisjoint(texts)


def _is_single(name: str, row: Row, body: bytes, headers: dict[str, str]) -> bool | None:
    if name == "twilio-sha256":
        fields = headers.get("x-twilio-webhooks-signature-settings", "").split(",")
        named = [
            value.strip()
            for name, _, value in (field.partition("=") for field in fields)
            if name.strip() == "algorithm"
        ]
        if len(fields) > _MAX_SETTINGS:
            return None
        if [value.upper() for value in named if value][:1] != ["HMAC_SHA256"]:
            return False
    time, message_id = headers.get(row.time, ""), headers.get(row.id, "")
    if row.is_dated and not _is_fresh(row, _seconds(row.unit, time)):
        return False
    if row.id and not _UNDELIMITED_ID.fullmatch(message_id):
        return False
    contents = _contents(name, row, time, message_id, body, headers)
    if contents is None:
        return None
    shown = [headers.get(header, "") for header in row.headers]
    signatures = [text.removeprefix(row.prefix) for text in shown if text.startswith(row.prefix)]
    if not _has_right(row, signatures, contents):
        return False
    if row.kind == "linear":
        seconds = linear_time(body)
        return None if seconds is None else _is_fresh(row, seconds)
    return True


def _contents(
    name: str, row: Row, time: str, message_id: str, body: bytes, headers: dict[str, str]
) -> list[bytes] | None:
    if row.kind == "composed":
        content = COMPOSED[name](time, message_id, body, headers)
        return None if content is None else [content]
    if row.kind == "twilio":
        return twilio_contents(URL, body)
    if row.kind == "emporix":
        return emporix_forms(body)
    return [signed_content(name, row, time, message_id, body)]


def _is_listed(name: str, row: Row, body: bytes, headers: dict[str, str]) -> bool | None:
    assert row.fields is not None
    time_field, signature_field, separator = row.fields
    text = headers.get(row.headers[0], "")
    if row.is_dated:  # a list for each secret, with a space between
        text = text.replace(f" {time_field}=", f"{separator.strip()}{time_field}=")
    fields = text.split(separator.strip())[:_MAX_ENTRIES]
    pairs = [field.strip(" ").partition("=")[::2] for field in fields]
    times = [value for field, value in pairs if field == time_field]
    while times and not times[0]:
        del times[0]  # an empty field before the timestamp is ignored, and one after it is another timestamp
    if row.is_dated and (len(set(times)) != 1 or not _is_fresh(row, _seconds(row.unit, times[0]))):
        return False
    time = times[0] if row.is_dated else ""
    contents = _contents(name, row, time, "", body, headers)
    if contents is None:
        return None
    signatures = [value for field, value in pairs if field == signature_field]
    return _has_right(row, signatures, contents)


def _is_bare_list(name: str, row: Row, body: bytes, headers: dict[str, str]) -> bool | None:
    assert row.bare is not None
    separator, before_each, is_dated = row.bare
    text = headers.get(row.headers[0], "")
    if not text.startswith(row.prefix) or text.startswith(f"{row.prefix} "):
        return False
    entries = [entry.strip(" ") for entry in text.removeprefix(row.prefix).split(separator)][:_MAX_ENTRIES]
    time = entries.pop(0) if is_dated else headers.get(row.time, "")
    message_id = headers.get(row.id, "")
    if row.is_dated and not _is_fresh(row, _seconds(row.unit, time)):
        return False
    if row.id and not _is_message_id(row, message_id):
        return False
    contents = _contents(name, row, time, message_id, body, headers)
    if contents is None:
        return None
    signatures = [entry.removeprefix(before_each) for entry in entries if entry.startswith(before_each)]
    return _has_right(row, signatures, contents)


def _is_message_id(row: Row, message_id: str) -> bool:
    if "{id}." not in row.content:
        return bool(_UNDELIMITED_ID.fullmatch(message_id))
    is_plain = message_id.isascii() and message_id.isprintable() and not message_id.isspace()
    return (
        is_plain and message_id != "" and ("." not in message_id or bool(_ID_WITH_DOT.fullmatch(message_id)))
    )


def _is_standard(row: Row, body: bytes, headers: dict[str, str]) -> bool:
    """Return whether the first complete set of headers is valid. The sets are never mixed."""
    assert row.fields is not None
    for brand in sorted(("webhook", "svix"), key=row.brand.__ne__):
        trio = [headers.get(f"{brand}-{role}", "") for role in ("id", "timestamp", "signature")]
        if all(trio):
            message_id, time, listed = trio
            if row.fraction:
                time = re.sub(r"(?<=.)\.[0-9]{1,9}\Z", "", time)
            is_plain = message_id.isascii() and message_id.isprintable()
            if not is_plain or ("." in message_id and not _ID_WITH_DOT.fullmatch(message_id)):
                return False
            if not _is_fresh(row, _seconds("s", time)):
                return False
            content = f"{message_id}.{time}.".encode() + body
            right = {f"v1,{b64encode(mac).decode()}" for mac in _macs(row, [content])}
            if row.fields[2] == ", ":
                listed = listed.replace(", ", " ")
            return not right.isdisjoint(re.split(" +", listed)[:_MAX_ENTRIES])
    return False


def _is_signed_in_body(row: Row, body: bytes) -> bool | None:
    try:
        parts = signed_parts_of_body(row.kind, body)
    except Ambiguous:
        return None
    if parts is None:
        return False
    time, signed = parts
    if not all(_has_right(row, texts, contents) for texts, contents in signed):
        return False
    return not time or _is_fresh(row, _seconds("s", time))


def _is_fresh(row: Row, seconds: int) -> bool:
    if not 0 < seconds <= _LAST_SECOND:
        return False
    return NOW - seconds <= row.tolerance and (row.takes_future or seconds - NOW <= row.tolerance)


def _seconds(unit: str, text: str) -> int:
    """Return the Unix seconds of a timestamp, or 0 for any other text."""
    if "|" in unit:  # numbers with 13 digits are milliseconds
        other = "s" if len(text) > 12 else "ms"
        return max(_seconds(each, text) for each in unit.split("|") if each != other)
    if unit == "rfc3339":
        return _seconds_of_rfc_3339(text)
    if unit == "http":
        return _seconds_of_http_date(text)
    sizes = {"s": r"[1-9][0-9]{0,11}", "ms": r"[1-9][0-9]{3,14}", "ms13": r"[1-9][0-9]{12}"}
    if not re.fullmatch(sizes[unit], text, re.ASCII):
        return 0
    return int(text) if unit == "s" else int(text) // 1000


def _seconds_of_http_date(text: str) -> int:
    try:
        when = parsedate_to_datetime(text)
        return max(int(when.timestamp()), 0) if format_datetime(when, usegmt=True) == text else 0
    except (ValueError, OverflowError, IndexError, TypeError):
        return 0


def _seconds_of_rfc_3339(text: str) -> int:
    match = _RFC_3339.fullmatch(text)
    if match is None:
        return 0
    try:
        when = datetime(*map(int, match.groups()[:6]), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return 0
    zone = match[8]
    if zone == "Z":
        return max(int(when.timestamp()), 0)
    if zone[1:3] >= "24":
        return 0
    offset = int(zone[1:3]) * 3600 + int(zone[4:]) * 60
    return max(int(when.timestamp()) - (offset if zone[0] == "+" else -offset), 0)
