"""The short way for what most providers do: one HMAC in hex, over the body and nothing else.

What :meth:`Verifier.verify` does in several steps is one function here, made for one scheme and its keys:
calls, and the tuples between them, would cost as much as the MAC of a small body. It accepts and refuses
what the ordinary way does, and leaves to it whatever is odd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hmac import compare_digest

from webhook_verify.delivery import LAST_SECOND, Delivery, new_delivery, set_parts
from webhook_verify.headers import Headers, readable
from webhook_verify.keys import HmacKey
from webhook_verify.schemes import Scheme
from webhook_verify.verification import LabelledKey, mismatch, second_of

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any

__all__ = ["ShortWay", "short_way"]

ShortWay = Callable[[bytes, Headers, Callable[[], float]], Delivery | None]
"""(body, headers, clock) to the delivery, or None where the ordinary way is to decide.

Raises :class:`RejectedDelivery` as that does.
"""


def short_way(scheme: Scheme, keys: Iterable[LabelledKey]) -> ShortWay | None:
    """The short way with these keys, None for a scheme, or a kind of key, that has none."""
    alone = scheme.fast_path
    if alone is None:
        return None
    reader, signature_header, prefix, digits, type_header, id_header, before = alone
    macs = [(label, *key.begun(before), window) for label, key, window in keys if isinstance(key, HmacKey)]
    read, plain = reader.read, reader.plain[0].issuperset
    start, length, name = len(prefix), len(prefix) + digits, scheme.name

    def verify(body: bytes, headers: Headers, clock: Callable[[], float]) -> Delivery | None:
        known: Any = headers
        if known.__class__ is dict and plain(known):
            text, told, msg_id = known.get(signature_header), known.get(type_header), known.get(id_header, "")
        else:
            found: Any = read(headers)
            text, told = found[0], (found[1] if type_header else None)
            msg_id = found[-1] or "" if id_header else ""
        if (
            text.__class__ is not str
            or msg_id.__class__ is not str
            or (told is not None and told.__class__ is not str)
            or len(text) != length
            or not text.isascii()  # compare_digest takes no other
        ):
            return None
        now = clock()
        is_tried = False
        for label, inner, outer, window in macs:
            if window is None or window(now):
                mac, sealed = inner.copy(), outer.copy()
                mac.update(body)
                sealed.update(mac.digest())
                if compare_digest(prefix + sealed.hexdigest(), text):
                    delivery = new_delivery()
                    second = int(now) if 0 <= now <= LAST_SECOND else second_of(now)
                    signed = scheme, body, before, body, b""
                    set_parts(delivery, (msg_id, second, body, name, label, readable(told), signed))
                    return delivery
                is_tried = True
        if is_tried and text[start:].islower():  # capitals mean the same octets
            raise mismatch(msg_id, name)
        return None

    return verify
