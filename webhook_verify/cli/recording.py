"""A recorded delivery: written by `replay --save`, read by `verify` and `explain`.

One JSON object per line:

```json
{"method": "POST", "url": "https://example.com/hooks", "headers": [["webhook-id", "msg_1"], ...],
 "body": "{\\"type\\": \\"invoice.paid\\"}", "received_at": 1700000000.25, ...}
```

`headers` is a list of pairs in the order of receipt, with duplicates; an object of values or lists of values
is accepted, too. `body` is a UTF-8 body as text; other bodies are in `body_base64`. `received_at` is in Unix
seconds. `url` and `received_at` are optional. Other members, such as `verdict`, are ignored.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, cast

__all__ = ["RecordedRequest", "parse_header_pairs"]


_MAX_SECONDS = 2.0**53  # excludes NaN and infinity, which Python's JSON parser accepts


@dataclass(frozen=True)
class RecordedRequest:
    """One unverified request, as received. `received_at` is in Unix seconds.

    `note` is a reason why the body may differ from that of the sender, to print if the request is rejected.
    """

    headers: list[tuple[str, str]]
    body: bytes
    method: str = "POST"
    url: str | None = None
    received_at: float | None = None
    note: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return the record for JSON. It contains signatures, so do not log it."""
        try:
            body = {"body": self.body.decode("utf-8")}
        except UnicodeDecodeError:
            body = {"body_base64": b64encode(self.body).decode()}
        return {
            "method": self.method,
            "url": self.url,
            "headers": [list(pair) for pair in self.headers],
            **body,
            "received_at": self.received_at,
        }

    @classmethod
    def from_dict(cls, members: object) -> RecordedRequest:
        """Return the record from parsed JSON. Raises ValueError for a missing member or a wrong type."""
        if not isinstance(members, dict):
            raise ValueError("a recorded delivery must be a JSON object")
        fields = cast("dict[str, object]", members)
        method, url = fields.get("method") or "POST", fields.get("url")
        if not isinstance(method, str) or not isinstance(url, str | None):
            raise ValueError("method and url of a recorded delivery must be strings")
        return cls(
            parse_header_pairs(fields.get("headers")),
            _body(fields),
            method,
            url,
            _seconds(fields.get("received_at")),
        )

    @classmethod
    def from_line(cls, line: str) -> RecordedRequest:
        """Return the record from one line of JSON. Raises ValueError if it is invalid."""
        try:
            members: object = json.loads(line)
        except (ValueError, RecursionError):
            raise ValueError("a recorded delivery must be one line of JSON") from None
        return cls.from_dict(members)


def parse_header_pairs(headers: object) -> list[tuple[str, str]]:
    """Return the headers from a JSON list of pairs, or from an object. Raises ValueError if invalid."""
    if isinstance(headers, dict):
        items = cast("dict[str, object]", headers).items()
        return [(name, text) for name, value in items for text in _texts(value)]
    if isinstance(headers, list):
        pairs = [_pair(item) for item in cast("list[object]", headers)]
        if None not in pairs:
            return cast("list[tuple[str, str]]", pairs)
    raise ValueError("headers in JSON must be a list of [name, value] pairs, or an object")


def _pair(item: object) -> tuple[str, str] | None:
    if isinstance(item, list):
        match cast("list[object]", item):
            case [str() as name, str() as value]:
                return name, value
            case _:
                return None
    return None


def _texts(value: object) -> list[str]:
    """Return the values of one header, which is a single value or a list."""
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else [str(value)]


def _body(fields: dict[str, object]) -> bytes:
    text, encoded = fields.get("body"), fields.get("body_base64")
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(encoded, str):
        try:
            return b64decode(encoded, validate=True)
        except ValueError:
            raise ValueError("body_base64 of a recorded delivery is not valid base64") from None
    raise ValueError("a recorded delivery must have a body or a body_base64")


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MAX_SECONDS:
        raise ValueError("received_at of a recorded delivery must be a number of Unix seconds")
    return float(value)
