"""Mailgun, which signs the time and a token beside the event, and not the event.

``{"signature": {"timestamp": ..., "token": ..., "signature": ...}, "event-data": {...}}`` is the body. The
signature is the hex HMAC-SHA256 over timestamp + token. Whoever has seen one delivery can put any event
beside its signature while that is fresh, so only the token, remembered, keeps a second one out.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import MalformedDelivery
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import (
    BodyScheme,
    dump_json,
    get_field,
    parse_json,
    parse_unverified_json,
    unreadable,
)
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.timestamps import UNITS

if TYPE_CHECKING:
    from webhook_verify.keys import Signatures, SigningKey

__all__ = ["SCHEME", "Mailgun"]

_MAX_TOKEN_CHARS = 256  # characters; Mailgun's have 50


class Mailgun(BodyScheme):
    """Webhooks in JSON, with the account's key or, for an event of a subaccount, the parent account's."""

    has_timestamp_in_body = True
    tolerance = 900.0  # as Mailgun's own SDK; its documentation warns of delays

    signature_encoding = ENCODINGS["hex"]
    signed_content = "{signature.timestamp}{signature.token}"
    retries = "keep_timestamp"
    retry_seconds = (
        485 * 60.0
    )  # 10, 10, 15, 30, 60, 120 and 240 minutes; 5, 10, 15, 60, 120, 240 by another page
    docs = SchemeDocs(
        title="Mailgun",
        secret_from="Send, Webhooks, HTTP webhook signing key; not the API key",
        url="https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        notes=(
            "The event is not signed: whoever has seen a delivery can send another event with its signature "
            "for as long as its timestamp is accepted. Dedupe by the token, which is signed, and ask the API "
            "about what matters. `parent-signature`, which an event of a subaccount has, counts as well. "
            "Routes forward mail as a form, which is not read."
        ),
        retries=(
            "for 8 hours, unless the answer is 200 or 406 "
            "([documentation](https://documentation.mailgun.com/docs/"
            "mailgun/user-manual/webhooks/webhook-retries)), "
            "with the timestamp of the first attempt (seen in deliveries)"
        ),
    )

    @property
    def name(self) -> str:
        """``mailgun``."""
        return "mailgun"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`. The token is the message id."""
        stamp, token, signed = _parts(body)
        signatures = self._signatures(signed)
        return ((token, ((signatures, b"", (stamp + token).encode(), b""),), body),)

    def _signatures(self, signed: object) -> Signatures:
        texts = [get_field(signed, name) for name in ("signature", "parent-signature")]
        if not isinstance(texts[0], str):
            raise unreadable("the body has no signature.signature, or two")
        return [pair for text in texts for pair in self.signatures_of(text)]

    def timestamp_from_body(self, body: bytes) -> int:
        """See :meth:`Scheme.timestamp_from_body`."""
        try:
            return UNITS["s"][0](_parts(body)[0])
        except MalformedDelivery:
            return 0

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """See :meth:`BodyScheme.sign_body`: a JSON object, into which the ``signature`` is written anew.

        ``id`` is the token, of which Mailgun makes 50 characters.
        """
        event = _event(body)
        texts = {"timestamp": str(timestamp), "token": id}
        mac = key.sign("".join(texts.values()).encode())
        signed = {**event, "signature": {**texts, "signature": self.signature_encoding[1](mac)}}
        return dump_json(signed)


def _parts(body: bytes) -> tuple[str, str, object]:
    """(timestamp, token, the object that they are in). Raises :class:`MalformedDelivery`."""
    signed = get_field(parse_unverified_json(body), "signature")
    stamp, token = get_field(signed, "timestamp"), get_field(signed, "token")
    if type(stamp) is int and stamp.bit_length() < 64:
        stamp = str(stamp)
    if not (isinstance(stamp, str) and UNITS["s"][0](stamp)):
        raise unreadable("the body has no readable signature.timestamp, or two: it must be Unix seconds")
    if not (isinstance(token, str) and 1 <= len(token) <= _MAX_TOKEN_CHARS and _is_plain(token)):
        raise unreadable("the body has no readable signature.token, or two")
    return stamp, token, signed


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = parse_json(body)
    except MalformedDelivery as error:
        raise ValueError(f"this body cannot be signed: {error}") from None
    if event.__class__ is not dict:
        raise ValueError("Mailgun signs a JSON object")
    return event


SCHEME = Mailgun()
