"""What servers say when they refuse, read without ever failing: any bytes make an error.

A provider tells how its error bodies look by a function that makes a :class:`ErrorInfo` of the parsed
JSON; what is no JSON, or of another shape, is an error without code and detail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from webhook_verify.errors import APIStatusError

__all__ = ["ErrorInfo", "ReadError", "status_error"]

_MAX_DETAIL_CHARS = 300  # of a text that a server chose, in a message that may reach a log

# What secrets look like that a server could repeat from a request, and what breaks a log's lines.
_SECRET = re.compile(r"\b(?:wh(?:sec|sk1?|pk1?)_|eyJ|sk_|testsk_)[\w+/=.-]+")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a1-\ud7ff]+")


class ErrorInfo(NamedTuple):
    """What an error body tells: the provider's word, its text, what is wrong where, and the call's id."""

    code: str | None = None
    detail: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    request_id: str | None = None


ReadError = Callable[[Any], ErrorInfo]


def status_error(
    status: int, body: bytes, headers: Mapping[str, str], read: ReadError, *, hidden: Collection[str] = ()
) -> APIStatusError:
    """The error of an answer with that status. ``hidden`` are texts that its message must not show."""
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
    """What the body tells; nothing, where it or a part of it is of another shape than the provider's."""
    try:
        return msgspec.convert(tuple(read(msgspec.json.decode(body))), ErrorInfo)
    except (msgspec.DecodeError, RecursionError, AttributeError, KeyError, TypeError, ValueError):
        return ErrorInfo()


def _redact(text: str, hidden: Collection[str]) -> str:
    """The server's text on one line, shortened, without what looks like a secret or is hidden."""
    for secret in filter(None, hidden):
        text = text.replace(secret, "...")
    text = _UNPRINTABLE.sub(" ", _SECRET.sub("...", text))
    return text if len(text) <= _MAX_DETAIL_CHARS else text[:_MAX_DETAIL_CHARS] + "..."
