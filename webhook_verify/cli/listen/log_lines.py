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
from webhook_verify.cli.listen.forwarder import Reply, shown_path
from webhook_verify.cli.store.delivery_store import Kept
from webhook_verify.diagnosis import Diagnosis

__all__ = ["arrow_in", "arrow_out", "as_json", "detail", "sent"]

_MAX_NAME_CHARS = 64
_INDENT = 14  # as wide as "10:00:00  --> "
_COLOURS = {"verified": "green", "handshake": "cyan", "rejected": "yellow"}


def arrow_in(one: Kept) -> None:
    """Print what came: its event type, message id and verdict."""
    name = output.safe(one.event_type or f"{one.method} {shown_path(one.path)}", _MAX_NAME_CHARS)
    about = f"{name} [{output.safe(one.message_id, _MAX_NAME_CHARS)}]" if one.message_id else name
    _print(one.received_at, "-->", about, _verdict(one), _COLOURS.get(one.verdict))


def _verdict(one: Kept) -> str:
    words = {
        "verified": f"verified key={one.key}",
        "rejected": f"rejected: {one.reason}, answered {one.status}",
        "handshake": f"handshake {one.reason}, answered {one.status}",
        "no_delivery": f"no delivery, answered {one.status}",
    }[one.verdict]
    duplicate = f", duplicate of #{one.duplicate_of}" if one.duplicate_of else ""
    return output.safe(f"{words}{duplicate}") + (f" (#{one.number})" if one.number else "")


def sent(to: str, message_id: str, how: str) -> None:
    """Print what is sent, and how."""
    about = f"POST {output.safe(to)}"
    _print(
        time.time(),
        "-->",
        f"{about} [{output.safe(message_id, _MAX_NAME_CHARS)}]" if message_id else about,
        how,
        None,
    )


def arrow_out(reply: Reply, number: int = 0) -> None:
    """Print what the application answered, or that it did not."""
    status, number_ = reply.answer.status, f" (#{number})" if number else ""
    is_good = not reply.fault and 200 <= status < 300
    told = f"{status} in {reply.seconds * 1000:.0f} ms"
    if reply.fault:
        told = f"{reply.fault}, so the sender is answered {status}" if number else reply.fault
    _print(time.time(), "<--", told + number_, "", None if is_good else "yellow")


def _print(when: float, arrow: str, about: str, verdict: str, colour: str | None) -> None:
    """One line; in a terminal as many as it takes."""
    start = f"{time.strftime('%H:%M:%S', time.localtime(when))}  {arrow} {about}"
    words = f"  {verdict}" if verdict else ""
    lines = [start + words]
    if sys.stdout.isatty() and len(lines[0]) > output.width():
        lines = [*_folded(start, ""), *_folded(verdict, " " * _INDENT)]
    if colour:
        # What is coloured is the verdict and, without one, all.
        plain = lines[0].removesuffix(verdict) if verdict else ""
        lines = [plain + click.style(lines[0].removeprefix(plain), fg=colour), *lines[1:]]
    click.echo("\n".join(lines), color=False if "NO_COLOR" in os.environ else None)


def _folded(text: str, first: str) -> list[str]:
    hang = " " * _INDENT
    return textwrap.wrap(
        text, output.width(), initial_indent=first, subsequent_indent=hang, break_on_hyphens=False
    )


def detail(text: str) -> None:
    """Print more about the line before, indented."""
    output.paragraph(text, indent=_INDENT)


def as_json(one: Kept, reply: Reply | None, diagnosis: Diagnosis | None) -> dict[str, Any]:
    """The same as JSON takes it."""
    found: dict[str, Any] = {
        "number": one.number or None,
        "received_at": round(one.received_at, 3),
        "method": one.method,
        "path": shown_path(one.path),
        "id": one.message_id or None,
        "event_type": one.event_type or None,
        "scheme": one.scheme,
        "verdict": one.verdict,
        "reason": one.reason or None,
        "detail": one.detail or None,
        "key": one.key or None,
        "duplicate_of": one.duplicate_of,
        "body_bytes": len(one.body) if one.is_whole else None,
        "status": one.status,
    }
    if reply is not None:
        found |= {"forward_milliseconds": round(reply.seconds * 1000, 1), "fault": reply.fault or None}
    if diagnosis is not None:
        found["diagnosis"] = diagnosis.as_dict()
    return found
