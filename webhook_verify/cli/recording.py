"""A recorded delivery, as ``replay --save`` writes it and ``verify`` and ``explain`` read it.

One JSON object a line::

    {"method": "POST", "url": "https://example.com/hooks", "headers": [["webhook-id", "msg_1"], ...],
     "body": "{\\"type\\": \\"invoice.paid\\"}", "received_at": 1700000000.25, ...}

``headers`` are pairs in the order they came in, a name as often as it came; an object of name and value, or
list of values, is read, too. ``body`` is the text of a body that is UTF-8; any other is in ``body_base64``
instead. ``received_at`` is in Unix seconds. ``url`` and ``received_at`` may be missing. Other members, such
as the ``verdict``, are for whoever reads the line, and skipped here.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from dataclasses import dataclass
from typing import Any, cast

__all__ = ["RecordedRequest", "parse_header_pairs"]


_MAX_SECONDS = 2.0**53  # neither NaN nor infinity, which Python's JSON reads


@dataclass(frozen=True)
class RecordedRequest:
    """One request as it came in: nothing of it is known to be true. ``received_at`` in Unix seconds."""

    headers: list[tuple[str, str]]
    body: bytes
    method: str = "POST"
    url: str | None = None
    received_at: float | None = None

    def as_dict(self) -> dict[str, Any]:
        """The record as JSON takes it. It holds a signature: for a file, not for a log."""
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
        """The record that JSON holds. Raises ValueError that names what is missing or of a wrong type."""
        if not isinstance(members, dict):
            raise ValueError("a recorded delivery is a JSON object")
        fields = cast("dict[str, object]", members)
        method, url = fields.get("method") or "POST", fields.get("url")
        if not isinstance(method, str) or not isinstance(url, str | None):
            raise ValueError("method and url of a recorded delivery are texts")
        return cls(
            parse_header_pairs(fields.get("headers")),
            _body(fields),
            method,
            url,
            _seconds(fields.get("received_at")),
        )

    @classmethod
    def from_line(cls, line: str) -> RecordedRequest:
        """The record of one line. Raises ValueError, as :meth:`from_dict`."""
        try:
            members: object = json.loads(line)
        except (ValueError, RecursionError):
            raise ValueError("a recorded delivery is one line of JSON") from None
        return cls.from_dict(members)


def parse_header_pairs(headers: object) -> list[tuple[str, str]]:
    """Headers in JSON: pairs, or an object of values or lists of values. Raises ValueError."""
    if isinstance(headers, dict):
        items = cast("dict[str, object]", headers).items()
        return [(name, text) for name, value in items for text in _texts(value)]
    if isinstance(headers, list):
        found = [_pair(one) for one in cast("list[object]", headers)]
        if None not in found:
            return cast("list[tuple[str, str]]", found)
    raise ValueError("headers in JSON are a list of [name, value], or an object")


def _pair(item: object) -> tuple[str, str] | None:
    if isinstance(item, list):
        match cast("list[object]", item):
            case [str() as name, str() as value]:
                return name, value
            case _:
                return None
    return None


def _texts(value: object) -> list[str]:
    """The values of one header: one, or several in a list."""
    return [str(each) for each in cast("list[object]", value)] if isinstance(value, list) else [str(value)]


def _body(fields: dict[str, object]) -> bytes:
    text, encoded = fields.get("body"), fields.get("body_base64")
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    if isinstance(encoded, str):
        try:
            return b64decode(encoded, validate=True)
        except ValueError:
            raise ValueError("body_base64 of a recorded delivery is not base64") from None
    raise ValueError("a recorded delivery has a body, or body_base64")


def _seconds(value: object) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _MAX_SECONDS:
        raise ValueError("received_at of a recorded delivery is in Unix seconds")
    return float(value)
