"""Okta event hooks: a token in a header of your choice; nothing is signed."""

from __future__ import annotations

from webhook_verify.handshakes import OktaChallenge
from webhook_verify.schemes.base import SchemeDocs
from webhook_verify.schemes.header_token import HeaderToken

__all__ = ["SCHEME"]

SCHEME = HeaderToken(
    "okta",
    id_in_body="eventId",
    event_type_in_body="data.events.*.eventType",
    handshake=OktaChallenge(),
    docs=SchemeDocs(
        title="Okta",
        secret_from=(
            "the authentication secret of the event hook, whose authentication field is `x-hook-token`; "
            "you choose both"
        ),
        url="https://developer.okta.com/docs/concepts/event-hooks/",
        notes=(
            "A delivery can contain several events, and `delivery.event_type` has a value only if all "
            "have the same type."
        ),
    ),
)
