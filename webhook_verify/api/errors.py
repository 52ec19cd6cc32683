"""Parsing of error responses. Any bytes result in an error, never in a parsing failure.

A provider's function converts parsed JSON to an `ErrorInfo`. A body that is not JSON, or has an unexpected
structure, results in an error without code and detail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from webhook_verify.errors import APIStatusError

__all__ = ["ErrorInfo", "ReadError", "status_error"]

_MAX_DETAIL_CHARS = 300  # The server chooses the text, and it may reach a log.

# Secrets that a server could repeat from a request, and characters that break log lines.
_SECRET = re.compile(r"\b(?:wh(?:sec|sk1?|pk1?)_|eyJ|sk_|testsk_)[\w+/=.-]+")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a1-\ud7ff]+")


class ErrorInfo(NamedTuple):
    """The content of an error body."""

    code: str | None = None
    """The provider's error code."""
    detail: str = ""
    """The provider's error message."""
    problems: tuple[tuple[str, str], ...] = ()
    """Location and message of each problem."""
    request_id: str | None = None
    """Id of the request for the provider's support."""


ReadError = Callable[[Any], ErrorInfo]
"""Converts the parsed JSON of a provider's error body."""


def status_error(
    status: int, body: bytes, headers: Mapping[str, str], read: ReadError, *, hidden: Collection[str] = ()
) -> APIStatusError:
    """Return the error of a response.

    Args:
        status: Status code of the response.
        body: Response body.
        headers: Response headers.
        read: Parser of the provider's error bodies.
        hidden: Secrets that the error message must not contain.

    Returns:
        The error, to be raised.
    """
    error = APIStatusError(status, body)
    error.headers = headers
    info = _parse_error(body, read)
    error.code = None if info.code is None else _redact(info.code, hidden)
    error.problems = tuple((_redact(place, hidden), _redact(text, hidden)) for place, text in info.problems)
    detail = info.detail or "; ".join(f"{place}: {text}" for place, text in error.problems)
    error.detail = _redact(detail, hidden)
    error.request_id = info.request_id
    return error


def _parse_error(body: bytes, read: ReadError) -> ErrorInfo:
    """Parse an error body. The result is empty if the body has an unexpected structure."""
    try:
        return msgspec.convert(tuple(read(msgspec.json.decode(body))), ErrorInfo)
    except (msgspec.DecodeError, RecursionError, AttributeError, KeyError, TypeError, ValueError):
        return ErrorInfo()


def _redact(text: str, hidden: Collection[str]) -> str:
    """Return the server's text on one line, shortened and without secrets."""
    for secret in filter(None, hidden):
        text = text.replace(secret, "...")
    text = _UNPRINTABLE.sub(" ", _SECRET.sub("...", text))
    return text if len(text) <= _MAX_DETAIL_CHARS else text[:_MAX_DETAIL_CHARS] + "..."
