"""Parsers for recorded requests: HAR, `curl` and its output, raw HTTP and JSON records.

The format is detected from the content. For JSON records, see `webhook_verify.cli.recording`; for curl, see
`curl_command` and `curl_trace`.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from webhook_verify.cli.curl_command import has_curl_command, parse_curl_commands
from webhook_verify.cli.curl_trace import TRACE_START, TracePart, checked_body, trace_parts
from webhook_verify.cli.recording import RecordedRequest, parse_header_pairs

__all__ = ["parse_capture"]

_REQUEST_LINE = re.compile(r"(?m)\A([A-Z]{3,16}) (\S+) HTTP/[0-9.]+\r?$")
_HERE = Path()
_NON_DELIVERY_METHODS = {"CONNECT", "GET", "HEAD", "OPTIONS"}


def parse_capture(octets: bytes, body: bytes | None = None, folder: Path = _HERE) -> list[RecordedRequest]:
    """Return the requests in a capture file, at least one.

    Args:
        octets: The content of the file.
        body: A body that replaces the recorded ones.
        folder: The folder of the file, where the `@file` of a curl command is.

    Returns:
        The requests, in the order of the file.

    Raises:
        ValueError: If the file cannot be parsed or contains no body. The message does not quote the file.
    """
    octets = octets.removeprefix(b"\xef\xbb\xbf")
    start = octets.lstrip()[:1]
    if start == b"{":
        captures = list(_parse_json(_text(octets)))
    elif TRACE_START.search(octets.decode("latin-1")):
        captures = list(_parse_curl_trace(octets.decode("latin-1"), body is not None))
    elif re.search(rb"(?m)^> [A-Z]{3,16} \S+ HTTP/", octets):
        captures = list(_parse_curl_verbose(octets.decode("latin-1")))
    elif not _REQUEST_LINE.match(text := octets.decode("utf-8", "surrogateescape")) and has_curl_command(
        text
    ):
        captures = list(parse_curl_commands(text, folder, body is not None))
    else:
        captures = [_parse_http(octets)]
    if not captures:
        raise ValueError("the file contains no delivery: it has no request with a method such as POST")
    if body is None and None in (each for _, each in captures):
        raise ValueError(
            "the file does not contain the request body, as curl -v does not print it: pass --body @FILE"
        )
    return [
        replace(record, body=(recorded_body or b"") if body is None else body)
        for record, recorded_body in captures
    ]


def _text(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("the file starts like JSON, but is not valid UTF-8") from None


_Capture = tuple[RecordedRequest, bytes | None]


def _parse_json(text: str) -> Iterator[_Capture]:
    try:
        whole: object = json.loads(text)
    except RecursionError:
        raise ValueError("the JSON in the file is nested too deeply") from None
    except ValueError:
        whole = None
    if isinstance(whole, dict) and "log" in whole:
        yield from _parse_har(cast("dict[str, Any]", whole)["log"])
        return
    # Skip other lines, such as the one that listen --json prints at startup.
    lines = [text] if whole is not None else [line for line in text.splitlines() if '"headers"' in line]
    if not lines:
        raise ValueError(
            "the file contains JSON, but is neither a HAR file nor a list of recorded deliveries"
        )
    for line in lines:
        record = RecordedRequest.from_line(line)
        yield record, record.body


def _parse_har(log: object) -> Iterator[_Capture]:
    """Yield the possible deliveries in a HAR 1.2 log (http://www.softwareishard.com/blog/har-12-spec/)."""
    entries: Any = cast("dict[str, Any]", log).get("entries") if isinstance(log, dict) else None
    if not isinstance(cast("object", entries), list):
        raise ValueError("the file starts like a HAR file, but has no list log.entries")
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
            raise ValueError("an entry of the HAR file is not valid HAR 1.2") from None
        if method not in _NON_DELIVERY_METHODS:
            yield (
                RecordedRequest([pair for pair in headers if pair[0][:1] != ":"], b"", method, url, when),
                body,
            )


def _har_body(content: Any) -> bytes | None:
    """Return the body; None if the HAR file only lists the form parameters."""
    text: object = content.get("text")
    if not isinstance(text, str):
        return None
    if content.get("encoding") == "base64":
        return b64decode(text, validate=True)
    return text.encode("utf-8", "surrogatepass")


def _parse_curl_verbose(text: str) -> Iterator[_Capture]:
    """Yield the requests in the output of `curl -v`, which prints the head after `>` and no body."""
    secure = re.search(r"(?mi)^\* (?:SSL|TLS)", text) is not None
    for head in re.findall(r"(?m)(?:^> [^\r\n]+\r?\n)+", text):
        yield _parse_head(re.sub(r"(?m)^> ", "", head), secure), None


def _parse_curl_trace(text: str, has_body: bool) -> Iterator[_Capture]:
    """Yield the requests in the output of `curl --trace` or `curl --trace-ascii`."""
    secure = re.search(r"(?mi)^(?:[0-9:.]+ )?== Info: (?:SSL|TLS)", text) is not None
    record, parts = None, list[TracePart]()
    for part in trace_parts(text):
        if part.kind == "data":
            parts.append(part)
            continue
        if record:
            yield _with_trace_body(record, parts, has_body)
        record, parts = _parse_head(part.octets.decode("latin-1"), secure), []
        if not has_body and any(name.lower() == "transfer-encoding" for name, _ in record.headers):
            raise ValueError(
                "the trace contains a chunked body: use curl -v instead, and pass the body with --body @FILE"
            )
    if record:
        yield _with_trace_body(record, parts, has_body)


def _with_trace_body(record: RecordedRequest, parts: list[TracePart], has_body: bool) -> _Capture:
    if has_body:
        return record, None
    body, is_ascii = b"".join(part.octets for part in parts), any(part.is_ascii for part in parts)
    dots = sum(part.dots for part in parts)
    return checked_body(record, body, dots) if is_ascii else record, body


def _parse_http(octets: bytes) -> _Capture:
    """Parse a raw HTTP request: request line, headers, an empty line, the body."""
    head, _, body = octets.replace(b"\r\n\r\n", b"\n\n", 1).partition(b"\n\n")
    return _parse_head(head.decode("latin-1"), secure=True), body


def _parse_head(text: str, secure: bool) -> RecordedRequest:
    line = _REQUEST_LINE.match(text)
    if line is None:
        raise ValueError(
            "the format of the file is unknown: it must be a recorded delivery (JSON), a HAR file, the "
            "output of curl -v or curl --trace, a curl command, or an HTTP request"
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
