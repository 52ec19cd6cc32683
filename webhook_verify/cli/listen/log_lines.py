"""The output lines of `listen` and `replay`: one line per request and response, or one JSON object.

Only the path, the message id and the event type of a request are printed, escaped. Headers, bodies and
queries are not, because they may contain signatures and tokens.
"""

from __future__ import annotations

import os
import sys
import textwrap
import time
from typing import Any

import click

from webhook_verify.cli import output
from webhook_verify.cli.listen.forwarder import ForwardResult, shown_path
from webhook_verify.cli.store.delivery_store import StoredDelivery
from webhook_verify.diagnosis import Diagnosis

__all__ = ["as_json", "print_detail", "print_forwarded", "print_received", "print_sent"]

_MAX_NAME_CHARS = 64
_INDENT_COLUMNS = 14  # the width of "10:00:00  --> "
_COLOURS = {"verified": "green", "handshake": "cyan", "rejected": "yellow"}


def print_received(stored: StoredDelivery) -> None:
    """Print the event type, message id and verdict of a request."""
    name = output.safe(stored.event_type or f"{stored.method} {shown_path(stored.path)}", _MAX_NAME_CHARS)
    subject = f"{name} [{output.safe(stored.message_id, _MAX_NAME_CHARS)}]" if stored.message_id else name
    _print(stored.received_at, "-->", subject, _verdict(stored), _COLOURS.get(stored.verdict))


def _verdict(stored: StoredDelivery) -> str:
    words = {
        "verified": f"verified key={stored.key}",
        "rejected": f"rejected: {stored.reason}, responded {stored.status}",
        "handshake": f"handshake {stored.reason}, responded {stored.status}",
        "no_delivery": f"not a delivery, responded {stored.status}",
    }[stored.verdict]
    duplicate = f", duplicate of #{stored.duplicate_of}" if stored.duplicate_of else ""
    return output.safe(f"{words}{duplicate}") + (f" (#{stored.number})" if stored.number else "")


def print_sent(to: str, message_id: str, how: str) -> None:
    """Print the URL, the message id and how the request was signed."""
    subject = f"POST {output.safe(to)}"
    _print(
        time.time(),
        "-->",
        f"{subject} [{output.safe(message_id, _MAX_NAME_CHARS)}]" if message_id else subject,
        how,
        None,
    )


def print_forwarded(result: ForwardResult, number: int = 0) -> None:
    """Print the response of the application, or the reason of a failure."""
    status, suffix = result.response.status, f" (#{number})" if number else ""
    is_good = not result.fault and 200 <= status < 300
    outcome = f"{status} in {result.seconds * 1000:.0f} ms"
    if result.fault:
        outcome = f"{result.fault}; responded {status} to the sender" if number else result.fault
    _print(time.time(), "<--", outcome + suffix, "", None if is_good else "yellow")


def _print(when: float, arrow: str, subject: str, verdict: str, colour: str | None) -> None:
    """Print one line, wrapped at a terminal."""
    start = f"{time.strftime('%H:%M:%S', time.localtime(when))}  {arrow} {subject}"
    words = f"  {verdict}" if verdict else ""
    lines = [start + words]
    if sys.stdout.isatty() and len(lines[0]) > output.width():
        lines = [*_wrap(start, ""), *_wrap(verdict, " " * _INDENT_COLUMNS)]
    if colour:
        # Colour the verdict; without one, the whole line.
        plain = lines[0].removesuffix(verdict) if verdict else ""
        lines = [plain + click.style(lines[0].removeprefix(plain), fg=colour), *lines[1:]]
    click.echo("\n".join(lines), color=False if "NO_COLOR" in os.environ else None)


def _wrap(text: str, first: str) -> list[str]:
    hang = " " * _INDENT_COLUMNS
    return textwrap.wrap(
        text, output.width(), initial_indent=first, subsequent_indent=hang, break_on_hyphens=False
    )


def print_detail(text: str) -> None:
    """Print details below the previous line, indented."""
    output.paragraph(text, indent=_INDENT_COLUMNS)


def as_json(
    stored: StoredDelivery, result: ForwardResult | None, diagnosis: Diagnosis | None
) -> dict[str, Any]:
    """Return the JSON object for a request."""
    fields: dict[str, Any] = {
        "number": stored.number or None,
        "received_at": round(stored.received_at, 3),
        "method": stored.method,
        "path": shown_path(stored.path),
        "id": stored.message_id or None,
        "event_type": stored.event_type or None,
        "scheme": stored.scheme,
        "verdict": stored.verdict,
        "reason": stored.reason or None,
        "detail": stored.detail or None,
        "key": stored.key or None,
        "duplicate_of": stored.duplicate_of,
        "body_bytes": len(stored.body) if stored.is_whole else None,
        "status": stored.status,
    }
    if result is not None:
        fields |= {"forward_milliseconds": round(result.seconds * 1000, 1), "fault": result.fault or None}
    if diagnosis is not None:
        fields["diagnosis"] = diagnosis.as_dict()
    return fields
