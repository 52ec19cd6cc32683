"""What servers say when they refuse, read without ever failing: any bytes make an error.

A provider tells how its error bodies look by a function that makes a :class:`Fault` of the parsed
JSON; what is no JSON, or of another shape, is an error without code and detail.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import msgspec

from webhook_verify.errors import APIStatusError

__all__ = ["Fault", "ReadFault", "status_error"]

_MAX_DETAIL_CHARS = 300  # of a text that a server chose, in a message that may reach a log

# What secrets look like that a server could repeat from a request, and what breaks a log's lines.
_SECRET = re.compile(r"\b(?:wh(?:sec|sk1?|pk1?)_|eyJ|sk_|testsk_)[\w+/=.-]+")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u00a1-\ud7ff]+")


class Fault(NamedTuple):
    """What an error body tells: the provider's word, its text, what is wrong where, and the call's id."""

    code: str | None = None
    detail: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    request_id: str | None = None


ReadFault = Callable[[Any], Fault]


def status_error(
    status: int, body: bytes, headers: Mapping[str, str], read: ReadFault, *, hidden: Collection[str] = ()
) -> APIStatusError:
    """The error of an answer with that status. ``hidden`` are texts that its message must not show."""
    error = APIStatusError(status, body)
    error.headers = headers
    fault = _fault(body, read)
    error.code = None if fault.code is None else _shown(fault.code, hidden)
    error.problems = tuple((_shown(place, hidden), _shown(text, hidden)) for place, text in fault.problems)
    told = fault.detail or "; ".join(f"{place}: {text}" for place, text in error.problems)
    error.detail = _shown(told, hidden)
    error.request_id = fault.request_id
    return error


def _fault(body: bytes, read: ReadFault) -> Fault:
    """What the body tells; nothing, where it or a part of it is of another shape than the provider's."""
    try:
        return msgspec.convert(tuple(read(msgspec.json.decode(body))), Fault)
    except (msgspec.DecodeError, RecursionError, AttributeError, KeyError, TypeError, ValueError):
        return Fault()


def _shown(text: str, hidden: Collection[str]) -> str:
    """The server's text on one line, shortened, without what looks like a secret or is hidden."""
    for each in filter(None, hidden):
        text = text.replace(each, "...")
    text = _UNPRINTABLE.sub(" ", _SECRET.sub("...", text))
    return text if len(text) <= _MAX_DETAIL_CHARS else text[:_MAX_DETAIL_CHARS] + "..."
