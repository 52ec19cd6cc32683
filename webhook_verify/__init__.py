"""Verify webhook signatures, reject stale requests and deduplicate retries.

Examples:
    >>> from webhook_verify import Signer, Verifier
    >>> secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    >>> headers = Signer(secret).sign(b'{"type": "invoice.paid"}', id="msg_1")
    >>> Verifier(secret).verify(b'{"type": "invoice.paid"}', headers).id
    'msg_1'

(PYTEST_DONT_REWRITE: without it, pytest warns that this package, which has a plugin, is already imported.)
"""

from webhook_verify.delivery import Delivery
from webhook_verify.errors import (
    APIConnectionError,
    APIDecodeError,
    APIError,
    APIStatusError,
    APITimeoutError,
    InsecureURLWarning,
    InvalidSeal,
    InvalidSecret,
    KeyUnavailable,
    LongLeaseWarning,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SealMismatch,
    SealTooOld,
    ShortRetentionWarning,
    SignatureMismatch,
    TimestampOutsideTolerance,
    UnreadableEvent,
    WeakSecretWarning,
    WebhookVerifyError,
)
from webhook_verify.schemes import Scheme
from webhook_verify.secret import Secret
from webhook_verify.signer import Signer
from webhook_verify.verifier import Verifier

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.receiver import AsyncReceiver, Receiver
    from webhook_verify.sealed import open_sealed

__all__ = [
    "APIConnectionError",
    "APIDecodeError",
    "APIError",
    "APIStatusError",
    "APITimeoutError",
    "AsyncReceiver",
    "Delivery",
    "InsecureURLWarning",
    "InvalidSeal",
    "InvalidSecret",
    "KeyUnavailable",
    "LongLeaseWarning",
    "MalformedDelivery",
    "Reason",
    "Receiver",
    "RejectedDelivery",
    "Scheme",
    "SealMismatch",
    "SealTooOld",
    "Secret",
    "ShortRetentionWarning",
    "SignatureMismatch",
    "Signer",
    "TimestampOutsideTolerance",
    "UnreadableEvent",
    "Verifier",
    "WeakSecretWarning",
    "WebhookVerifyError",
    "__version__",
    "open_sealed",
]

__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    # An application that calls verify() directly does not need the import time of the receivers.
    if name in {"AsyncReceiver", "Receiver"}:
        from webhook_verify import receiver

        return getattr(receiver, name)
    if name == "open_sealed":
        from webhook_verify import sealed

        return sealed.open_sealed
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
