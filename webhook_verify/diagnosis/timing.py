"""Causes of a timestamp outside the tolerance.

A late delivery, a provider's retry and a wrong clock look the same in one delivery: only the difference
between two clocks is known. So no cause is certain. An old timestamp suggests an old delivery first. A
timestamp in the future suggests a wrong clock first, because a delay cannot produce it, or local time in the
place of UTC if the difference is close to a UTC offset.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from webhook_verify.diagnosis.investigation import Investigation
from webhook_verify.diagnosis.model import Cause, Confidence
from webhook_verify.errors import TimestampOutsideTolerance
from webhook_verify.schemes import retry_window
from webhook_verify.schemes.jwt_token import UnverifiedToken
from webhook_verify.verifier import retry_window as accepted_retry_window

__all__ = ["has_valid_signature", "timing_causes"]

LIKELY, POSSIBLE = Confidence.LIKELY, Confidence.POSSIBLE

_TEN_YEARS_SECONDS = 300_000_000  # A larger difference suggests another unit rather than a wrong clock.
_MAX_OFFSET_SECONDS = 14 * 3600
# UTC offsets with a quarter hour, in quarter hours: Nepal, Eucla, the Chatham Islands.
_QUARTER_HOUR_OFFSETS = {23, 35, 51}
# The time from signing to receipt that is attributed to the network and to small clock differences.
_MAX_REQUEST_SECONDS = 3
_MIN_TRANSIT_SECONDS, _MAX_TRANSIT_SECONDS = 120, 300


def has_valid_signature(investigation: Investigation) -> bool:
    """Return whether the signature of a delivery with a rejected timestamp is valid.

    Args:
        investigation: The delivery, which the verifier rejected because of its timestamp.

    Returns:
        Whether the signature is valid. False if it cannot be checked without fetching a key.
    """
    if investigation.scheme.has_timestamp_in_body:
        return True  # The verifier checks a timestamp in the body after the signature.
    parsed = investigation.parse_headers()
    return parsed is not None and investigation.matches(parsed)


def timing_causes(investigation: Investigation, error: TimestampOutsideTolerance) -> Iterator[Cause]:
    """Yield the possible causes of a timestamp outside the tolerance, most likely first.

    Args:
        investigation: The rejected delivery.
        error: The verifier's rejection, which contains the difference in seconds.

    Yields:
        Causes with confidence `LIKELY` or `POSSIBLE`. One delivery never proves that a clock is wrong.
    """
    seconds, is_old = abs(error.skew), error.skew > 0
    difference = (
        f"the sender's timestamp is {seconds} s {'behind' if is_old else 'ahead of'} this machine's clock"
    )
    if claim := _claim_of(investigation, error):
        difference = f"the token's claim {claim} is {seconds} s in the {'past' if is_old else 'future'}"
    offset = _utc_offset(seconds, error.tolerance)
    has_other_unit = seconds > _TEN_YEARS_SECONDS
    if has_other_unit:
        yield Cause("timestamp_form", LIKELY, f"{difference}: its unit may differ from the scheme's")
    retries = list(_retry_causes(investigation, error)) if is_old else []
    zone = f"{difference}, which is close to a UTC offset of {offset}"
    if (
        is_old
        and not any(cause.confidence is LIKELY for cause in retries)
        and _is_exact_offset(seconds, offset)
    ):
        # An old delivery is that close to a whole offset with a probability of 1 in 600.
        yield Cause("time_zone", LIKELY, f"{zone} and the time that a request takes")
    yield from retries
    if is_old:
        yield Cause("delivery_too_old", LIKELY, difference if claim else f"the timestamp is {seconds} s old")
    yield Cause("clock_skew", POSSIBLE if is_old or has_other_unit or offset else LIKELY, difference)
    if offset:
        # A clock is rarely wrong by whole hours, but an old delivery may be a retry after that time.
        confidence = POSSIBLE if is_old else LIKELY
        yield Cause("time_zone", confidence, zone)


def _retry_causes(investigation: Investigation, error: TimestampOutsideTolerance) -> Iterator[Cause]:
    """Yield the provider's retry, if its retry schedule is as long as the delivery is old."""
    scheme = investigation.scheme
    title = scheme.docs.title or scheme.name
    schedule = f"{title} retries for {scheme.retry_seconds:g} s"
    if error.skew <= retry_window(scheme):
        remedy = "a replay guard makes the receiver accept such retries"
        if not accepted_retry_window(investigation.verifier):
            remedy = (
                "the verifier's own `tolerance` excludes such retries; without it, a replay guard makes the "
                "receiver accept them"
            )
        yield Cause(
            "provider_retry",
            LIKELY,
            f"{schedule} with the timestamp of the first attempt, and this one is {error.skew} s old; "
            f"{remedy}",
        )
    elif scheme.signs_timestamp and scheme.retries == "unknown" and error.skew <= scheme.retry_seconds:
        yield Cause(
            "provider_retry",
            POSSIBLE,
            f"{schedule}, and whether a retry has a new timestamp is not documented; if it does not, "
            "a longer `tolerance` and a replay guard are necessary",
        )


def _claim_of(investigation: Investigation, error: TimestampOutsideTolerance) -> str:
    """Return the claim of a token whose time was rejected, or "" if the time is not that of a token."""
    parsed = investigation.parse_headers() if investigation.scheme.has_lifetime else None
    time = math.floor(investigation.verifier.now()) - error.skew
    for _, token in parsed[2] if parsed is not None else ():
        if isinstance(token, UnverifiedToken):
            return next((name for name in ("exp", "nbf", "iat") if token.claims.get(name) == time), "")
    return ""


def _is_exact_offset(seconds: int, offset: str) -> bool:
    """Return whether a difference is an offset of at least two hours plus the time of a request.

    Providers retry after an hour. A round difference suggests a replay by hand.
    """
    return offset >= "02:00" and 1 <= seconds % 900 <= _MAX_REQUEST_SECONDS


def _utc_offset(seconds: int, tolerance: float) -> str:
    """Return the UTC offset that explains a difference, such as `05:30`, or ""."""
    transit = min(max(tolerance, _MIN_TRANSIT_SECONDS), _MAX_TRANSIT_SECONDS)
    step = 900 if round(seconds / 900) in _QUARTER_HOUR_OFFSETS else 1800
    offset = round(seconds / step) * step
    if not 1800 <= offset <= _MAX_OFFSET_SECONDS or abs(seconds - offset) > transit:
        return ""
    return f"{offset // 3600:02}:{offset % 3600 // 60:02}"
