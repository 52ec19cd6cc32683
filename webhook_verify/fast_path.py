"""The fast path for the most common kind of scheme: one HMAC in hex over only the body.

It combines the steps of `Verifier.verify` in one function for one scheme and its keys, because the calls and
the tuples between the steps would take as long as the MAC of a small body. It accepts and rejects the same
deliveries as the general path, and leaves unusual input to the general path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hmac import compare_digest

from webhook_verify.delivery import LAST_SECOND, Delivery, allocate_delivery, set_parts
from webhook_verify.headers import OPTIONAL_WHITESPACE, Headers
from webhook_verify.keys import HmacKey
from webhook_verify.schemes import Scheme
from webhook_verify.verification import LabelledKey, clamp_to_timestamp, signature_mismatch

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import Any

__all__ = ["FastVerify", "compile_fast_path"]

FastVerify = Callable[[bytes, Headers, Callable[[], float]], Delivery | None]
"""A function of (body, headers, clock) that returns the delivery, or None if the general path has to decide.

Raises `RejectedDelivery` like the general path.
"""


def compile_fast_path(scheme: Scheme, keys: Sequence[LabelledKey]) -> FastVerify | None:
    """Return the fast path for a scheme and its keys.

    Args:
        scheme: The scheme.
        keys: The keys of the verifier.

    Returns:
        The fast path, or None if the scheme has no `fast_path`, or a key is not a plain HMAC key.
    """
    layout = scheme.fast_path
    if layout is None or not all(isinstance(key, HmacKey) for _, key, _ in keys):
        return None
    reader, signature_header, prefix, digits, type_header, id_header, before = layout
    keyed_hashes = [
        (label, *key.prefixed(before), window) for label, key, window in keys if isinstance(key, HmacKey)
    ]
    read, is_safe = reader.read_as_received, reader.safe_dict_keys[0].issuperset
    start, length, name = len(prefix), len(prefix) + digits, scheme.name
    type_paths: Any = scheme.event_type_in_body
    blanks = OPTIONAL_WHITESPACE

    def verify(body: bytes, headers: Headers, clock: Callable[[], float]) -> Delivery | None:
        header_dict: Any = headers
        if header_dict.__class__ is dict and is_safe(header_dict):
            text, event_type, message_id = (
                header_dict.get(signature_header),
                header_dict.get(type_header),
                header_dict.get(id_header, ""),
            )
        else:
            values: Any = read(headers)
            text, event_type = values[0], (values[1] if type_header else None)
            message_id = values[-1] or "" if id_header else ""
        if (
            text.__class__ is not str
            or message_id.__class__ is not str
            or (event_type.__class__ is not str and event_type is not None)
            or len(text) != length
            or not text.isascii()  # compare_digest accepts only ASCII text
        ):
            return None
        now = clock()
        has_valid_key = False
        for label, inner, outer, window in keyed_hashes:
            if window is None or window(now):
                inner_mac, outer_mac = inner.copy(), outer.copy()
                inner_mac.update(body)
                outer_mac.update(inner_mac.digest())
                if compare_digest(prefix + outer_mac.hexdigest(), text):
                    delivery = allocate_delivery()
                    timestamp = int(now) if 0 <= now <= LAST_SECOND else clamp_to_timestamp(now)
                    signed_parts = scheme, body, before, body, b""
                    # A signature with whitespace around it is left to the general path.
                    message_id = message_id.strip(blanks)
                    event_type = event_type and event_type.strip(blanks)
                    if not (event_type and event_type.isascii() and event_type.isprintable()):
                        event_type = None if type_header else type_paths
                    set_parts(delivery, (message_id, timestamp, body, name, label, event_type, signed_parts))
                    return delivery
                has_valid_key = True
        if has_valid_key and text[start:].islower():  # upper-case hex is left to the general path
            raise signature_mismatch(message_id.strip(blanks), name)
        return None

    return verify
