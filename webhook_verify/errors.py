"""Everything this library raises, in one tree.

::

    WebhookVerifyError
    ├─ RejectedDelivery              the sender's side is at fault; adapters catch only this
    │  ├─ MalformedDelivery          400  a header or the body is missing or unreadable; 413 too large
    │  ├─ TimestampOutsideTolerance  401  .skew .tolerance; the reason tells too_old from too_new
    │  ├─ SignatureMismatch          401
    │  └─ KeyUnavailable             503  the key cannot be fetched now: the sender should come again
    ├─ UnreadableEvent               422  genuine, but the payload is not what the type promises; .path
    ├─ InvalidSecret (ValueError)         at construction; never shows the secret
    └─ APIError                           a management API call failed
       ├─ APIStatusError                  the server answered with an error status; .status .code .problems
       ├─ APIConnectionError              no answer: nothing could be sent, or the connection broke
       │  └─ APITimeoutError              no answer in time
       └─ APIDecodeError                  the answer is not what the operation promises

A message is for people, an attribute is for programs. No error carries a secret, a signature or a
received body: an error may travel to a log, a tracker or another process as it is.
"""

from __future__ import annotations

from enum import StrEnum

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
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
    "InvalidSecret",
    "KeyUnavailable",
    "LongLeaseWarning",
    "MalformedDelivery",
    "Reason",
    "RejectedDelivery",
    "ShortRetentionWarning",
    "SignatureMismatch",
    "TimestampOutsideTolerance",
    "UnreadableEvent",
    "WeakSecretWarning",
    "WebhookVerifyError",
]


class Reason(StrEnum):
    """Why a delivery was rejected: one stable word per cause, for logs, counters and exit codes."""

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
        """The HTTP status that answers a delivery rejected for this reason: 400, 401, 413 or 503."""
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
    """The root: catch this to catch everything the library raises on purpose."""


class RejectedDelivery(WebhookVerifyError):
    """A delivery that must not be acted on. The sender's side, or somebody else, is at fault.

    Except in :class:`KeyUnavailable`, where nobody can tell yet.

    ``reason`` is a :class:`Reason`. ``scheme`` and ``message_id`` tell, for a log, which delivery it
    claims to be: the id as the headers had it, unverified; None where there was none, one that is not
    printable, or one of more than 42 characters, which may be a signature in the wrong header. ``seconds``
    is the time that was spent on verifying it, where a receiver's observer asks for it.
    """

    message_id: str | None = None
    scheme: str | None = None
    seconds: float = 0.0
    _detail = ""  # of an object whose constructor has not run

    def __init__(self, reason: Reason, detail: str) -> None:
        self.args = (reason, detail)  # BaseException.__new__ leaves out what is given by keyword
        self.reason = reason
        self._detail = detail

    @property
    def detail(self) -> str:
        """What is wrong, for the receiver's own log: it must not be sent back."""
        return self._detail

    def with_context(self, message_id: str, scheme: str) -> Self:
        """This error, of the delivery of that id and scheme."""
        is_shown = 0 < len(message_id) <= _MAX_MESSAGE_ID_CHARS and message_id.isprintable()
        self.message_id = message_id if is_shown else None
        self.scheme = scheme
        return self

    @property
    def status_hint(self) -> int:
        """The HTTP status that an adapter answers with: 400, 401, 413 or 503."""
        return self.reason.status_hint

    def __str__(self) -> str:
        return self.detail


class MalformedDelivery(RejectedDelivery):
    """A required header is missing, ambiguous or unreadable (400), or the body is over the limit (413).

    Also a body that is not what the scheme signs, such as no JSON where that is signed (400).
    """


class TimestampOutsideTolerance(RejectedDelivery):
    """The delivery was signed too long ago or too far in the future (401).

    ``skew`` is the receiver's clock minus the sender's timestamp in whole seconds: positive for an
    old delivery, negative for one from the future. ``tolerance`` is the bound in seconds.
    ``retry_seconds`` is how long the provider retries, if it may be a retry with the first timestamp.
    """

    skew = 0
    tolerance = retry_seconds = 0.0

    def __init__(self, skew: int, tolerance: float, retry_seconds: float = 0.0) -> None:
        self.args = (skew, tolerance, retry_seconds) if retry_seconds else (skew, tolerance)
        self.reason = Reason.TOO_OLD if skew > 0 else Reason.TOO_NEW
        self.skew = skew
        self.tolerance = tolerance
        self.retry_seconds = retry_seconds

    @property
    def detail(self) -> str:
        """How far off the timestamp is, in seconds."""
        side = "older" if self.skew > 0 else "newer"
        advice = "Check the clocks, or widen the tolerance."
        if self.retry_seconds:
            advice = (
                f"This provider retries for {self.retry_seconds:g} s with the first timestamp: give the "
                "receiver a replay guard, or the verifier a tolerance of that length."
            )
        return (
            f"the timestamp is {abs(self.skew)} s {side} than this machine's clock; at most "
            f"{self.tolerance:g} s are tolerated. {advice}"
        )


class SignatureMismatch(RejectedDelivery):
    """No signature of the delivery was made with a secret that is valid here (401)."""


class KeyUnavailable(RejectedDelivery):
    """The key that the delivery names cannot be fetched now, so nobody knows whether it is genuine (503).

    A receiver asks the sender to come again, with ``Retry-After``: nothing is lost.
    """


class UnreadableEvent(WebhookVerifyError):
    """The delivery is genuine, but its payload is not the event that its type promises.

    ``path`` names the place, such as ``data.endpointId``; it is ``""`` for the payload as a whole.
    ``status_hint`` is 422.
    """

    status_hint = 422
    detail = path = ""

    def __init__(self, detail: str, path: str = "") -> None:
        super().__init__(detail, path)
        self.detail = detail
        self.path = path

    def __str__(self) -> str:
        return f"{self.path}: {self.detail}" if self.path else self.detail


class InvalidSecret(WebhookVerifyError, ValueError):
    """A secret that cannot be used: empty, not base64, or of the wrong kind. Never shows the secret."""


class LongLeaseWarning(UserWarning):
    """The lease of a replay guard may outlast the provider's retries: a message whose worker dies is lost."""


class ShortRetentionWarning(UserWarning):
    """A replay guard forgets deliveries of a scheme that signs no time: then a captured one passes again."""


class WeakSecretWarning(UserWarning):
    """An HMAC key that is all zeros, or shorter than it should be.

    Standard Webhooks 1.0.0 asks for 24 bytes; of a provider that names no length, fewer than 16 warn.
    """


class InsecureURLWarning(UserWarning):
    """A client of a management API sends its token over HTTP without encryption: use an https:// URL."""


class APIError(WebhookVerifyError):
    """A call to a provider's management API failed.

    ``request_id`` names the call for the provider's support: the id that the server told or, without
    one, that the client sent; None where there is neither. ``headers`` are those of the answer, names
    in lower case, and ``body`` is its raw bytes; both are empty where no answer came.
    """

    request_id: str | None = None
    headers: Mapping[str, str] = {}
    body: bytes = b""


class APIStatusError(APIError):
    """The server answered with an error status, or redirected.

    ``status`` is its code. ``code`` is the provider's word for the error and ``detail`` its text,
    None and "" where the body tells none. ``problems`` lists what is wrong with the request itself,
    as (location, message): ``("body.url", "field required")``. ``retry_after`` is how long the server
    asks to wait, in seconds; None if it does not ask.
    """

    status = 0
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
        return f"the server answered {words}" + (f": {self.detail}" if self.detail else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}(status={self.status})"


class APIConnectionError(APIError):
    """No answer came: nothing could be sent, or the connection broke."""


class APITimeoutError(APIConnectionError):
    """No answer came within the time that the call was given."""


class APIDecodeError(APIError):
    """The server's answer is not what the operation promises. ``status`` is its code, None if unknown."""

    status: int | None = None
