"""Microsoft Graph's change notifications, which carry the `clientState` of their subscription.

The `clientState` is a token, not a signature. It authenticates the sender while it stays secret, but does not
protect the rest of the body.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.handshakes import Handshake, ValidationToken
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
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
from webhook_verify.schemes.encodings import ENCODINGS, Encoding

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "MicrosoftGraph"]

_MAX_ITEMS = 10_000


class MicrosoftGraph(BodyScheme):
    """Change and lifecycle notifications. Every item of `value` must contain the token."""

    signs_id = False
    signs_timestamp = False
    event_type_in_body: tuple[str, ...] = ("value.*.lifecycleEvent", "value.*.changeType")
    handshake: Handshake | None = ValidationToken()

    algorithm: Algorithm = ALGORITHMS["token"]
    signature_encoding: Encoding = ENCODINGS["text"]
    signed_content = "nothing"
    docs: SchemeDocs = SchemeDocs(
        title="Microsoft Graph",
        secret_from="the `clientState` that you chose for the subscription, at most 128 characters",
        url="https://learn.microsoft.com/graph/change-notifications-delivery-webhooks",
        notes=(
            "Nothing is signed: each item of `value` contains a token, its `clientState`, and all "
            "items must contain the same one. Subscriptions that share an endpoint must therefore "
            "share a `clientState`. The tokens of notifications with resource data, "
            "`validationTokens`, are not checked. Some resources, such as a drive, send the same "
            "body for each change."
        ),
    )

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "microsoft-graph"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the token of all items as the signature.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If an item lacks a clientState.
        """
        shown: list[object] = [get_field(item, "clientState") for item in _items(parse_unverified_json(body))]
        if not all(isinstance(state, str) for state in shown):
            raise MalformedDelivery(
                Reason.UNREADABLE_BODY, "an item of value must have exactly one clientState"
            )
        # One token is compared for all items. If they differ, at least one is invalid.
        signatures = self.signatures_of(shown[0]) if len(set(shown)) == 1 else ()
        return (("", ((signatures, b"", body, b""),), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Set the token of every item.

        Args:
            body: The body to sign, in JSON.
            key: The signing key.
            id: Unused.
            timestamp: Unused.

        Returns:
            The signed body.

        Raises:
            ValueError: If the body is not a notification.
        """
        try:
            value = parse_json(body)
            items = _items(value)
        except MalformedDelivery as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        for item in items:
            item["clientState"] = key.sign(b"")
        return dump_json(value)


def _items(value: object) -> list[dict[str, object]]:
    items = list_items(get_field(value, "value"), _MAX_ITEMS, "value")
    if not all(isinstance(item, dict) for item in items):
        raise unreadable("an item of value must be an object")
    return items


SCHEME = MicrosoftGraph()
