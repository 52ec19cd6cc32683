"""Adyen's standard webhooks: each item of the JSON body has a signature over eight of its fields.

The fields, joined with ":", are signed with HMAC-SHA256 in base64; the key is hex. Nothing is escaped:
Adyen's documentation used to describe an escape, but deliveries are not escaped (adyen-php-api-library #165,
adyen-python-api-library #117). A ":" is accepted only in fields in which Adyen uses it, so that an attacker
cannot move it from one field into the next.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import MalformedDelivery, Reason
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

__all__ = ["SCHEME", "Adyen", "signed_fields"]

_MAX_ITEMS = 100  # Adyen sends one item in JSON; each item costs a MAC
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
    """Standard webhooks in JSON. All items must be signed with the same key.

    Adyen's own Python SDK verifies only one item.
    """

    signs_timestamp = False
    signs_event_type = True
    event_type_in_body: tuple[str, ...] = ("notificationItems.*.NotificationRequestItem.eventCode",)

    secret_encoding = "hex"
    signed_content = (
        "{pspReference}:{originalReference}:{merchantAccountCode}:{merchantReference}:"
        "{amount.value}:{amount.currency}:{eventCode}:{success}"
    )
    retry_seconds: float = 2_592_000.0
    docs: SchemeDocs = SchemeDocs(
        title="Adyen",
        secret_from="Customer Area > Developers > Webhooks: the webhook's HMAC key",
        url="https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures",
        notes=(
            "Each item of `notificationItems` has its own signature, and all signatures must be "
            "valid. Only eight fields are signed: `eventDate`, `reason`, `paymentMethod`, `live` and "
            "the rest of `additionalData` are not. No timestamp is signed. The message id is "
            "`pspReference:eventCode:success` of all items. Adyen documents `pspReference` and "
            "`eventCode` as the key for duplicates, but it can report a failed event as successful "
            "later, which is not a duplicate. In JSON, Adyen sends one item per delivery. Items are "
            "signed separately, so an attacker who has seen two deliveries can combine their items "
            "into a third: if your deliveries have several items, deduplicate by item. A colon is "
            "accepted only in `merchantReference`, or in the `pspReference` of a `REPORT_AVAILABLE`. "
            "For webhooks with the method HTTP POST, which are forms, use the scheme `adyen-http-post`. "
            "SOAP is not supported. For webhooks with the signature in the header "
            "`HmacSignature`, use the scheme `adyen-header`."
        ),
        retries=(
            "3 times within 27 seconds, then from a queue for up to 30 days "
            "([documentation](https://docs.adyen.com/development-resources/webhooks/troubleshoot)); "
            "no timestamp is signed, so a retry is never rejected as stale"
        ),
    )

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "adyen"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed fields of all items.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            The interpretations of the body; one of them must verify.

        Raises:
            MalformedDelivery: If an item lacks a signature, is a duplicate, or is not a valid notification.
        """
        found: dict[str, SignatureCheck] = {}
        items = _items(parse_unverified_json(body))
        for item in items:
            fields = signed_fields(item)
            given = get_field(get_field(item, "additionalData"), "hmacSignature")
            if not isinstance(given, str):
                detail = "an item must have exactly one additionalData.hmacSignature"
                raise MalformedDelivery(Reason.UNREADABLE_BODY, detail)
            # Adyen can report success=false and later true for one event (adyen-commercetools #1324).
            own_id = ":".join((fields[0], *fields[6:]))
            found[own_id] = self.signatures_of(given), b"", ":".join(fields).encode(), b""
        if len(found) < len(items):
            detail = "an item is a duplicate; an attacker could have added it, as items are signed separately"
            raise MalformedDelivery(Reason.UNREADABLE_BODY, detail)
        # Sorted, because an attacker could reorder the items to get a new id.
        return ((",".join(sorted(found)), list(found.values()), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Sign every item of a body, replacing existing signatures.

        Args:
            body: The body to sign, in JSON.
            key: The signing key.
            id: Unused.
            timestamp: Unused.

        Returns:
            The signed body.

        Raises:
            ValueError: If the body is not a valid notification.
        """
        try:
            value = parse_json(body)
            for item in _items(value):
                mac = key.sign(":".join(signed_fields(item)).encode())
                item["additionalData"] = {**_more_of(item), "hmacSignature": mac}
        except MalformedDelivery as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        return dump_json(value)


def _items(value: object) -> list[dict[str, Any]]:
    wrapped = list_items(get_field(value, "notificationItems"), _MAX_ITEMS, "notificationItems")
    items = [get_field(each, "NotificationRequestItem") for each in wrapped]
    if not all(isinstance(item, dict) for item in items):
        raise unreadable("an item of notificationItems must have exactly one NotificationRequestItem")
    return items


def _more_of(item: dict[str, Any]) -> dict[str, Any]:
    more: Any = item.get("additionalData")
    return more if more.__class__ is dict else {}


def signed_fields(item: dict[str, Any]) -> list[str]:
    """Return the values of the eight fields.

    Args:
        item: A notification, with `value` and `currency` in its `amount`.

    Returns:
        The values, in the signed order.

    Raises:
        MalformedDelivery: If Adyen cannot have signed them.
    """
    return _texts_of(item)


def _texts_of(item: dict[str, Any]) -> list[str]:
    amount: Any = item.get("amount")
    if amount is not None and amount.__class__ is not dict:
        raise unreadable("the amount of an item must be a single object")
    texts = [
        _text(get_field(amount if name in ("value", "currency") else item, name), name) for name in _FIELDS
    ]
    free = "pspReference" if texts[6] == "REPORT_AVAILABLE" else "merchantReference"
    for name, text in zip(_FIELDS, texts, strict=True):
        if ":" in text and name != free:
            raise unreadable(
                f"the {name} of an item contains a colon, which makes the eight fields ambiguous"
            )
    if not (texts[0] and texts[6]):
        raise unreadable("an item must have pspReference and eventCode")
    return texts


def _text(value: object, name: str) -> str:
    """Return the signed text of a field: an integer in digits, "" for null or a missing field."""
    if value is None:
        return ""
    if type(value) is int and value.bit_length() < 64:
        return str(value)
    if isinstance(value, str) and not any("\ud800" <= each <= "\udfff" for each in value):
        return value
    raise unreadable(f"the {name} of an item must be a single string or integer")


SCHEME = Adyen()
