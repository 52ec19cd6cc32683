"""How a provider retries and how it interprets responses, as data of its scheme.

Most providers retry after every response that is not 2xx, but some treat a 4xx status as final, and a few
require a specific response. Most sign a retry again, but some repeat the first timestamp, so that a retry can
be as old as the retry schedule is long. Nothing here decides about a delivery.
"""

from __future__ import annotations

from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.http import WebhookResponse

__all__ = [
    "ACCEPTED_STATUS",
    "DEFAULT_RULES",
    "ID_ON_RETRY",
    "IN_FLIGHT_STATUS",
    "MAX_LEASE_SHARE",
    "RETRIES",
    "RETRY_GRACE",
    "ResponseRules",
    "check_identity",
    "check_retries",
]

RETRIES = ("unknown", "none", "new_timestamp", "keep_timestamp")
"""The possible values of `retries`: unknown, no retries, a new timestamp, or that of the first attempt."""

ID_ON_RETRY = ("unknown", "kept", "new")
"""The possible values of `id_on_retry`: unknown, the id of the first attempt, or another id per attempt."""

RETRY_GRACE = 300.0
"""The extra age of a retry with the first timestamp, for delays and clock differences, in seconds."""

MAX_LEASE_SHARE = 0.5
"""The maximum share of the retry schedule for a lease, so that a retry follows even if one retry fails."""

ACCEPTED_STATUS = 202
"""The status of the receiver's response to a delivery that its inbox has stored."""

IN_FLIGHT_STATUS = 503
"""The status for a delivery in flight elsewhere. Some senders treat every 4xx status as final."""

_MAX_RETRY_SECONDS = 366 * 86_400


@safe_repr
class ResponseRules:
    """How a provider interprets the responses of an endpoint. Immutable.

    Args:
        in_flight_status: The status for a delivery that is being handled elsewhere, after which the provider
            retries: 400 to 599.
        rejection_status: The status for a delivery that is not authentic or not fresh: 400 to 599.
        has_body: Whether a response may have a body. If False, the receiver's own responses are empty, except
            those to a handshake.
        final_status: The status after which the provider does not retry, for a rejection that no retry can
            change: 400 to 599, or None for no such status.
        accepted_status: The status of the response to a delivery that an inbox has stored, such as 200 for a
            provider that retries after any other: 200 to 299.

    Raises:
        TypeError: If a status is not an int, or `has_body` is not a bool.
        ValueError: If a status is out of range.
    """

    __slots__ = ("accepted_status", "final_status", "has_body", "in_flight_status", "rejection_status")

    in_flight_status: int
    rejection_status: int
    has_body: bool
    final_status: int | None
    accepted_status: int

    def __init__(
        self,
        *,
        in_flight_status: int = IN_FLIGHT_STATUS,
        rejection_status: int = 401,
        has_body: bool = True,
        final_status: int | None = None,
        accepted_status: int = ACCEPTED_STATUS,
    ) -> None:
        object.__setattr__(self, "in_flight_status", _checked_status(in_flight_status, "in_flight_status"))
        object.__setattr__(self, "rejection_status", _checked_status(rejection_status, "rejection_status"))
        object.__setattr__(self, "has_body", _checked_bool(has_body))
        checked = None if final_status is None else _checked_status(final_status, "final_status")
        object.__setattr__(self, "final_status", checked)
        object.__setattr__(self, "accepted_status", _checked_accepted(accepted_status))

    def with_in_flight_status(self, status: int | None) -> ResponseRules:
        """Return the rules with another status for a delivery in flight.

        Args:
            status: The status, or None for no change.

        Returns:
            The rules.
        """
        if status is None:
            return self
        return _rules(status, *_options_of(self)[1:])

    def applied_to(self, response: WebhookResponse) -> WebhookResponse:
        """Adapt a response of the receiver to these rules.

        Args:
            response: The response.

        Returns:
            The response, with the status for a rejection or for a stored delivery, and without a body if the
            rules require that.
        """
        if response.status == 401 != self.rejection_status:
            response = response._replace(status=self.rejection_status)
        elif response.status == ACCEPTED_STATUS != self.accepted_status:
            response = response._replace(status=self.accepted_status)
        return response if self.has_body else response.without_body()

    def applied_to_final(self, response: WebhookResponse) -> WebhookResponse:
        """Adapt the response to a rejection that no retry can change.

        Args:
            response: The response.

        Returns:
            The response, with `final_status` if the provider has one.
        """
        if self.final_status is not None:
            response = response._replace(status=self.final_status)
        return self.applied_to(response)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"ResponseRules is frozen: cannot set {name}")

    def __reduce__(self) -> tuple[object, ...]:
        # By default, copying and pickling set the slots, which __setattr__ rejects.
        return _rules, _options_of(self)

    def __repr__(self) -> str:
        return (
            f"ResponseRules(in_flight_status={self.in_flight_status}, "
            f"rejection_status={self.rejection_status}, has_body={self.has_body}, "
            f"final_status={self.final_status}, accepted_status={self.accepted_status})"
        )


def check_retries(retries: object, retry_seconds: object) -> None:
    """Check the options that describe how a provider retries.

    Args:
        retries: One of `RETRIES`.
        retry_seconds: The length of the retry schedule in seconds.

    Raises:
        TypeError: If `retry_seconds` is not a number.
        ValueError: If `retries` is unknown, `retry_seconds` is out of range, or `keep_timestamp` has no
            schedule.
    """
    if retries not in RETRIES:
        raise ValueError(f"retries must be one of {', '.join(RETRIES)}; not {retries!r}")
    if isinstance(retry_seconds, bool) or not isinstance(retry_seconds, int | float):
        raise TypeError(f"retry_seconds must be a number, not {type(retry_seconds).__name__!r}")
    if not 0 <= retry_seconds <= _MAX_RETRY_SECONDS:
        raise ValueError(f"retry_seconds must be 0 to {_MAX_RETRY_SECONDS} (one year), not {retry_seconds!r}")
    if retries == "keep_timestamp" and not retry_seconds:
        raise ValueError("retries='keep_timestamp' requires retry_seconds, the length of the retry schedule")


def check_identity(id_on_retry: object, *flags: object) -> None:
    """Check the options that describe what a message is known by.

    Args:
        id_on_retry: One of `ID_ON_RETRY`.
        flags: The values of `body_is_unique` and `answer_is_data`.

    Raises:
        TypeError: If a flag is not a bool.
        ValueError: If `id_on_retry` is unknown.
    """
    if id_on_retry not in ID_ON_RETRY:
        raise ValueError(f"id_on_retry must be one of {', '.join(ID_ON_RETRY)}; not {id_on_retry!r}")
    for name, flag in zip(("body_is_unique", "answer_is_data"), flags, strict=False):
        if not isinstance(flag, bool):
            raise TypeError(f"{name} must be a bool, not {type(flag).__name__!r}")


def _checked_status(value: object, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, not {type(value).__name__!r}")
    if not 400 <= value <= 599:
        raise ValueError(f"{name} must be 400 to 599, so that the sender retries; not {value}")
    return value


def _checked_bool(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(f"has_body must be a bool, not {type(value).__name__!r}")
    return value


def _checked_accepted(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"accepted_status must be an int, not {type(value).__name__!r}")
    if not 200 <= value <= 299:
        raise ValueError(
            f"accepted_status must be 200 to 299, so that the sender does not retry; not {value}"
        )
    return value


def _options_of(rules: ResponseRules) -> tuple[int, int, bool, int | None, int]:
    own = rules.in_flight_status, rules.rejection_status, rules.has_body
    return *own, rules.final_status, rules.accepted_status


def _rules(
    in_flight_status: int,
    rejection_status: int,
    has_body: bool,
    final_status: int | None = None,
    accepted_status: int = ACCEPTED_STATUS,
) -> ResponseRules:
    """Recreate pickled rules."""
    return ResponseRules(
        in_flight_status=in_flight_status,
        rejection_status=rejection_status,
        has_body=has_body,
        final_status=final_status,
        accepted_status=accepted_status,
    )


DEFAULT_RULES = ResponseRules()
