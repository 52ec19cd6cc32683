"""Formats of timestamps: seconds, milliseconds, RFC 3339 and the date of HTTP.

Each format is matched in full. If no separator follows the timestamp in the signed content, a laxer format
would let an attacker move bytes between timestamp and body.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import TypeGuard

__all__ = ["FIXED_LENGTH", "UNITS", "Unit", "fraction_named", "unit_named", "without_fraction"]

Unit = tuple[Callable[[str], int], Callable[[int], str], str]
"""`(read, write, name)`. `read` returns Unix seconds, or 0 if the text is not a timestamp of this unit."""


def _seconds(text: str) -> int:
    """Parse `[1-9][0-9]{0,11}`, as in Standard Webhooks."""
    # Inlines _is_number, because nearly every delivery with a timestamp runs this line.
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 12 and text >= "1" else 0


def _milliseconds(text: str) -> int:
    """Parse `[1-9][0-9]{3,14}`. A shorter number would be in the first second of 1970."""
    return int(text) // 1000 if len(text) <= 15 and _is_number(text) else 0


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


_FIRST_MS_DIGITS = 13  # of milliseconds since September 2001; seconds have 13 digits after the year 33658

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_HTTP_DATE = "AAA, 00 AAA 0000 00:00:00 GMT"


def _http_date(text: str) -> int:
    """Parse the IMF-fixdate of RFC 9110, section 5.6.7: `Mon, 21 Sep 2026 14:13:20 GMT`."""
    day, month = text[:3], text[8:11]
    if month not in _MONTHS or not _has_form(text[3:8] + text[11:], _HTTP_DATE[3:8] + _HTTP_DATE[11:]):
        return 0
    hour, minute, second = (int(text[start : start + 2]) for start in (17, 20, 23))
    try:
        date = int(text[12:16]), _MONTHS.index(month) + 1, int(text[5:7])
        when = datetime(*date, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return 0
    return max(int(when.timestamp()), 0) if _DAYS[when.weekday()] == day else 0


def _write_http_date(seconds: int) -> str:
    when = datetime.fromtimestamp(seconds, UTC)
    # Without strftime, whose names depend on the locale.
    return f"{_DAYS[when.weekday()]}, {when:%d} {_MONTHS[when.month - 1]} {when.year:04} {when:%H:%M:%S} GMT"


UNITS: dict[str, Unit] = {
    "s": (_seconds, str, "Unix seconds"),
    "ms": (_milliseconds, lambda seconds: str(seconds * 1000), "Unix milliseconds"),
    "rfc3339": (_rfc_3339, _write_rfc_3339, "RFC 3339"),
    "http-date": (_http_date, _write_http_date, "the date format of HTTP"),
}

FIXED_LENGTH: tuple[Unit, ...] = (UNITS["rfc3339"], UNITS["http-date"])
"""The formats to which an adjacent digit cannot belong."""


def unit_named(names: object) -> Unit:
    """Return the format with a name, or one that reads several formats.

    Args:
        names: A name of `UNITS`, or several. Timestamps are written in the first.

    Returns:
        The format.

    Raises:
        ValueError: If a name is unknown or missing. The message lists the known names.
    """
    listed: Sequence[object] = names if _is_listed(names) else (names,)
    units = [UNITS[name] for name in listed if isinstance(name, str) and name in UNITS]
    if not units or len(units) < len(listed):
        raise ValueError(f"timestamp_unit must be one of {', '.join(UNITS)}; not {names!r}")
    if len(units) == 1:
        return units[0]
    titles = " or ".join(title for _, _, title in units)
    return partial(_read_any, [(name, UNITS[name][0]) for name in map(str, listed)]), units[0][1], titles


_MAX_FRACTION_DIGITS = 9  # nanoseconds


def fraction_named(value: object) -> str:
    """Check the option `timestamp_fraction`.

    Args:
        value: `unsigned` or "".

    Returns:
        The value.

    Raises:
        TypeError: If `value` is not a str.
        ValueError: If `value` is another text.
    """
    if not isinstance(value, str):
        raise TypeError(f"timestamp_fraction must be a str, not {type(value).__name__!r}")
    if value not in ("", "unsigned"):
        raise ValueError(f'timestamp_fraction must be "unsigned", or "" without a fraction; not {value!r}')
    return value


def without_fraction(text: str) -> str:
    """Return the whole part of a number, which is the signed text if the fraction is not signed.

    Args:
        text: The number, such as `1785600000.107991`.

    Returns:
        The digits before the point. The unchanged text if it does not end with a point and 1 to 9 digits.
    """
    whole, _, fraction = text.partition(".")
    is_fraction = fraction.isdecimal() and fraction.isascii() and len(fraction) <= _MAX_FRACTION_DIGITS
    return whole if is_fraction else text


def _is_listed(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, tuple | list)


def _read_any(readers: Sequence[tuple[str, Callable[[str], int]]], text: str) -> int:
    """Parse a timestamp in one of several formats. Numbers differ in length, since the year 2001."""
    for name, read in readers:
        is_of_another = len(text) >= _FIRST_MS_DIGITS if name == "s" else len(text) < _FIRST_MS_DIGITS
        if (name not in ("s", "ms") or not is_of_another) and (seconds := read(text)):
            return seconds
    return 0
