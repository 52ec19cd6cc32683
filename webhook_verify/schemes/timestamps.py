"""Formats of timestamps: seconds, milliseconds, either of them, and RFC 3339.

Each format is matched in full. If no separator follows the timestamp in the signed content, a laxer format
would let an attacker move bytes between timestamp and body.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

__all__ = ["UNITS", "Unit"]

Unit = tuple[Callable[[str], int], Callable[[int], str], str]
"""`(read, write, name)`. `read` returns Unix seconds, or 0 if the text is not a timestamp of this unit."""


def _seconds(text: str) -> int:
    """Parse `[1-9][0-9]{0,11}`, as in Standard Webhooks."""
    # Inlines _is_number, because nearly every delivery with a timestamp runs this line.
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 12 and text >= "1" else 0


def _milliseconds(text: str) -> int:
    """Parse `[1-9][0-9]{3,14}`. A shorter number would be in the first second of 1970."""
    return int(text) // 1000 if len(text) <= 15 and _is_number(text) else 0


def _seconds_or_milliseconds(text: str) -> int:
    """Parse 1 to 12 digits as seconds, and 13 to 15 digits as milliseconds."""
    return _milliseconds(text) if len(text) > 12 else _seconds(text)


def _is_number(text: str) -> bool:
    return text.isdecimal() and text.isascii() and text >= "1"


def _rfc_3339(text: str) -> int:
    """Parse `2026-11-21T10:00:00Z`, optionally with up to nine fraction digits, and with `Z` or an offset."""
    day, fraction, zone = text[:19], "", text[19:]
    if zone.startswith("."):
        fraction, zone = _split_digits(zone[1:])
        if not 1 <= len(fraction) <= 9:
            return 0
    if not (_has_form(day, "0000-00-00T00:00:00") and (zone == "Z" or _has_form(zone[1:], "00:00"))):
        return 0
    # RFC 3339 does not allow these, but newer Python versions read them as the next hour or day.
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
    """Return whether the text has a digit for each 0 of the form, and otherwise the same characters."""
    return len(text) == len(form) and all(
        one in "0123456789" if like == "0" else one == like for one, like in zip(text, form, strict=True)
    )


def _write_rfc_3339(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


UNITS: dict[str, Unit] = {
    "s": (_seconds, str, "Unix seconds"),
    "ms": (_milliseconds, lambda seconds: str(seconds * 1000), "Unix milliseconds"),
    "s-or-ms": (_seconds_or_milliseconds, str, "Unix seconds or milliseconds"),
    "rfc3339": (_rfc_3339, _write_rfc_3339, "RFC 3339"),
}
