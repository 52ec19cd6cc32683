"""Conversion of the times and durations in arguments to seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

__all__ = ["optional_unix_time", "tolerance_seconds", "unix_time"]

_MAX_SECONDS = 2.0**62  # finite, and small enough for exact arithmetic


def tolerance_seconds(tolerance: object, name: str = "tolerance") -> float:
    """Return a tolerance in seconds."""
    if isinstance(tolerance, timedelta):
        tolerance = tolerance.total_seconds()
    if isinstance(tolerance, bool) or not isinstance(tolerance, int | float):
        raise TypeError(
            f"{name} must be a timedelta or a number of seconds, not {type(tolerance).__name__!r}"
        )
    # A comparison with NaN is always false, so NaN must not disable the check.
    if not 0 < tolerance < _MAX_SECONDS:
        raise ValueError(f"{name} must be finite and longer than zero: it cannot be disabled")
    return tolerance


def unix_time(received_at: object) -> float:
    """Return the time of receipt in Unix seconds."""
    if isinstance(received_at, datetime):
        if received_at.utcoffset() is None:
            raise ValueError("received_at has no time zone: use an aware datetime or Unix seconds")
        return received_at.timestamp()
    if isinstance(received_at, bool) or not isinstance(received_at, int | float):
        raise TypeError(
            f"received_at must be Unix seconds or an aware datetime, not {type(received_at).__name__!r}"
        )
    if not -_MAX_SECONDS < received_at < _MAX_SECONDS:
        raise ValueError("received_at must be finite, in Unix seconds")
    return received_at


def optional_unix_time(name: str, when: object, default: float) -> float:
    """Return the time of an aware datetime in Unix seconds, and `default` for None."""
    if when is None:
        return default
    if not isinstance(when, datetime):
        raise TypeError(f"{name} must be an aware datetime or None, not {type(when).__name__!r}")
    if when.utcoffset() is None:
        raise ValueError(
            f"{name} has no time zone: use an aware datetime, such as datetime.now(timezone.utc)"
        )
    return when.timestamp()
