"""Adyen's standard webhooks: the item in the JSON body carries a signature over eight of its fields.

The fields, joined by ":", are signed with HMAC-SHA256, in base64, the key in hex. Nothing is escaped: Adyen's
documentation once said so, but what it sends is not (adyen-php-api-library #165, adyen-python-api-library
#117). So that nobody can move a ":" from one field into the next, it is taken only where Adyen has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import MalformedDelivery
from webhook_verify.schemes.scheme import BodyReading, Reading
from webhook_verify.schemes.signed_body import SignedBody, field, parsed, unreadable, written

if TYPE_CHECKING:
    from webhook_verify.key_kinds import SigningKey

__all__ = ["ADYEN", "Adyen"]

_FIELDS = (
    "pspReference",
    "originalReference",
    "merchantAccountCode",
    "merchantReference",
    "value",
    "currency",
    "eventCode",
    "success",
)


class Adyen(SignedBody):
    """Standard webhooks in JSON, of one item. Adyen's own Python SDK checks one and hands over the others."""

    signs_timestamp = False

    title = "Adyen"
    secret = "hex"
    content = (
        "{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:"
        "{amount.value}:{amount.currency}:{eventCode}:{success}"
    )
    secret_from = "Customer Area, Developers, Webhooks, the webhook's HMAC key"
    documentation = (
        "https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures"
    )
    notes = (
        "The one item of notificationItems is signed; several, which Adyen does not send in JSON, are "
        "refused. What is not among its eight fields is not signed: not eventDate, reason, paymentMethod, "
        "live or the rest of additionalData. No time is signed. The message id is "
        "pspReference:eventCode:success. By the first two Adyen says to recognize duplicates, but of what "
        "failed it may say later that it succeeded, and that is no duplicate. A colon may stand only in a "
        "merchantReference, or in the pspReference of a REPORT_AVAILABLE. Forms and SOAP are not read. "
        "Webhooks that are signed in the header HmacSignature have the scheme adyen-header."
    )

    @property
    def name(self) -> str:
        """``adyen``."""
        return "adyen"

    def read_body(self, reading: Reading, body: bytes) -> Sequence[BodyReading]:
        """See :meth:`Scheme.read_body`."""
        item = _item(parsed(body))
        fields = _signed_fields(item)
        given = field(field(item, "additionalData"), "hmacSignature")
        if not isinstance(given, str):
            raise unreadable("the item has no additionalData.hmacSignature, or two")
        proof = self.signatures_of(given), b"", ":".join(fields).encode(), b""
        # With success: of one event Adyen may say false and then true (adyen-commercetools #1324).
        return ((":".join((fields[0], *fields[6:])), (proof,), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """See :meth:`SignedBody.sign_body`: the item is signed anew. Neither id nor timestamp is needed."""
        try:
            value = parsed(body)
            item = _item(value)
            mac = key.sign(":".join(_signed_fields(item)).encode())
        except MalformedDelivery as error:
            raise ValueError(f"this body cannot be signed: {error}") from None
        item["additionalData"] = {**_more_of(item), "hmacSignature": mac}
        return written(value)


def _item(value: object) -> dict[str, Any]:
    """The one item that there is in JSON (Adyen's documentation, Webhook structure and types).

    Raises :class:`MalformedDelivery` for several. Each is signed alone, and no time is: of two that were seen
    once anybody could make a third delivery, with a message id that is new.
    """
    items: Any = field(value, "notificationItems")
    if items.__class__ is not list or len(items) != 1:
        raise unreadable("notificationItems is no list of one item, which is what Adyen sends in JSON")
    item: Any = field(items[0], "NotificationRequestItem")
    if item.__class__ is not dict:
        raise unreadable("the item of notificationItems has no NotificationRequestItem, or two")
    return item


def _more_of(item: dict[str, Any]) -> dict[str, Any]:
    more: Any = item.get("additionalData")
    return more if more.__class__ is dict else {}


def _signed_fields(item: dict[str, Any]) -> list[str]:
    """The texts of the eight fields. Raises :class:`MalformedDelivery` for what Adyen cannot have signed."""
    amount: Any = item.get("amount")
    if amount is not None and amount.__class__ is not dict:
        raise unreadable("the amount of an item is no object, or there are two")
    texts = [_text(field(amount if name in ("value", "currency") else item, name), name) for name in _FIELDS]
    free = "pspReference" if texts[6] == "REPORT_AVAILABLE" else "merchantReference"
    for name, text in zip(_FIELDS, texts, strict=True):
        if ":" in text and name != free:
            raise unreadable(f"the {name} of an item has a colon: the eight fields could be read in two ways")
    if not (texts[0] and texts[6]):
        raise unreadable("an item has no pspReference or no eventCode")
    return texts


def _text(value: object, name: str) -> str:
    """The text of a field, as it is signed: a whole number in digits, "" for null and what is not there."""
    if value is None:
        return ""
    if type(value) is int and value.bit_length() < 64:
        return str(value)
    if isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value):
        return value
    raise unreadable(f"the {name} of an item is neither a text nor a whole number, or there are two")


ADYEN = Adyen()
