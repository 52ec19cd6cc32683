"""What a verified delivery is known by, see `Delivery.identity`."""

from __future__ import annotations

from hashlib import sha256

__all__ = ["identity_of", "unsigned_id_digest"]

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.delivery_parts import Identity, Parts


def identity_of(message_id: str, is_signed: bool, parts: Parts) -> Identity:
    """Return the identity of a delivery.

    Args:
        message_id: The message id of the delivery, or "".
        is_signed: Whether that id is signed.
        parts: The parts of the delivery.

    Returns:
        `signed_id`, `unsigned_id` or `bytes`.
    """
    if is_signed:
        return "signed_id"
    has_id = len(parts) == 7 and parts[6][0].id_on_retry != "new" and message_id != ""
    return "unsigned_id" if has_id else "bytes"


def unsigned_id_digest(message_id: str, signed_body: bytes) -> bytes:
    """Return the digest of an unsigned id and the body, for a delivery whose identity is `unsigned_id`.

    Args:
        message_id: The message id of the delivery.
        signed_body: The body in its signed form.

    Returns:
        The SHA-256, 32 bytes. It does not cover the time, which a sender may sign again on each retry.
    """
    text = message_id.encode("utf-8", "surrogatepass")
    return sha256(b"%d.%b.%b" % (len(text), text, signed_body)).digest()
