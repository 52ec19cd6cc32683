"""How providers write the time of a delivery: seconds, milliseconds, or RFC 3339.

Each grammar is a full match. Where a timestamp stands beside the body without a delimiter, a laxer one
would let the border between the two be moved.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["UNITS", "Unit"]

Unit = tuple[Callable[[str], int], Callable[[int], str], str]
"""(read, write, name): read gives Unix seconds, or 0 for what is no timestamp of the unit."""


def _seconds(text: str) -> int:
    """``[1-9][0-9]{0,11}``, as in Standard Webhooks."""
    # As _is_number, without a call: nearly every dated delivery comes through here.
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 12 and text >= "1" else 0


def _milliseconds(text: str) -> int:
    """``[1-9][0-9]{3,14}``; a shorter one would be of the first second of 1970."""
    return int(text) // 1000 if len(text) <= 15 and _is_number(text) else 0


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and text >= "1"


def _rfc_3339(text: str) -> int:
    """``2026-11-21T10:00:00Z``: with a fraction of up to nine digits or none, and ``Z`` or ``+01:00``."""
    day, fraction, zone = text[:19], "", text[19:]
    if zone.startswith("."):
        fraction, zone = _split_digits(zone[1:])
        if not 1 <= len(fraction) <= 9:
            return 0
    if not (_has_form(day, "0000-00-00T00:00:00") and (zone == "Z" or _has_form(zone[1:], "00:00"))):
        return 0
    # What RFC 3339 has no word for, but a newer Python, or a zone, reads as the next hour or day.
    if zone[0] not in "Z+-" or day[11:13] >= "24" or zone[4:] >= "60":
        return 0
    try:
        return max(int(datetime.fromisoformat(day + zone).timestamp()), 0)
    except (ValueError, OverflowError):
        return 0


def _split_digits(text: str) -> tuple[str, str]:
    rest = text.lstrip("0123456789")
    return text[: len(text) - len(rest)], rest


def _has_form(text: str, form: str) -> bool:
    """Whether digits stand where the form has a 0, and its own characters elsewhere."""
    return len(text) == len(form) and all(
        one in "0123456789" if like == "0" else one == like for one, like in zip(text, form, strict=True)
    )


def _write_rfc_3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


UNITS: dict[str, Unit] = {
    "s": (_seconds, str, "Unix seconds"),
    "ms": (_milliseconds, lambda seconds: str(seconds * 1000), "Unix milliseconds"),
    "rfc3339": (_rfc_3339, _write_rfc_3339, "RFC 3339"),
}
