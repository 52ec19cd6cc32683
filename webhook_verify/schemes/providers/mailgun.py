"""Mailgun, which signs a timestamp and a token, but not the event.

The body is `{"signature": {"timestamp": ..., "token": ..., "signature": ...}, "event-data": {...}}`, or for
mail that a route forwards, a form with the fields `timestamp`, `token` and `signature`. The
signature is the hex HMAC-SHA256 of timestamp + token. An attacker who has seen one delivery can combine its
signature with any event while the timestamp is fresh. Only a replay guard, which remembers the token,
prevents that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from webhook_verify.errors import MalformedDelivery
from webhook_verify.form import form_pairs
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import (
    BodyScheme,
    dump_json,
    get_field,
    parse_json,
    parse_unverified_form,
    parse_unverified_json,
    unreadable,
)
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.sender_rules import ResponseRules
from webhook_verify.schemes.timestamps import UNITS

if TYPE_CHECKING:
    from webhook_verify.keys import Signatures, SigningKey

__all__ = ["SCHEME", "Mailgun"]

_MAX_TOKEN_CHARS = 256  # Mailgun's tokens have 50


class Mailgun(BodyScheme):
    """Webhooks in JSON, and the forms of routes.

    The signing key is that of the account or, for an event of a subaccount, of the parent account.
    """

    has_timestamp_in_body = True
    event_type_in_body: tuple[str, ...] = ("event-data.event",)
    tolerance: float = 900.0  # as in Mailgun's own SDK; its documentation warns of delays

    signature_encoding: Encoding = ENCODINGS["hex"]
    signed_content = "{timestamp}{token}"
    retries = "keep_timestamp"
    responses: ResponseRules = ResponseRules(final_status=406, accepted_status=200)
    # Documented delays: 10, 10, 15, 30, 60, 120 and 240 minutes; on another page 5, 10, 15, 60, 120, 240.
    retry_seconds: float = 485 * 60.0
    docs: SchemeDocs = SchemeDocs(
        title="Mailgun",
        secret_from="Send > Webhooks > HTTP webhook signing key; not the API key",
        url="https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks",
        notes=(
            "The event is not signed: an attacker who has seen a delivery can send another event with its "
            "signature for as long as the timestamp is accepted. Deduplicate by the token, which is "
            "signed, and confirm important events with Mailgun's API. A timestamp from before the retry "
            "schedule gets 406, because Mailgun retries after any status but 200 and 406. Other rejections "
            "get 401 or 400, so that a retry succeeds after you have corrected the secret or the clock. The "
            "`parent-signature` of an event of a subaccount is accepted as well. Routes forward mail as a "
            "form, urlencoded or with files as multipart: read `delivery.form()`, which leaves out the "
            "files, or `delivery.body`."
        ),
        retries=(
            "for 8 hours, unless the response is 200 or 406 "
            "([documentation](https://documentation.mailgun.com/docs/"
            "mailgun/user-manual/webhooks/webhook-retries)), "
            "with the timestamp of the first attempt (observed in deliveries)"
        ),
    )

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "mailgun"

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed timestamp and token. The token is the message id.

        Args:
            reading: Unused.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If timestamp, token or signature is missing or invalid.
        """
        stamp, token, signed = _parts(body)
        signatures = self._signatures(signed)
        return ((token, ((signatures, b"", (stamp + token).encode(), b""),), body),)

    def _signatures(self, signed: object) -> Signatures:
        texts = [get_field(signed, name) for name in ("signature", "parent-signature")]
        if not isinstance(texts[0], str):
            raise unreadable("the body must contain exactly one signature")
        return [pair for text in texts for pair in self.signatures_of(text)]

    def timestamp_from_body(self, body: bytes) -> int:
        """Return the timestamp in the signed body.

        Args:
            body: The signed body.

        Returns:
            Unix seconds, or 0 if it cannot be read.
        """
        try:
            return UNITS["s"][0](_parts(body)[0])
        except MalformedDelivery:
            return 0

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Sign a JSON object or an urlencoded form, replacing an existing signature.

        Args:
            body: The body to sign, in JSON or urlencoded.
            key: The signing key.
            id: The token. Mailgun's tokens have 50 characters.
            timestamp: Unix seconds.

        Returns:
            The signed body.

        Raises:
            ValueError: If the body is neither a JSON object nor an urlencoded form.
        """
        texts = {"timestamp": str(timestamp), "token": id}
        mac = key.sign("".join(texts.values()).encode())
        signed = {**texts, "signature": self.signature_encoding[1](mac)}
        if not body.startswith(b"--") and (fields := form_pairs(body)):
            kept = [(name, value) for name, value in fields if name not in signed]
            return urlencode([*kept, *signed.items()]).encode()
        return dump_json({**_event(body), "signature": signed})


def _parts(body: bytes) -> tuple[str, str, object]:
    """Return timestamp, token and the object that contains them. Raise MalformedDelivery."""
    form = parse_unverified_form(body)
    signed = get_field(parse_unverified_json(body), "signature") if form is None else form
    stamp, token = get_field(signed, "timestamp"), get_field(signed, "token")
    if type(stamp) is int and stamp.bit_length() < 64:
        stamp = str(stamp)
    if not (isinstance(stamp, str) and UNITS["s"][0](stamp)):
        raise unreadable("the body must contain exactly one timestamp of the signature, in Unix seconds")
    if not (isinstance(token, str) and 1 <= len(token) <= _MAX_TOKEN_CHARS and _is_plain(token)):
        raise unreadable("the body must contain exactly one token of the signature, in printable ASCII")
    return stamp, token, signed


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text


def _event(body: bytes) -> dict[str, Any]:
    try:
        event = parse_json(body)
    except MalformedDelivery as error:
        raise ValueError(f"cannot sign this body: {error}") from None
    if event.__class__ is not dict:
        raise ValueError("cannot sign this body: it must be a JSON object")
    return event


SCHEME = Mailgun()
