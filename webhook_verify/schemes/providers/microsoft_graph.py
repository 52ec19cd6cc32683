"""Microsoft Graph's change notifications: each shows the ``clientState`` that its subscription was made with.

That is a token and no signature: it tells who sends as long as nobody else has seen it, and nothing about the
rest of the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery
from webhook_verify.handshakes import ValidationToken
from webhook_verify.schemes.algorithms import ALGORITHMS
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import (
    BodyScheme,
    dump_json,
    get_field,
    list_items,
    parse_json,
    parse_unverified_json,
    unreadable,
)
from webhook_verify.schemes.encodings import ENCODINGS

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "MicrosoftGraph"]

_MAX_ITEMS = 10_000


class MicrosoftGraph(BodyScheme):
    """Change and lifecycle notifications. Every item of ``value`` must show the token."""

    signs_id = False
    signs_timestamp = False
    handshake = ValidationToken()

    algorithm = ALGORITHMS["token"]
    signature_encoding = ENCODINGS["text"]
    signed_content = "nothing"
    docs = SchemeDocs(
        title="Microsoft Graph",
        secret_from="the clientState that you chose for the subscription; at most 128 characters",
        url="https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
        notes=(
            "Nothing is signed: each item of value shows a token, its clientState, and all must show the "
            "same. So subscriptions that share an endpoint share it. The tokens of notifications with "
            "resource data, validationTokens, are not checked. Deliveries are deduped by the hash of their "
            "body, which some resources, such as a drive, send the same for each change: there leave the "
            "replay guard away."
        ),
    )

    @property
    def name(self) -> str:
        """``microsoft-graph``."""
        return "microsoft-graph"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`."""
        shown: list[object] = [get_field(item, "clientState") for item in _items(parse_unverified_json(body))]
        if not all(isinstance(state, str) for state in shown):
            raise unreadable("an item of value has no clientState, or two")
        # One token is compared for all items: where they differ, not all of them can be right.
        signatures = self.signatures_of(shown[0]) if len(set(shown)) == 1 else ()
        return (("", ((signatures, b"", body, b""),), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """See :meth:`BodyScheme.sign_body`: every item gets the token. Neither id nor timestamp is needed."""
        try:
            value = parse_json(body)
            items = _items(value)
        except MalformedDelivery as error:
            raise ValueError(f"this body cannot be signed: {error}") from None
        for item in items:
            item["clientState"] = key.sign(b"")
        return dump_json(value)


def _items(value: object) -> list[dict[str, object]]:
    items = list_items(get_field(value, "value"), _MAX_ITEMS, "value")
    if not all(isinstance(item, dict) for item in items):
        raise unreadable("an item of value is no object")
    return items


SCHEME = MicrosoftGraph()
