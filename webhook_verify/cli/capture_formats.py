"""Recorded requests as other programs write them: a HAR file, ``curl -v``, ``curl --trace``, plain HTTP.

And our own records, see :mod:`webhook_verify.cli.recording`. Which of them a file is, its beginning tells.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from webhook_verify.cli.recording import RecordedRequest, parse_header_pairs

__all__ = ["parse_capture"]

_REQUEST_LINE = re.compile(r"(?m)\A([A-Z]{3,16}) (\S+) HTTP/[0-9.]+\r?$")
_NON_DELIVERY_METHODS = {"CONNECT", "GET", "HEAD", "OPTIONS"}


def parse_capture(octets: bytes, body: bytes | None = None) -> list[RecordedRequest]:
    """The requests in a file, at least one; ``body`` stands for what the file says, or leaves out.

    Raises ValueError, which repeats nothing of the file, where it cannot be read or shows no body.
    """
    octets = octets.removeprefix(b"\xef\xbb\xbf")
    start = octets.lstrip()[:1]
    if start == b"{":
        captures = list(_parse_json(_text(octets)))
    elif re.search(rb"(?m)^=> Send header", octets):
        captures = list(_parse_curl_trace(octets.decode("latin-1")))
    elif re.search(rb"(?m)^> ", octets):
        captures = list(_parse_curl_verbose(octets.decode("latin-1")))
    else:
        captures = [_parse_http(octets)]
    if not captures:
        raise ValueError("there is no delivery in the file: no request of a method that has a body")
    if body is None and None in (each for _, each in captures):
        raise ValueError("the file does not show the body, as curl -v does not: give it with --body @FILE")
    return [
        replace(record, body=(recorded_body or b"") if body is None else body)
        for record, recorded_body in captures
    ]


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the file starts like JSON, but is not in UTF-8") from None


_Capture = tuple[RecordedRequest, bytes | None]


def _parse_json(text: str) -> Iterator[_Capture]:
    try:
        whole: object = json.loads(text)
    except RecursionError:
        raise ValueError("the file is JSON of a depth that no record has") from None
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "log" in whole:
        yield from _parse_har(cast("dict[str, Any]", whole)["log"])
        return
    # What is no delivery, such as the line that says where it listens, is none of ours.
    lines = [text] if whole is not None else [line for line in text.splitlines() if '"headers"' in line]
    if not lines:
        raise ValueError("the file holds JSON, but neither a HAR nor recorded deliveries")
    for line in lines:
        record = RecordedRequest.from_line(line)
        yield record, record.body


def _parse_har(log: object) -> Iterator[_Capture]:
    """HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/): the entries that may be deliveries."""
    entries: Any = cast("dict[str, Any]", log).get("entries") if isinstance(log, dict) else None
    if not isinstance(cast("object", entries), list):
        raise ValueError("the file starts like a HAR, but has no list log.entries")
    for entry in entries:
        try:
            request = entry["request"]
            method, url = str(request["method"]).upper(), str(request["url"])
            headers = parse_header_pairs([[each["name"], each["value"]] for each in request["headers"]])
            content = request.get("postData") or {"text": ""}
            started = entry.get("startedDateTime")
            body = _har_body(content)
            when = datetime.fromisoformat(started).timestamp() if isinstance(started, str) else None
        except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
            raise ValueError("an entry of the HAR is not as HAR 1.2 has it") from None
        if method not in _NON_DELIVERY_METHODS:
            yield (
                RecordedRequest([pair for pair in headers if pair[0][:1] != ":"], b"", method, url, when),
                body,
            )


def _har_body(content: Any) -> bytes | None:
    """The body, None where the HAR tells only what a form in it held."""
    text: object = content.get("text")
    if not isinstance(text, str):
        return None
    if content.get("encoding") == "base64":
        return b64decode(text, validate=True)
    return text.encode("utf-8", "surrogatepass")


def _parse_curl_verbose(text: str) -> Iterator[_Capture]:
    """``curl -v`` shows what it sends behind ``>``, but not the body."""
    secure = re.search(r"(?mi)^\* (?:SSL|TLS)", text) is not None
    for head in re.findall(r"(?m)(?:^> [^\r\n]+\r?\n)+", text):
        yield _parse_head(re.sub(r"(?m)^> ", "", head), secure), None


def _parse_curl_trace(text: str) -> Iterator[_Capture]:
    """``curl --trace`` shows in hexadecimal all that it sends."""
    secure = re.search(r"(?mi)^== Info: (?:SSL|TLS)", text) is not None
    record, body = None, b""
    # Bounded by the next line that is no dump of octets.
    for kind, dump in re.findall(r"(?m)^=> Send (header|data), .*\n((?:^[0-9a-f]{4,}: .*\n?)*)", text):
        octets = _parse_hex_dump(cast("str", dump))
        if kind == "data":
            body += octets
            continue
        if record:
            yield record, body
        record, body = _parse_head(octets.decode("latin-1"), secure), b""
        if any(name.lower() == "transfer-encoding" for name, _ in record.headers):
            raise ValueError("the trace shows a body in chunks: give the body with --body @FILE, and curl -v")
    if record:
        yield record, body


def _parse_hex_dump(dump: str) -> bytes:
    try:
        return bytes.fromhex("".join(line.partition(": ")[2][:47] for line in dump.splitlines()))
    except ValueError:
        raise ValueError(
            "the trace is none of curl --trace; --trace-ascii does not show every byte"
        ) from None


def _parse_http(octets: bytes) -> _Capture:
    """A request as it is on the wire: its first line, headers, a blank line, the body."""
    head, _, body = octets.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    return _parse_head(head.decode("latin-1"), secure=True), body


def _parse_head(text: str, secure: bool) -> RecordedRequest:
    line = _REQUEST_LINE.match(text)
    if line is None:
        raise ValueError(
            "the file is none that is known: neither a recorded delivery (JSON), a HAR, the output of "
            "curl -v or curl --trace, nor an HTTP request"
        )
    headers: list[tuple[str, str]] = []
    for each in text[line.end() :].splitlines():
        name, colon, value = each.partition(":")
        if colon:
            headers.append((name.strip(), value.strip()))
    host = next((value for name, value in headers if name.lower() == "host"), "")
    target = line[2]
    url = target if "://" in target else f"http{'s' if secure else ''}://{host}{target}" if host else None
    return RecordedRequest(headers, b"", line[1], url)
