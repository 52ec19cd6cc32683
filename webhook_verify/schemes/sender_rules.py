"""How a provider retries and how it reads responses, as data of its scheme.

Most providers retry after every response that is not 2xx, but some take a 4xx status as final, and a few
want one response and no other. Most sign a retry again, but some send the first timestamp again, so that
a retry is as old as the schedule is long. Nothing here decides about a delivery.
"""

from __future__ import annotations

from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.http import WebhookResponse

__all__ = [
    "DEFAULT_RULES",
    "IN_FLIGHT_STATUS",
    "MAX_LEASE_SHARE",
    "RETRIES",
    "RETRY_GRACE",
    "ResponseRules",
    "check_retries",
]

RETRIES = ("unknown", "none", "new_timestamp", "keep_timestamp")
"""What a retry carries: not known, there is none, a timestamp of its own, or that of the first attempt."""

RETRY_GRACE = 300.0
"""Seconds that a retry with the first timestamp may be late, or that the clocks may differ."""

MAX_LEASE_SHARE = 0.5
"""The part of a retry schedule that a lease may take: a retry must come after it, also if one fails."""

IN_FLIGHT_STATUS = 503
"""The status for a delivery that is in flight elsewhere: some senders take every 4xx status as final."""

_MAX_RETRY_SECONDS = 366 * 86_400


@safe_repr
class ResponseRules:
    """How a provider reads the responses of an endpoint. Immutable.

    Args:
        in_flight_status: The status for a delivery that is being handled elsewhere, after which the provider
            retries: 400 to 599.
        rejection_status: The status for a delivery that is not genuine or not fresh: 400 to 599.
        has_body: Whether a response may have a body. If False, every response that the receiver makes by
            itself is empty, but for those of a handshake.

    Raises:
        TypeError: If a status is not an int, or `has_body` is not a bool.
        ValueError: If a status is out of range.
    """

    __slots__ = ("has_body", "in_flight_status", "rejection_status")

    in_flight_status: int
    rejection_status: int
    has_body: bool

    def __init__(
        self,
        *,
        in_flight_status: int = IN_FLIGHT_STATUS,
        rejection_status: int = 401,
        has_body: bool = True,
    ) -> None:
        object.__setattr__(self, "in_flight_status", _checked_status(in_flight_status, "in_flight_status"))
        object.__setattr__(self, "rejection_status", _checked_status(rejection_status, "rejection_status"))
        object.__setattr__(self, "has_body", _checked_bool(has_body))

    def with_in_flight_status(self, status: int | None) -> ResponseRules:
        """Return the rules with this status for a delivery in flight; the same rules for None."""
        if status is None:
            return self
        return ResponseRules(
            in_flight_status=status, rejection_status=self.rejection_status, has_body=self.has_body
        )

    def applied_to(self, response: WebhookResponse) -> WebhookResponse:
        """Return the response as the provider wants it: with its status for a rejection, or empty."""
        if response.status == 401 != self.rejection_status:
            response = response._replace(status=self.rejection_status)
        return response if self.has_body else response.without_body()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"ResponseRules are frozen: {name} cannot be set")

    def __reduce__(self) -> tuple[object, ...]:
        # Copying and pickling would otherwise set the slots, which is refused above.
        return _rules, (self.in_flight_status, self.rejection_status, self.has_body)

    def __repr__(self) -> str:
        return (
            f"ResponseRules(in_flight_status={self.in_flight_status}, "
            f"rejection_status={self.rejection_status}, has_body={self.has_body})"
        )


def check_retries(retries: object, retry_seconds: object) -> None:
    """Raise TypeError or ValueError unless these describe how a provider retries."""
    if retries not in RETRIES:
        raise ValueError(f"retries must be one of {', '.join(RETRIES)}; not {retries!r}")
    if isinstance(retry_seconds, bool) or not isinstance(retry_seconds, int | float):
        raise TypeError(f"retry_seconds must be a number, not {type(retry_seconds).__name__!r}")
    if not 0 <= retry_seconds <= _MAX_RETRY_SECONDS:
        raise ValueError("retry_seconds must be 0 to a year")
    if retries == "keep_timestamp" and not retry_seconds:
        raise ValueError("retries='keep_timestamp' needs retry_seconds, the length of the schedule")


def _checked_status(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__!r}")
    if not 400 <= value <= 599:
        raise ValueError(f"{name} must be 400 to 599, or the sender would not retry; not {value}")
    return value


def _checked_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"has_body must be a bool, not {type(value).__name__!r}")
    return value


def _rules(in_flight_status: int, rejection_status: int, has_body: bool) -> ResponseRules:
    """Return the rules that were pickled."""
    return ResponseRules(
        in_flight_status=in_flight_status, rejection_status=rejection_status, has_body=has_body
    )


DEFAULT_RULES = ResponseRules()
