"""Everyday failures of bodies: what frameworks, gateways and editors do to one on its way."""

from __future__ import annotations

import base64
import gzip
import html
import json
import re
import zlib
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlencode

from tests.diagnosis.corpus.everyday.senders import NOW, SENDERS, failure
from tests.diagnosis.corpus.failure import Failure

__all__ = ["failures", "later"]

Change = Callable[[bytes], bytes]


def _dumps(**options: Any) -> Change:
    return lambda body: json.dumps(json.loads(body), **options).encode()


def _php(body: bytes) -> bytes:
    return json.dumps(json.loads(body), separators=(",", ":")).replace("/", "\\/").encode()


def _stringify(indent: int | None = None) -> Change:
    """JSON.stringify: whole floats lose their .0, large integers their last digits."""

    def number(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: number(each) for name, each in value.items()}
        if isinstance(value, list):
            return [number(each) for each in value]
        if isinstance(value, float) and value.is_integer():
            return int(value)
        return int(Decimal(repr(float(value)))) if type(value) is int and abs(value) > 2**53 else value

    separators = None if indent else (",", ":")
    return lambda body: json.dumps(
        number(json.loads(body)), indent=indent, separators=separators, ensure_ascii=False
    ).encode()


def _go(body: bytes) -> bytes:
    text = json.dumps(json.loads(body), separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    return re.sub("[<>&\u2028\u2029]", lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def _dotnet(body: bytes) -> bytes:
    text = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
    return re.sub(r"[<>&+'\u0080-\uffff]", lambda match: f"\\u{ord(match[0]):04X}", text).encode()


def _rails(body: bytes) -> bytes:
    text = json.dumps(json.loads(body), separators=(",", ":"), ensure_ascii=False)
    return re.sub("[<>&]", lambda match: f"\\u{ord(match[0]):04x}", text).encode()


def _form_as_json(body: bytes) -> bytes:
    return json.dumps(dict(parse_qsl(body.decode()))).encode()


def _form_anew(body: bytes) -> bytes:
    return urlencode(dict(parse_qsl(body.decode()))).encode()


def _form_sorted(body: bytes) -> bytes:
    return urlencode(sorted(parse_qsl(body.decode()))).encode()


_REWRITTEN: list[tuple[str, Change, str]] = [
    ("json.dumps of Python", _dumps(), "stripe github slack shopify standard square discord large"),
    ("json.dumps, compact", _dumps(separators=(",", ":")), "stripe github svix zoom linear hubspot"),
    ("json.dumps, ensure_ascii=False", _dumps(ensure_ascii=False), "github paddle standard hubspot large"),
    ("json.dumps, sorted", _dumps(sort_keys=True), "github linear stripe"),
    ("json.dumps, indent=4", _dumps(indent=4), "stripe github paddle"),
    ("JSON.stringify", _stringify(), "stripe slack shopify"),
    ("JSON.stringify, indented", _stringify(2), "github svix zoom discord"),
    ("json_encode of PHP", _php, "github stripe standard shopify large"),
    ("json.Marshal of Go", _go, "stripe svix slack"),
    ("System.Text.Json of .NET", _dotnet, "github stripe zoom"),
    ("to_json of Rails", _rails, "stripe svix slack"),
]


def _rewritten() -> Iterator[Failure]:
    for what, change, names in _REWRITTEN:
        for name in names.split():
            yield failure(what, "body_reserialized body_escaped", SENDERS[name], body=change)


_FORMS: list[tuple[str, str, Change, str]] = [
    ("a form as JSON", "body_decoded_form body_reserialized", _form_as_json, "slack-form github-form"),
    (
        "a form, unquoted",
        "body_decoded_form",
        lambda body: unquote_plus(body.decode()).encode(),
        "slack-form github-form",
    ),
    (
        "a form, as str(dict)",
        "body_as_text body_decoded_form",
        lambda body: str(dict(parse_qsl(body.decode()))).encode(),
        "slack-form",
    ),
    ("a form, encoded anew and sorted", "body_decoded_form body_reserialized", _form_sorted, "slack-form"),
    (
        "a form, %20 for +",
        "body_decoded_form body_reserialized body_escaped",
        lambda body: body.replace(b"+", b"%20"),
        "slack-form github-form",
    ),
    (
        "a form, lower-case escapes",
        "body_decoded_form body_reserialized body_escaped",
        lambda body: re.sub(b"%..", lambda one: one[0].lower(), body),
        "slack-form",
    ),
    (
        "payload alone, of a form",
        "body_decoded_form",
        lambda body: dict(parse_qsl(body.decode()))["payload"].encode(),
        "github-form",
    ),
    ("a form as JSON", "body_decoded_form body_reserialized body_unreadable", _form_as_json, "twilio"),
]


def _forms() -> Iterator[Failure]:
    for what, causes, change, names in _FORMS:
        for name in names.split():
            yield failure(what, causes, SENDERS[name], body=change)
    blank = b"token=x&team_id=T1&text=&command=%2Fdeploy&user_name=steve"
    yield failure(
        "a form without its blank fields",
        "body_decoded_form body_reserialized",
        SENDERS["slack-form"],
        sent=blank,
        body=_form_anew,
    )


def _gateway(body: bytes) -> bytes:
    event = {"version": "2.0", "rawPath": "/in", "body": body.decode(), "isBase64Encoded": False}
    return json.dumps(event).encode()


_ALTERED: list[tuple[str, str, Change, str]] = [
    ("str(dict)", "body_as_text", lambda body: str(json.loads(body)).encode(), "stripe github"),
    ("str(bytes)", "body_as_text", lambda body: str(body).encode(), "svix slack shopify"),
    ("[object Object]", "body_as_text", lambda body: b"[object Object]", "github stripe"),
    ("the stream was read before", "body_incomplete", lambda body: b"", "stripe github slack discord square"),
    ("None", "body_as_text body_incomplete", lambda body: b"None", "shopify"),
    (
        "{} of a parser that was not there",
        "body_incomplete body_as_text body_reserialized",
        lambda body: b"{}",
        "svix github",
    ),
    ("cut at 32 kB", "body_incomplete", lambda body: body[:32768], "large"),
    ("cut at 16 kB", "body_incomplete", lambda body: body[:16384], "large"),
    ("cut at 100 bytes by a log", "body_incomplete", lambda body: body[:100], "github shopify"),
    ("last byte lost", "body_incomplete", lambda body: body[:-1], "slack zoom"),
    ("a newline at the end", "body_line_ends", lambda body: body + b"\n", "stripe github svix zoom"),
    ("\\r\\n at the end", "body_line_ends", lambda body: body + b"\r\n", "paddle discord"),
    ("\\n became \\r\\n", "body_line_ends", lambda body: body.replace(b"\n", b"\r\n"), "stripe"),
    (
        "newlines taken out",
        "body_line_ends body_reserialized",
        lambda body: body.replace(b"\n", b""),
        "stripe",
    ),
    (
        "a byte order mark",
        "body_byte_order_mark",
        lambda body: b"\xef\xbb\xbf" + body,
        "stripe shopify linear",
    ),
    (
        "latin-1",
        "body_recoded",
        lambda body: body.decode().encode("latin-1", "replace"),
        "standard paddle discord",
    ),
    (
        "UTF-8 read as latin-1",
        "body_recoded",
        lambda body: body.decode("latin-1").encode(),
        "stripe github hubspot",
    ),
    (
        "UTF-8 read as cp1252",
        "body_recoded",
        lambda body: body.decode("cp1252", "replace").encode(),
        "linear standard",
    ),
    (
        "not ASCII became ?",
        "body_recoded",
        lambda body: body.decode().encode("ascii", "replace"),
        "svix github",
    ),
    ("not ASCII left out", "body_recoded", lambda body: body.decode().encode("ascii", "ignore"), "zoom"),
    ("UTF-16", "body_recoded", lambda body: body.decode().encode("utf-16"), "square"),
    ("HTML entities", "body_escaped", lambda body: html.escape(body.decode()).encode(), "stripe svix github"),
    (
        "a JSON string of it",
        "body_escaped body_reserialized body_as_text",
        lambda body: json.dumps(body.decode()).encode(),
        "github stripe svix",
    ),
    (
        "percent-encoded",
        "body_escaped body_decoded_form",
        lambda body: urlencode({"": body.decode()})[1:].encode(),
        "github",
    ),
    ("gzip", "body_compressed", lambda body: gzip.compress(body, mtime=0), "github stripe large slack-form"),
    ("deflate", "body_compressed", zlib.compress, "shopify"),
    ("base64", "body_in_base64", base64.b64encode, "stripe github twilio square slack-form"),
    (
        "base64 of gzip",
        "body_in_base64 body_compressed",
        lambda body: base64.b64encode(gzip.compress(body, mtime=0)),
        "svix",
    ),
    (
        "the event of a gateway",
        "body_extended body_as_text body_reserialized body_escaped",
        _gateway,
        "stripe github",
    ),
    (
        "a multipart part around it",
        "body_extended",
        lambda body: (
            b'--x\r\nContent-Disposition: form-data; name="payload"\r\n\r\n' + body + b"\r\n--x--\r\n"
        ),
        "github",
    ),
    ("twice", "body_extended", lambda body: body + body, "svix"),
    (
        "chunk sizes left in",
        "body_extended",
        lambda body: b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body),
        "stripe",
    ),
    (
        "data alone",
        "body_incomplete body_reserialized body_unreadable",
        lambda body: json.dumps(json.loads(body)["event-data"]).encode(),
        "mailgun",
    ),
]


def _altered() -> Iterator[Failure]:
    for what, causes, change, names in _ALTERED:
        for name in names.split():
            yield failure(what, causes, SENDERS[name], body=change)
    with_newline = SENDERS["svix"].body + b"\n"
    yield failure("strip()", "body_line_ends", SENDERS["svix"], sent=with_newline, body=bytes.strip)
    yield failure(
        "strip()", "body_line_ends", SENDERS["stripe"], sent=SENDERS["stripe"].body + b"\n", body=bytes.strip
    )
    binary = bytes(range(256)) * 4
    yield failure(
        "binary as text with replacements",
        "body_recoded",
        SENDERS["svix"],
        sent=binary,
        body=lambda body: body.decode("utf-8", "replace").encode(),
    )
    yield failure(
        "binary read as latin-1",
        "body_recoded",
        SENDERS["github"],
        sent=binary,
        body=lambda body: body.decode("latin-1").encode(),
    )
    yield failure(
        "binary in base64", "body_in_base64", SENDERS["standard"], sent=binary, body=base64.b64encode
    )
    yield failure(
        "{} for an empty body",
        "body_extended body_reserialized body_as_text",
        SENDERS["svix"],
        sent=b"",
        body=lambda body: b"{}",
    )
    yield failure(
        "null for an empty body",
        "body_extended body_reserialized body_as_text",
        SENDERS["github"],
        sent=b"",
        body=lambda body: b"null",
    )
    floats = b'{"price":10.0,"tax":1.50,"big":1e3,"id":"a"}'
    yield failure(
        "JSON.stringify of 10.0",
        "body_reserialized",
        SENDERS["standard"],
        sent=floats,
        body=lambda body: b'{"price":10,"tax":1.5,"big":1000,"id":"a"}',
    )
    price = b'{"event_id":"evt_1","price":10.0}'
    yield failure(
        "JSON.stringify of 10.0", "body_reserialized", SENDERS["paddle"], sent=price, body=_stringify()
    )
    spaced = json.dumps({"webhookTimestamp": NOW * 1000, "a": [1, {"b": "é"}]}, indent=1).encode()
    yield failure("JSON.stringify", "body_reserialized", SENDERS["linear"], sent=spaced, body=_stringify())


def later() -> Iterator[Failure]:
    """The same changes to other senders' bodies: what was told wrongly when the batch was learnt."""
    for name in ("paddle", "square", "standard"):
        yield failure("last byte lost", "body_incomplete", SENDERS[name], body=lambda body: body[:-1])
    yield failure("JSON.stringify", "body_reserialized", SENDERS["large"], body=_stringify())
    yield failure(
        "latin-1",
        "body_recoded",
        SENDERS["github"],
        body=lambda body: body.decode().encode("latin-1", "replace"),
    )
    yield failure("json.Marshal of Go", "body_reserialized", SENDERS["shopify"], body=_go)


def failures() -> Iterator[Failure]:
    yield from _rewritten()
    yield from _forms()
    yield from _altered()
