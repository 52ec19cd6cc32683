"""Adyen's standard webhooks: each item of the JSON body carries a signature over eight of its fields.

The fields, joined by ":", are signed with HMAC-SHA256, in base64, the key in hex. Nothing is escaped: Adyen's
documentation once said so, but what it sends is not (adyen-php-api-library #165, adyen-python-api-library
#117). So that nobody can move a ":" from one field into the next, it is taken only where Adyen has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import MalformedDelivery
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs, SignatureCheck
from webhook_verify.schemes.body_scheme import (
    BodyScheme,
    dump_json,
    get_field,
    list_items,
    parse_json,
    parse_unverified_json,
    unreadable,
)

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "Adyen"]

_MAX_ITEMS = 100  # Adyen sends one in JSON; each costs a MAC
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


class Adyen(BodyScheme):
    """Standard webhooks in JSON. All items must be signed, by one key. Adyen's own Python SDK checks one."""

    signs_timestamp = False

    secret_encoding = "hex"
    signed_content = (
        "{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:"
        "{amount.value}:{amount.currency}:{eventCode}:{success}"
    )
    retry_seconds = 2_592_000.0
    docs = SchemeDocs(
        title="Adyen",
        secret_from="Customer Area, Developers, Webhooks, the webhook's HMAC key",
        url="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
        notes=(
            "Each item of notificationItems has its own signature, and all must be right. What is not among "
            "its eight fields is not signed: not eventDate, reason, paymentMethod, live or the rest of "
            "additionalData. No time is signed. The message id is pspReference:eventCode:success of the "
            "items. By the first two Adyen says to recognize duplicates, but of what failed it may say later "
            "that it succeeded, and that is no duplicate. In JSON Adyen sends one item; as each is signed "
            "alone, who has seen two deliveries can join them to a third: where several come, keep what was "
            "handled by item. A colon may stand only in a merchantReference, or in the pspReference of a "
            "REPORT_AVAILABLE. Forms and SOAP are not read. Webhooks that are signed in the header "
            "HmacSignature have the scheme adyen-header."
        ),
        retries=(
            "3 times within 27 seconds, then from a queue for up to 30 days "
            "([documentation](https://docs.adyen.com/development-resources/webhooks/troubleshoot)); no time "
            "is signed, so a retry is never too old"
        ),
    )

    @property
    def name(self) -> str:
        """``adyen``."""
        return "adyen"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`."""
        found: dict[str, SignatureCheck] = {}
        items = _items(parse_unverified_json(body))
        for item in items:
            fields = _signed_fields(item)
            given = get_field(get_field(item, "additionalData"), "hmacSignature")
            if not isinstance(given, str):
                raise unreadable("an item has no additionalData.hmacSignature, or two")
            # With success: of one event Adyen may say false and then true (adyen-commercetools #1324).
            own_id = ":".join((fields[0], *fields[6:]))
            found[own_id] = self.signatures_of(given), b"", ":".join(fields).encode(), b""
        if len(found) < len(items):
            raise unreadable("an item stands twice: each is signed alone, so anybody could repeat it")
        # Sorted, for anybody can give them another order, and that is no other delivery.
        return ((",".join(sorted(found)), list(found.values()), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """See :meth:`BodyScheme.sign_body`: every item is signed anew. Neither id nor timestamp is needed."""
        try:
            value = parse_json(body)
            for item in _items(value):
                mac = key.sign(":".join(_signed_fields(item)).encode())
                item["additionalData"] = {**_more_of(item), "hmacSignature": mac}
        except MalformedDelivery as error:
            raise ValueError(f"this body cannot be signed: {error}") from None
        return dump_json(value)


def _items(value: object) -> list[dict[str, Any]]:
    wrapped = list_items(get_field(value, "notificationItems"), _MAX_ITEMS, "notificationItems")
    items = [get_field(each, "NotificationRequestItem") for each in wrapped]
    if not all(isinstance(item, dict) for item in items):
        raise unreadable("an item of notificationItems has no NotificationRequestItem, or two")
    return items


def _more_of(item: dict[str, Any]) -> dict[str, Any]:
    more: Any = item.get("additionalData")
    return more if more.__class__ is dict else {}


def _signed_fields(item: dict[str, Any]) -> list[str]:
    """The texts of the eight fields. Raises :class:`MalformedDelivery` for what Adyen cannot have signed."""
    amount: Any = item.get("amount")
    if amount is not None and amount.__class__ is not dict:
        raise unreadable("the amount of an item is no object, or there are two")
    texts = [
        _text(get_field(amount if name in ("value", "currency") else item, name), name) for name in _FIELDS
    ]
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


SCHEME = Adyen()
