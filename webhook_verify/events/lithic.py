"""Lithic events: a flat resource with its ``event_type``, in an envelope that says what it is.

The list of event types grows almost monthly. One that is not in it gives an :class:`UnknownEvent`, and so
does a payload without a type, which Lithic's own SDK allows for. To have the members of a resource
typed, register a class for it::

    types = EventTypes({"card.updated": CardUpdated}, type_field="event_type", data_field=None)
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
"""The event types that Lithic documents; the last three go to responder endpoints only."""

EVENT_TYPES: tuple[str, ...] = get_args(EventType)

_KNOWN = frozenset(EVENT_TYPES)


class LithicEvent(Event, frozen=True):
    """``token`` is the event's own, the same on every retry; ``payload`` the body as plain JSON values.

    The payload has ``event_type``, too. ``token`` is "" for an event that was not in a delivery.
    """

    token: str
    event_type: str
    payload: dict[str, Any]

    @property
    def type(self) -> str:
        """The event type, by the name that events of other providers have for it."""
        return self.event_type


def parse(delivery: Delivery) -> LithicEvent | UnknownEvent:
    """The event in a delivery, whose message id is the event's token.

    Raises :class:`UnreadableEvent` for a body that is no JSON object, or a type that is no text.
    """
    return parse_unverified(body_of(delivery), token=delivery.id)


def parse_unverified(body: bytes, *, token: str = "") -> LithicEvent | UnknownEvent:
    """As :func:`parse`, for bytes that nobody has verified, such as those of a test or an archive."""
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
