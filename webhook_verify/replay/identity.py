"""What a message is known by: the application's own keys, and schemes whose messages have no identity."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from webhook_verify.delivery import Delivery
from webhook_verify.schemes.base import Scheme

__all__ = ["IdempotencyKey", "check_identity", "has_identity", "own_key"]

IdempotencyKey = Callable[[Delivery], str]
"""Returns the idempotency key of a delivery: the same text for every attempt at one message."""


def own_key(idempotency_key: IdempotencyKey, delivery: Delivery) -> str:
    """Return the application's idempotency key of a delivery.

    Args:
        idempotency_key: The application's function.
        delivery: The verified delivery.

    Returns:
        The key.

    Raises:
        TypeError: If the function does not return a str.
        ValueError: If the key is empty.
        Exception: Any exception of the function.
    """
    key = idempotency_key(delivery)
    if not isinstance(cast("object", key), str):
        raise TypeError(f"idempotency_key must return a str, not {type(key).__name__!r}")
    if not key:
        raise ValueError(
            "idempotency_key must return a text that is not empty, because all deliveries with the same key "
            "count as one. For a delivery without such a text, return delivery.idempotency_key"
        )
    return key


def check_identity(scheme: Scheme, option: str, *, has_own_key: bool) -> None:
    """Check that a receiver can distinguish the messages of a scheme, and may respond to its duplicates.

    Args:
        scheme: The scheme of the deliveries.
        option: The option of the receiver that recognizes duplicates, `replay` or `inbox`.
        has_own_key: Whether the application has its own function for idempotency keys.

    Raises:
        ValueError: If the provider uses the response as data, or equal bytes may be different events.
    """
    title = scheme.docs.title or scheme.name
    if scheme.answer_is_data:
        raise ValueError(
            f"{option} cannot be used, because {title} uses the response as data, and the receiver would "
            f"respond by itself. Remove {option}=, and make the handler idempotent"
        )
    if not (has_own_key or has_identity(scheme)):
        raise ValueError(
            f"{option} cannot be used, because {title} sends neither a message id nor a signed timestamp, so "
            "two events with the same bytes would count as one and the second would be lost. Either pass "
            "idempotency_key= to the receiver, a function of the Delivery that returns a text of the message "
            "itself (delivery.idempotency_key, if you accept that loss), or use a scheme with "
            "body_is_unique=True, if the sender promises that no two events have the same body"
        )


def has_identity(scheme: Scheme) -> bool:
    """Return whether the messages of a scheme can be distinguished by default.

    Args:
        scheme: The scheme of the deliveries.

    Returns:
        True if it has a signed id, an unsigned id that may stay the same on retries, a signed timestamp, or
        unique bodies.
    """
    has_signed_id = scheme.signs_id or (scheme.has_id_in_body and scheme.signs_body)
    has_unsigned_id = scheme.id_on_retry != "new" and bool(scheme.id_header or scheme.has_id_in_body)
    return has_signed_id or has_unsigned_id or scheme.signs_timestamp or scheme.body_is_unique
