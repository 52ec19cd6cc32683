"""Lithic events: a flat resource with an ``event_type``.

Lithic adds event types almost every month. A type that is not in the list becomes an `UnknownEvent`, and so
does a payload without a type, which Lithic's own SDK also accepts. For a resource with typed fields, register
a class:

```python
types = EventTypes({"card.updated": CardUpdated}, type_field="event_type", data_field=None)
```
"""

from __future__ import annotations

from typing import Any, Literal, cast, get_args

from webhook_verify.body import as_bytes
from webhook_verify.delivery import Delivery
from webhook_verify.errors import UnreadableEvent
from webhook_verify.events.decoding import read_json
from webhook_verify.events.structs import Event, attach_raw
from webhook_verify.events.unknown import UnknownEvent, body_of

__all__ = ["EVENT_TYPES", "EventType", "LithicEvent", "UnknownEvent", "parse", "parse_unverified"]

EventType = Literal[
    "account_holder_document.updated",
    "account_holder.created",
    "account_holder.updated",
    "account_holder.verification",
    "auth_rules.backtest_report.created",
    "balance.updated",
    "book_transfer_transaction.created",
    "book_transfer_transaction.updated",
    "card_authorization.challenge",
    "card_authorization.challenge_response",
    "card_transaction.enhanced_data.created",
    "card_transaction.enhanced_data.updated",
    "card_transaction.updated",
    "card.converted",
    "card.created",
    "card.pin_updated",
    "card.reissued",
    "card.renewed",
    "card.shipped",
    "card.updated",
    "claim_document.accepted",
    "claim_document.rejected",
    "claim_document.uploaded",
    "claim.created",
    "claim.updated",
    "digital_wallet.tokenization_result",
    "digital_wallet.tokenization_two_factor_authentication_code",
    "digital_wallet.tokenization_two_factor_authentication_code_sent",
    "digital_wallet.tokenization_updated",
    "dispute_evidence.upload_failed",
    "dispute_transaction.created",
    "dispute_transaction.updated",
    "dispute.updated",
    "embed.session_generated",
    "embed.viewed",
    "external_bank_account.created",
    "external_bank_account.updated",
    "external_payment.created",
    "external_payment.updated",
    "financial_account.created",
    "financial_account.updated",
    "funding_event.created",
    "internal_transaction.created",
    "internal_transaction.updated",
    "loan_tape.created",
    "loan_tape.updated",
    "management_operation.created",
    "management_operation.updated",
    "network_total.created",
    "network_total.updated",
    "payment_transaction.created",
    "payment_transaction.updated",
    "settlement_report.updated",
    "statements.created",
    "three_ds_authentication.challenge",
    "three_ds_authentication.created",
    "three_ds_authentication.updated",
    "tokenization.approval_request",
    "tokenization.result",
    "tokenization.two_factor_authentication_code",
    "tokenization.two_factor_authentication_code_sent",
    "tokenization.updated",
    "card_authorization.approval_request",
    "digital_wallet.tokenization_approval_request",
    "three_ds_authentication.approval_request",
]
"""The event types that Lithic documents. The last three are sent to responder endpoints only."""

EVENT_TYPES: tuple[str, ...] = get_args(EventType)

_KNOWN = frozenset(EVENT_TYPES)


class LithicEvent(Event, frozen=True):
    """A Lithic event. `token` is the token of the event, `payload` the body as plain JSON values.

    The token is the same on every retry, and "" for an event that was not parsed from a delivery. The payload
    also contains `event_type`.
    """

    token: str
    event_type: str
    payload: dict[str, Any]

    @property
    def type(self) -> str:
        """The event type, under the same name as in events of other providers."""
        return self.event_type


def parse(delivery: Delivery) -> LithicEvent | UnknownEvent:
    """Parse the event of a delivery. The message id of the delivery is the token of the event.

    Args:
        delivery: The delivery.

    Returns:
        The event, or an `UnknownEvent` if its type is not known.

    Raises:
        TypeError: If `delivery` is not a `Delivery`.
        UnreadableEvent: If the body is not a JSON object, or `event_type` is not a string.
    """
    return parse_unverified(body_of(delivery), token=delivery.id)


def parse_unverified(body: bytes, *, token: str = "") -> LithicEvent | UnknownEvent:
    """Parse the event in unverified bytes, such as those of a test or an archive.

    Args:
        body: The payload as bytes.
        token: The token of the event.

    Returns:
        The event, or an `UnknownEvent` if its type is not known.

    Raises:
        TypeError: If `body` is not bytes-like.
        UnreadableEvent: If the body is not a JSON object, or `event_type` is not a string.
    """
    body = as_bytes(body)
    payload: dict[str, Any] = _read(body)
    event_type = payload.get("event_type", "")
    if not isinstance(event_type, str):
        raise UnreadableEvent("expected `str`", "event_type")
    if event_type in _KNOWN:
        return attach_raw(LithicEvent(token, event_type, payload), body)
    return attach_raw(UnknownEvent(event_type, payload), body)


def _read(body: bytes) -> dict[str, Any]:
    payload = read_json(body)
    if isinstance(payload, dict):
        return cast("dict[str, Any]", payload)
    raise UnreadableEvent("expected `object`")
