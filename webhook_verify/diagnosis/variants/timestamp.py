"""Timestamps in another unit or format than the scheme's: milliseconds, fractions, ISO 8601, HTTP dates."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from webhook_verify.diagnosis.investigation import Pairs
from webhook_verify.schemes import HeaderScheme, Scheme

__all__ = ["TimestampVariant", "timestamp_unit", "timestamp_variants"]

_DIGITS = r"(?<![0-9A-Za-z.])\d{9,19}(?:\.\d{1,9})?(?![0-9A-Za-z])"
_ISO_8601 = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d| UTC)?"
_HTTP_DATE = r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"
_TIMESTAMP = re.compile(f"{_HTTP_DATE}|{_ISO_8601}|{_DIGITS}")

TimestampVariant = tuple[str, str, Pairs, bytes, bytes]
"""(cause, evidence, headers, written, original): the headers contain `written` instead of `original`."""


def timestamp_variants(scheme: Scheme, pairs: Pairs) -> Iterator[TimestampVariant]:
    """Yield the headers with the timestamp converted to the scheme's unit.

    Args:
        scheme: The verifier's scheme.
        pairs: The received headers, with lower-case names.

    Yields:
        Candidates with a changed timestamp. Nothing if the unit is the scheme's already.
    """
    for name in _timestamp_headers(scheme):
        value = next((value for header, value in pairs if header == name), "")
        for original in _TIMESTAMP.findall(value)[:2]:
            seconds, unit = timestamp_unit(original)
            written = _format_timestamp(scheme, seconds)
            if not seconds or written == original:
                continue
            others = [pair for pair in pairs if pair[0] != name]
            headers = [*others, (name, value.replace(original, written, 1))]
            cause = "timestamp_in_milliseconds" if unit == "milliseconds" else "timestamp_form"
            yield cause, f"the timestamp is in {unit}", headers, written.encode(), original.encode()


def _timestamp_headers(scheme: Scheme) -> Sequence[str]:
    if isinstance(scheme, HeaderScheme):
        return (scheme.timestamp_header or scheme.signature_headers[0],) if scheme.signs_timestamp else ()
    return [name for name in scheme.header_names if "timestamp" in name]


def timestamp_unit(text: str) -> tuple[int, str]:
    """Parse a timestamp of any unit or format.

    Args:
        text: A number or a date.

    Returns:
        The Unix seconds, or 0 if it cannot be parsed, and the name of its unit or format.
    """
    if "-" in text or ":" in text:
        return _parse_date(text), "HTTP date format" if "," in text else "ISO 8601"
    whole = text.partition(".")[0]
    units = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
    if len(whole) not in units:
        return 0, ""
    unit = _UNITS[units[len(whole)]]
    return int(whole) // units[len(whole)], unit if whole == text else f"{unit} with a fraction"


_UNITS = {1: "seconds", 1_000: "milliseconds", 1_000_000: "microseconds", 1_000_000_000: "nanoseconds"}


def _parse_date(text: str) -> int:
    try:
        if "," in text:
            return int(parsedate_to_datetime(text).timestamp())
        when = datetime.fromisoformat(text.removesuffix(" UTC"))
        return int((when if when.utcoffset() is not None else when.replace(tzinfo=UTC)).timestamp())
    except (ValueError, TypeError, OverflowError):
        return 0


def _format_timestamp(scheme: Scheme, seconds: int) -> str:
    try:
        return scheme.timestamp_unit[1](seconds) if isinstance(scheme, HeaderScheme) else str(seconds)
    except (ValueError, OverflowError, OSError):
        return ""
