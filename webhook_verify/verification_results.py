"""The results of a verification: a delivery or a rejection."""

from __future__ import annotations

from collections.abc import Sequence

from webhook_verify.delivery import LAST_SECOND, Delivery, make_delivery
from webhook_verify.errors import MalformedDelivery, Reason, SignatureMismatch
from webhook_verify.schemes import ParsedHeaders, Scheme, SignatureCheck

__all__ = [
    "body_too_large",
    "clamp_to_timestamp",
    "delivery_with_signed_parts",
    "join_contents",
    "signature_mismatch",
]

_NO_MATCH = "no signature matches any configured secret"


def delivery_with_signed_parts(parsed: ParsedHeaders, body: bytes, label: str, scheme: Scheme) -> Delivery:
    """Create the delivery of a scheme that does not sign all of id, timestamp and body.

    Args:
        parsed: The parsed headers.
        body: The received body.
        label: The label of the secret that matched.
        scheme: The scheme.

    Returns:
        The delivery.
    """
    message_id, timestamp, _, before, after, event_type = parsed
    signed = scheme, body, before, body, after
    return make_delivery(message_id, timestamp, body, scheme.name, label, event_type, signed)


def join_contents(checks: Sequence[SignatureCheck]) -> tuple[bytes, bytes, bytes]:
    """Join the signed contents of several checks, each with a length prefix to make it unambiguous.

    Args:
        checks: The checks that have matched. A single content is not framed.

    Returns:
        The signed content in three parts.
    """
    if len(checks) == 1:
        return checks[0][1:]
    contents = (b"".join(parts) for _, *parts in checks)
    return b"", b"".join(b"%d:%b" % (len(content), content) for content in contents), b""


def body_too_large(limit: float) -> MalformedDelivery:
    """Return the rejection of a body that exceeds the limit.

    Args:
        limit: The limit, in bytes.

    Returns:
        The rejection.
    """
    return MalformedDelivery(Reason.BODY_TOO_LARGE, f"the body is larger than the limit of {limit:.0f} bytes")


def signature_mismatch(message_id: str, scheme: str) -> SignatureMismatch:
    """Return the rejection of a delivery without a valid signature.

    Args:
        message_id: The unverified id of the delivery, or "".
        scheme: The name of the scheme.

    Returns:
        The rejection.
    """
    return SignatureMismatch(Reason.SIGNATURE_MISMATCH, _NO_MATCH).with_context(message_id, scheme)


def clamp_to_timestamp(now: float) -> int:
    """Return the time of a clock as a timestamp that a datetime can represent.

    Args:
        now: The time, in Unix seconds.

    Returns:
        The timestamp, in Unix seconds.
    """
    return int(min(max(now, 0), LAST_SECOND))
