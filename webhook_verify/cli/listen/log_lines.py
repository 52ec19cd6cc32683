"""The lines that ``listen`` and ``replay`` print: an arrow in and an arrow out, or one JSON object.

Nothing of the request is printed but its path, its message id and its event type, made safe: no header and no
body, in which signatures and tokens are, and no query.
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
_INDENT_COLUMNS = 14  # as wide as "10:00:00  --> "
_COLOURS = {"verified": "green", "handshake": "cyan", "rejected": "yellow"}


def print_received(stored: StoredDelivery) -> None:
    """Print what came: its event type, message id and verdict."""
    name = output.safe(stored.event_type or f"{stored.method} {shown_path(stored.path)}", _MAX_NAME_CHARS)
    subject = f"{name} [{output.safe(stored.message_id, _MAX_NAME_CHARS)}]" if stored.message_id else name
    _print(stored.received_at, "-->", subject, _verdict(stored), _COLOURS.get(stored.verdict))


def _verdict(stored: StoredDelivery) -> str:
    words = {
        "verified": f"verified key={stored.key}",
        "rejected": f"rejected: {stored.reason}, answered {stored.status}",
        "handshake": f"handshake {stored.reason}, answered {stored.status}",
        "no_delivery": f"no delivery, answered {stored.status}",
    }[stored.verdict]
    duplicate = f", duplicate of #{stored.duplicate_of}" if stored.duplicate_of else ""
    return output.safe(f"{words}{duplicate}") + (f" (#{stored.number})" if stored.number else "")


def print_sent(to: str, message_id: str, how: str) -> None:
    """Print what is sent, and how."""
    subject = f"POST {output.safe(to)}"
    _print(
        time.time(),
        "-->",
        f"{subject} [{output.safe(message_id, _MAX_NAME_CHARS)}]" if message_id else subject,
        how,
        None,
    )


def print_forwarded(result: ForwardResult, number: int = 0) -> None:
    """Print what the application answered, or that it did not."""
    status, suffix = result.response.status, f" (#{number})" if number else ""
    is_good = not result.fault and 200 <= status < 300
    outcome = f"{status} in {result.seconds * 1000:.0f} ms"
    if result.fault:
        outcome = f"{result.fault}, so the sender is answered {status}" if number else result.fault
    _print(time.time(), "<--", outcome + suffix, "", None if is_good else "yellow")


def _print(when: float, arrow: str, subject: str, verdict: str, colour: str | None) -> None:
    """One line; in a terminal as many as it takes."""
    start = f"{time.strftime('%H:%M:%S', time.localtime(when))}  {arrow} {subject}"
    words = f"  {verdict}" if verdict else ""
    lines = [start + words]
    if sys.stdout.isatty() and len(lines[0]) > output.width():
        lines = [*_wrap(start, ""), *_wrap(verdict, " " * _INDENT_COLUMNS)]
    if colour:
        # What is coloured is the verdict and, without one, all.
        plain = lines[0].removesuffix(verdict) if verdict else ""
        lines = [plain + click.style(lines[0].removeprefix(plain), fg=colour), *lines[1:]]
    click.echo("\n".join(lines), color=False if "NO_COLOR" in os.environ else None)


def _wrap(text: str, first: str) -> list[str]:
    hang = " " * _INDENT_COLUMNS
    return textwrap.wrap(
        text, output.width(), initial_indent=first, subsequent_indent=hang, break_on_hyphens=False
    )


def print_detail(text: str) -> None:
    """Print more about the line before, indented."""
    output.paragraph(text, indent=_INDENT_COLUMNS)


def as_json(
    stored: StoredDelivery, result: ForwardResult | None, diagnosis: Diagnosis | None
) -> dict[str, Any]:
    """The same as JSON takes it."""
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
