"""The results of a verification: a delivery or a rejection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from webhook_verify.delivery import LAST_SECOND, Delivery, allocate_delivery, make_delivery, set_parts
from webhook_verify.errors import MalformedDelivery, Reason, SignatureMismatch
from webhook_verify.schemes import ParsedHeaders, Scheme, SignatureCheck

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.keys import VerifyingKey

__all__ = [
    "LabelledKey",
    "body_too_large",
    "clamp_to_timestamp",
    "delivery_with_signed_parts",
    "join_contents",
    "needs_scheme",
    "signature_mismatch",
    "verify_body",
]

LabelledKey = tuple[str, "VerifyingKey", Callable[[float], bool] | None]
"""(label, key, window). Without a window, the secret is always valid. A tuple, for the hot path."""

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


def verify_body(
    parsed: ParsedHeaders,
    keys: Iterable[LabelledKey],
    body: bytes,
    scheme: str,
    partial_scheme: Scheme | None,
) -> Delivery:
    """Verify a complete body whose headers are checked.

    Args:
        parsed: The parsed headers.
        keys: The keys to try.
        body: The received body.
        scheme: The name of the scheme.
        partial_scheme: The scheme, if it does not sign all of id, timestamp and body.

    Returns:
        The verified delivery.

    Raises:
        SignatureMismatch: If no signature is valid.
    """
    _, _, signatures, before, after, _ = parsed
    for label, key, _ in keys:
        if key.verify(signatures, before, body, after):
            if partial_scheme is not None:
                return delivery_with_signed_parts(parsed, body, label, partial_scheme)
            delivery = allocate_delivery()
            set_parts(delivery, (parsed[0], parsed[1], body, scheme, label, parsed[5]))
            return delivery
    mismatch: SignatureMismatch = signature_mismatch(parsed[0], scheme)
    raise mismatch


def needs_scheme(scheme: Scheme) -> bool:
    """Return whether a delivery needs its scheme: to read its body, or because a part is not signed.

    Args:
        scheme: The scheme.

    Returns:
        Whether the delivery must refer to the scheme.
    """
    needs_body = scheme.has_id_in_body or scheme.json_form_field != ""
    return needs_body or not (scheme.signs_id and scheme.signs_timestamp and scheme.signs_body)


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
