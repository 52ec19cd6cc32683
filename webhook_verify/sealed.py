"""Sealed deliveries: a verified `Delivery` as bytes for a queue, and back, without the provider's secret.

    sealed = delivery.seal(key)                            # in the receiver
    delivery = open_sealed(sealed, key, max_age=86_400)    # in the worker: an equal Delivery

The key belongs to the application. A worker needs neither the provider's secret nor its scheme. Write access
to the queue is not enough to forge a delivery.
"""

from __future__ import annotations

import time
from base64 import b64decode
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from webhook_verify._times import tolerance_seconds
from webhook_verify.delivery import Delivery, make_delivery
from webhook_verify.errors import SealMismatch, SealTooOld
from webhook_verify.sealing import from_text, seal_keys, unpack
from webhook_verify.tracebacks import hide_arguments

__all__ = ["open_sealed", "restore_delivery"]


class _SealedScheme:
    """The properties of a delivery's scheme when the delivery was sealed."""

    def __init__(self, flags: list[str], id_in_body: str, json_form_field: str, id_on_retry: str) -> None:
        self.signs_id = "signs_id" in flags
        self.signs_timestamp = "signs_timestamp" in flags
        self.signs_body = "signs_body" in flags
        self.has_id_in_body = "has_id_in_body" in flags
        self.signs_event_type = "signs_event_type" in flags
        self.json_form_field = json_form_field
        self.id_on_retry = id_on_retry
        self._id_in_body = id_in_body

    def message_id_from_body(self, body: bytes) -> str:
        return self._id_in_body


@hide_arguments
def open_sealed(
    sealed: bytes | str,
    key: object,
    *,
    max_age: float | timedelta | None = None,
    namespace: str = "",
    clock: Callable[[], float] = time.time,
) -> Delivery:
    """Open a delivery that `Delivery.seal` or `Delivery.seal_text` sealed.

    Args:
        sealed: The sealed bytes, or their text.
        key: The key, or several of them during a rotation: a str, bytes or `Secret`, or an iterable of these.
        max_age: The longest accepted time since the sealing, in seconds or as a timedelta. None: any.
        namespace: The namespace that the delivery was sealed for.
        clock: Returns the current time in Unix seconds.

    Returns:
        A delivery that is equal to the sealed one.

    Raises:
        InvalidSeal: If the bytes are not a sealed delivery.
        InvalidSecret: If a key is empty or shorter than 16 bytes.
        SealMismatch: If the bytes were changed, or sealed with another key or for another namespace.
        SealTooOld: If the delivery was sealed longer ago than `max_age`.
        TypeError: If an argument has the wrong type.
        ValueError: If `max_age` is not greater than 0.
    """
    limit = None if max_age is None else tolerance_seconds(max_age, "max_age")
    now = clock()
    keys = [derived for secret, derived in seal_keys(key) if secret.valid_at(now)]
    header, body = unpack(_as_bytes(sealed), keys)
    if header.get("namespace") != namespace:
        raise SealMismatch(
            f"the delivery was sealed for the namespace {header.get('namespace')!r}, not for {namespace!r}"
        )
    if limit is not None and now - header["sealed_at"] > limit:
        raise SealTooOld(int(now - header["sealed_at"]), limit)
    return restore_delivery(header, body)


def _as_bytes(sealed: object) -> bytes:
    if isinstance(sealed, str):
        return from_text(sealed)
    if not isinstance(sealed, bytes | bytearray):
        raise TypeError(f"sealed must be bytes or a str, not {type(sealed).__name__!r}")
    data = bytes(sealed)
    # Some queues return text as bytes. A seal does not begin with a character of base64.
    return from_text(data) if data[:1].isalnum() else data


def restore_delivery(header: dict[str, Any], body: bytes) -> Delivery:
    """Return the delivery that an authentic header of `sealing.header_of` describes.

    Args:
        header: The header: authenticated, or from a place that only the application can write to.
        body: The received body.

    Returns:
        The delivery.
    """
    source: Any = header["event_type"]
    event_type: str | tuple[str, ...] | None = tuple(source) if source.__class__ is list else source
    signed_parts = None
    if "signed" in header:
        texts = {name: b64decode(value) for name, value in header["signed"].items()}
        signed_body = texts.get("signed_body", body)
        # Seals of earlier versions lack `id_on_retry`.
        names = header["json_form_field"], header.get("id_on_retry", "unknown")
        scheme = _SealedScheme(header["flags"], header["id_in_body"], *names)
        signed_parts = scheme, signed_body, texts["before"], texts.get("content", signed_body), texts["after"]
    plain = header["id"], header["timestamp"], body, header["scheme"], header["label"]
    return make_delivery(*plain, event_type, signed_parts)
