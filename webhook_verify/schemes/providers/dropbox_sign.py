"""Dropbox Sign (HelloSign): HMAC-SHA256 of the time and the type of an event, in the JSON of a form field."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from webhook_verify.errors import MalformedDelivery
from webhook_verify.form import form_pairs
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import (
    BodyScheme,
    dump_json,
    get_field,
    parse_json,
    parse_unverified_json,
    unreadable,
)
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.timestamps import UNITS

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["SCHEME", "DropboxSign"]

# A type that began with a digit could be confused with the time before it.
_TYPE = re.compile(r"[a-z][a-z0-9_]{0,99}")


class DropboxSign(BodyScheme):
    """Callbacks of accounts and of apps."""

    signs_id = False
    signs_timestamp = False  # the time is that of the event, which retries keep for days
    signs_event_type = True
    event_type_in_body: tuple[str, ...] = ("event.event_type",)
    json_form_field = "json"

    signature_encoding: Encoding = ENCODINGS["hex"]
    signed_content = "{event.event_time}{event.event_type}"
    retry_seconds: float = 259_200.0
    docs: SchemeDocs = SchemeDocs(
        title="Dropbox Sign",
        secret_from="Settings > API: the API key of the account that owns the callback's account or app",
        url="https://developers.hellosign.com/docs/events/walkthrough/",
        response="the text `Hello API Event Received`, with status 200",
        notes=(
            "Only the time and the type of the event are signed. An attacker who has seen a delivery can "
            "send any document with its `event_hash`, forever: confirm important events with the API of "
            "Dropbox Sign. The time is that of the event and not checked. Two events of the same type in "
            "the same second have the same hash, so do not use a replay guard. The body is a form "
            "(multipart) with JSON in the field `json`. Your handler must respond with the text `Hello API "
            "Event Received`, otherwise Dropbox Sign retries."
        ),
        retries=(
            "with growing delays for about 3 days "
            "([documentation](https://developers.hellosign.com/api/manual-reference-pages/glossary/"
            "callbacks-events)); the time of the event is not checked, so a retry is never rejected as stale"
        ),
    )

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "dropbox-sign"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed time and type of the event.

        Args:
            reading: Unused.
            body: The request body: a form with the field `json`, or the JSON.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If time, type or hash is missing or invalid.
        """
        event = _event(body)
        signatures = self.signatures_of(get_field(event, "event_hash"))
        return (("", ((signatures, b"", _content(event), b""),), body),)

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Return a multipart form with an event and its hash.

        Args:
            body: The event to sign, in JSON.
            key: The signing key.
            id: Unused.
            timestamp: The time of the event, in Unix seconds.

        Returns:
            The signed body. Its boundary is in its first line.

        Raises:
            ValueError: If the body is not JSON with an `event.event_type`.
        """
        try:
            value = parse_json(body)
            event: dict[str, Any] = dict(get_field(value, "event") or {})
            event["event_time"] = str(timestamp)
            event["event_hash"] = self.signature_encoding[1](key.sign(_content(event)))
        except (MalformedDelivery, TypeError) as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        text = dump_json({**value, "event": event})
        # The text does not contain its own hash.
        boundary = sha256(text).hexdigest().encode()
        head = b'Content-Disposition: form-data; name="json"\r\n\r\n'
        return b"--%b\r\n%b%b\r\n--%b--\r\n" % (boundary, head, text, boundary)


def _event(body: bytes) -> dict[str, Any]:
    """Return the event in a form or in JSON. Raise MalformedDelivery."""
    values = [value for name, value in form_pairs(body) or () if name == DropboxSign.json_form_field]
    if len(values) > 1:
        raise unreadable("the body must contain at most one json field")
    event = get_field(parse_unverified_json(values[0].encode() if values else body), "event")
    if not isinstance(get_field(event, "event_hash"), str):
        raise unreadable("the body must contain exactly one event.event_hash")
    return dict(event)


def _content(event: object) -> bytes:
    """Return the signed content. Raise MalformedDelivery."""
    stamp, event_type = get_field(event, "event_time"), get_field(event, "event_type")
    if type(stamp) is int and stamp.bit_length() < 64:
        stamp = str(stamp)
    if not (isinstance(stamp, str) and UNITS["s"][0](stamp)):
        raise unreadable("the body must contain exactly one event.event_time, in Unix seconds")
    if not (isinstance(event_type, str) and _TYPE.fullmatch(event_type)):
        raise unreadable("the body must contain exactly one event.event_type, in lower-case letters")
    return f"{stamp}{event_type}".encode()


SCHEME = DropboxSign()
