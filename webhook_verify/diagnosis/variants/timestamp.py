"""What a timestamp may have been: milliseconds, a fraction, ISO 8601, where the scheme has something else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from webhook_verify.diagnosis.investigation import Pairs
from webhook_verify.schemes import HeaderScheme, Scheme

__all__ = ["Stamped", "restamped", "unit_of"]

_DIGITS = r"(?<![0-9A-Za-z.])\d{9,19}(?:\.\d{1,9})?(?![0-9A-Za-z])"
_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d| UTC)?"
_HTTP = r"[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})"
_STAMP = re.compile(f"{_HTTP}|{_ISO}|{_DIGITS}")

Stamped = tuple[str, str, Pairs, bytes, bytes]
"""(cause, evidence, headers, written, original): the headers hold ``written`` where ``original`` stood."""


def restamped(scheme: Scheme, pairs: Pairs) -> Iterator[Stamped]:
    """The headers with a timestamp in the scheme's unit, where theirs is in another."""
    for name in _stamp_headers(scheme):
        value = next((value for each, value in pairs if each == name), "")
        for original in _STAMP.findall(value)[:2]:
            seconds, unit = unit_of(original)
            written = _written(scheme, seconds)
            if not seconds or written == original:
                continue
            others = [pair for pair in pairs if pair[0] != name]
            headers = [*others, (name, value.replace(original, written, 1))]
            cause = "timestamp_in_milliseconds" if unit == "milliseconds" else "timestamp_form"
            yield cause, f"the timestamp is in {unit}", headers, written.encode(), original.encode()


def _stamp_headers(scheme: Scheme) -> Sequence[str]:
    if isinstance(scheme, HeaderScheme):
        return (scheme.timestamp_header or scheme.signature_headers[0],) if scheme.signs_timestamp else ()
    return [name for name in scheme.header_names if "timestamp" in name]


def unit_of(stamp: str) -> tuple[int, str]:
    """The Unix seconds that a timestamp means, 0 where it means none, and its unit in words."""
    if "-" in stamp or ":" in stamp:
        return _date(stamp), "words" if "," in stamp else "ISO 8601"
    whole = stamp.partition(".")[0]
    units = {10: 1, 13: 1_000, 16: 1_000_000, 19: 1_000_000_000}
    if len(whole) not in units:
        return 0, ""
    unit = _UNITS[units[len(whole)]]
    return int(whole) // units[len(whole)], unit if whole == stamp else f"{unit} with a fraction"


_UNITS = {1: "seconds", 1_000: "milliseconds", 1_000_000: "microseconds", 1_000_000_000: "nanoseconds"}


def _date(stamp: str) -> int:
    try:
        if "," in stamp:
            return int(parsedate_to_datetime(stamp).timestamp())
        when = datetime.fromisoformat(stamp.removesuffix(" UTC"))
        return int((when if when.utcoffset() is not None else when.replace(tzinfo=UTC)).timestamp())
    except (ValueError, TypeError, OverflowError):
        return 0


def _written(scheme: Scheme, seconds: int) -> str:
    try:
        return scheme.timestamp_unit[1](seconds) if isinstance(scheme, HeaderScheme) else str(seconds)
    except (ValueError, OverflowError, OSError):
        return ""
