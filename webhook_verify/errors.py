"""All exceptions and warnings of this library.

    WebhookVerifyError
    ├─ RejectedDelivery              the request is at fault; adapters catch only this
    │  ├─ MalformedDelivery          400  a header or the body is missing or invalid; 413 too large
    │  ├─ TimestampOutsideTolerance  401  .skew .tolerance; the reason is too_old or too_new
    │  ├─ SignatureMismatch          401
    │  └─ KeyUnavailable             503  the key cannot be fetched now: the sender should retry
    ├─ UnreadableEvent               422  verified, but the payload does not match the event type; .path
    ├─ InvalidSecret (ValueError)         at construction; never contains the secret
    ├─ InvalidSeal                        the bytes are not a sealed delivery
    │  ├─ SealMismatch                    changed, or sealed with another key or for another namespace
    │  └─ SealTooOld                      sealed longer ago than .max_age; .age
    └─ APIError                           a management API call failed
       ├─ APIStatusError                  the server returned an error status; .status .code .problems
       ├─ APIConnectionError              no response: the request was not sent, or the connection broke
       │  └─ APITimeoutError              no response within the timeout
       └─ APIDecodeError                  the response does not match the operation

Messages are for people, attributes are for programs. No error contains a secret, a signature or the body of a
delivery, so an error can be logged or sent to an error tracker unchanged.
"""

from __future__ import annotations

from enum import StrEnum

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

__all__ = [
    "APIConnectionError",
    "APIDecodeError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "InsecureURLWarning",
    "InvalidSeal",
    "InvalidSecret",
    "KeyUnavailable",
    "LongLeaseWarning",
    "MalformedDelivery",
    "Reason",
    "RejectedDelivery",
    "SealMismatch",
    "SealTooOld",
    "ShortRetentionWarning",
    "SignatureMismatch",
    "TimestampOutsideTolerance",
    "UnreadableEvent",
    "WeakSecretWarning",
    "WebhookVerifyError",
]


class Reason(StrEnum):
    """The reason of a rejection: one stable word per cause, for logs, metrics and exit codes."""

    MISSING_HEADER = "missing_header"
    DUPLICATE_HEADER = "duplicate_header"
    UNREADABLE_HEADER = "unreadable_header"
    UNREADABLE_BODY = "unreadable_body"
    BODY_TOO_LARGE = "body_too_large"
    TOO_OLD = "too_old"
    TOO_NEW = "too_new"
    SIGNATURE_MISMATCH = "signature_mismatch"
    NO_SECRET = "no_secret"
    KEY_UNAVAILABLE = "key_unavailable"

    @property
    def status_hint(self) -> int:
        """The HTTP status code of the response to a delivery with this reason: 400, 401, 413 or 503."""
        return _STATUS.get(self, 401)


_STATUS = {
    Reason.MISSING_HEADER: 400,
    Reason.DUPLICATE_HEADER: 400,
    Reason.UNREADABLE_HEADER: 400,
    Reason.UNREADABLE_BODY: 400,
    Reason.BODY_TOO_LARGE: 413,
    Reason.KEY_UNAVAILABLE: 503,
}


_MAX_MESSAGE_ID_CHARS = 42  # a SHA-256 MAC in base64 has 43 characters without its padding


class WebhookVerifyError(Exception):
    """The base class of all errors that this library raises intentionally."""


class RejectedDelivery(WebhookVerifyError):
    """A delivery that failed verification. Do not process it.

    In a `KeyUnavailable`, the verification could not be finished, so the delivery may be genuine.

    Args:
        reason: The reason of the rejection.
        detail: The description of the problem, for the log of the receiver.

    Attributes:
        reason: The reason of the rejection, a `Reason`.
        scheme: The name of the scheme, or None.
        message_id: The unverified id in the headers, for the log. None if the id is missing, is not
            printable, or has more than 42 characters, because it may then be a signature in the wrong header.
        seconds: The duration of the verification in seconds, if the receiver has an observer.
    """

    message_id: str | None = None
    scheme: str | None = None
    seconds: float = 0.0
    _detail = ""  # for an object whose constructor has not run

    def __init__(self, reason: Reason, detail: str) -> None:
        self.args: tuple[object, ...] = (reason, detail)  # BaseException.__new__ omits keyword arguments
        self.reason = reason
        self._detail = detail

    @property
    def detail(self) -> str:
        """The description of the problem, for the log of the receiver. Do not return it to the sender."""
        return self._detail

    def with_context(self, message_id: str, scheme: str) -> Self:
        """Set the message id and the scheme of the delivery.

        Args:
            message_id: The unverified id in the headers, or "".
            scheme: The name of the scheme.

        Returns:
            This error.
        """
        is_shown = 0 < len(message_id) <= _MAX_MESSAGE_ID_CHARS and message_id.isprintable()
        self.message_id = message_id if is_shown else None
        self.scheme = scheme
        return self

    @property
    def status_hint(self) -> int:
        """The HTTP status code of the response: 400, 401, 413 or 503."""
        return self.reason.status_hint

    def __str__(self) -> str:
        return self.detail


class MalformedDelivery(RejectedDelivery):
    """A required header is missing, ambiguous or invalid (400), or the body exceeds the limit (413).

    Also a body that the scheme cannot read, such as invalid JSON if the scheme signs fields of it (400).
    """


class TimestampOutsideTolerance(RejectedDelivery):
    """The timestamp of the delivery is too old or too far in the future (401).

    Args:
        skew: The receiver's clock minus the sender's timestamp, in whole seconds. Positive for an old
            delivery, negative for a timestamp in the future.
        tolerance: The largest accepted skew, in seconds.
        retry_seconds: How long the provider retries, in seconds, if the delivery may be a retry with the
            timestamp of the first attempt. 0 otherwise.
    """

    skew: int = 0
    tolerance: float = 0.0
    retry_seconds: float = 0.0

    def __init__(self, skew: int, tolerance: float, retry_seconds: float = 0.0) -> None:
        context = (skew, tolerance, retry_seconds) if retry_seconds else (skew, tolerance)
        self.args: tuple[object, ...] = context
        self.reason = Reason.TOO_OLD if skew > 0 else Reason.TOO_NEW
        self.skew = skew
        self.tolerance = tolerance
        self.retry_seconds = retry_seconds

    @property
    def detail(self) -> str:
        """The distance of the timestamp in seconds, and advice."""
        side = "older" if self.skew > 0 else "newer"
        advice = "Check the clocks, or increase the tolerance."
        if self.retry_seconds:
            advice = (
                f"This provider retries for {self.retry_seconds:g} s with the first timestamp: pass a replay "
                "guard to the receiver, or a tolerance of that length to the verifier."
            )
        return (
            f"the timestamp is {abs(self.skew)} s {side} than this machine's clock; the tolerance is "
            f"{self.tolerance:g} s. {advice}"
        )


class SignatureMismatch(RejectedDelivery):
    """No signature of the delivery matches a configured secret that is currently valid (401)."""


class KeyUnavailable(RejectedDelivery):
    """The key that the delivery names cannot be fetched now, so it could not be verified (503).

    A receiver responds with `Retry-After`, so that the sender retries and the delivery is not lost.
    """


class UnreadableEvent(WebhookVerifyError):
    """The delivery is verified, but its payload does not match the event type (422).

    Args:
        detail: The description of the problem.
        path: The path of the invalid field, such as `data.endpointId`; "" for the whole payload.
    """

    status_hint = 422
    detail: str = ""
    path: str = ""

    def __init__(self, detail: str, path: str = "") -> None:
        super().__init__(detail, path)
        self.detail = detail
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}" if self.path else self.detail


class InvalidSecret(WebhookVerifyError, ValueError):
    """An unusable secret: empty, not base64, or of the wrong kind. The message never contains the secret."""


class InvalidSeal(WebhookVerifyError):
    """The bytes are not a sealed delivery. Do not process them."""


class SealMismatch(InvalidSeal):
    """A sealed delivery was changed, or sealed with an unknown key or for another namespace."""


class SealTooOld(InvalidSeal):
    """A sealed delivery was in the queue for too long.

    Args:
        age: The time since the sealing, in whole seconds.
        max_age: The longest accepted time, in seconds.
    """

    age: int = 0
    max_age: float = 0.0

    def __init__(self, age: int, max_age: float) -> None:
        super().__init__(age, max_age)
        self.age = age
        self.max_age = max_age

    def __str__(self) -> str:
        return (
            f"the delivery was sealed {self.age} s ago; max_age is {self.max_age:g} s. Check whether the "
            "workers keep up, or increase max_age"
        )


class LongLeaseWarning(UserWarning):
    """The lease of a replay guard may outlast the provider's retries, so a crash could lose a message."""


class ShortRetentionWarning(UserWarning):
    """The scheme signs no timestamp, so a captured delivery is accepted again after the guard's retention."""


class WeakSecretWarning(UserWarning):
    """An HMAC key that is all zeros or too short, or another credential, such as an API key.

    Standard Webhooks 1.0.0 requires 24 bytes. For providers that document no length, the limit is 16 bytes.
    """


class InsecureURLWarning(UserWarning):
    """A management API client sends its token over unencrypted HTTP. Use an https:// URL."""


class APIError(WebhookVerifyError):
    """A call to a provider's management API failed.

    Attributes:
        request_id: The id of the call for the provider's support: the id in the response, else the id that
            the client sent, else None.
        headers: The headers of the response, with lower-case names. Empty without a response.
        body: The raw body of the response. Empty without a response.
    """

    request_id: str | None = None
    headers: Mapping[str, str] = {}
    body: bytes = b""


class APIStatusError(APIError):
    """The server returned an error status code, or a redirect.

    Args:
        status: The status code.
        body: The raw body of the response.

    Attributes:
        code: The provider's error code in the body, or None.
        detail: The provider's error message in the body, or "".
        problems: The validation errors of the request as (location, message) pairs, such as
            `("body.url", "field required")`.
        retry_after: How long the server asks the client to wait, in seconds, or None.
    """

    status: int = 0
    code: str | None = None
    detail: str = ""
    problems: tuple[tuple[str, str], ...] = ()
    retry_after: float | None = None

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status, body)
        self.status = status
        self.body = body

    def __str__(self) -> str:
        words = " ".join(word for word in (str(self.status), self.code) if word)
        return f"the server returned {words}" + (f": {self.detail}" if self.detail else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status})"


class APIConnectionError(APIError):
    """No response: the request could not be sent, or the connection broke."""


class APITimeoutError(APIConnectionError):
    """No response within the timeout of the call."""


class APIDecodeError(APIError):
    """The response does not match the documented result of the operation.

    Attributes:
        status: The status code of the response, or None if unknown.
    """

    status: int | None = None
