"""The verified webhook, a `Delivery`.

A function with a `Delivery` parameter cannot be called with unverified bytes, because only a verifier (and
`webhook_verify.testing`) creates a `Delivery`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from operator import attrgetter
from time import time

from webhook_verify.delivery_identity import identity_of, unsigned_id_digest
from webhook_verify.errors import UnreadableEvent
from webhook_verify.tracebacks import hide_arguments, safe_repr

__all__ = [
    "LAST_SECOND",
    "Delivery",
    "allocate_delivery",
    "get_parts",
    "make_delivery",
    "set_parts",
]

LAST_SECOND = 253_402_300_799
"""The last timestamp that a datetime can represent, at the end of the year 9999, in Unix seconds."""

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn

    from webhook_verify.delivery_parts import EventTypeSource, Identity, Parts, SignedParts
    from webhook_verify.form import FormFields


@safe_repr
class Delivery:
    """A verified webhook. Immutable. Created by `Verifier.verify`, not by the application.

    Use its `id` and `timestamp` instead of the headers: these are the signed values.

    Raises:
        TypeError: Always, because only a verifier creates deliveries.
    """

    __slots__ = ("_body_event_type", "_body_id", "_parts")

    _parts: Parts
    _body_event_type: str | None
    _body_id: str

    def __init__(self) -> None:
        raise TypeError("a Delivery cannot be created directly: call Verifier.verify(body, headers)")

    @property
    def id(self) -> str:
        """The message id, the same on every retry. "" if the delivery has no id.

        Deduplicate by `idempotency_key`, which is the id only if `id_is_signed`: see `identity`.
        """
        parts = self._parts
        return parts[0] if len(parts) == 6 else self._id_in_body() or parts[0]

    @property
    def id_is_signed(self) -> bool:
        """Whether the delivery has a signed id. An unsigned id can be changed in a replay."""
        parts = self._parts
        if len(parts) == 6:
            return parts[0] != ""
        scheme = parts[6][0]
        return (scheme.signs_id and parts[0] != "") or (scheme.signs_body and self._id_in_body() != "")

    def _id_in_body(self) -> str:
        """Return the id in the signed body, or "". It is parsed once, at the first use."""
        parts = self._parts
        if len(parts) == 6 or not parts[6][0].has_id_in_body:
            return ""
        try:
            return self._body_id
        except AttributeError:
            message_id = parts[6][0].message_id_from_body(parts[6][1])
            _set_body_id(self, message_id)
            return message_id

    @property
    def timestamp(self) -> datetime:
        """The time at which the sender signed this attempt: an aware datetime in UTC, in whole seconds.

        If the scheme does not sign a timestamp, the time of the verification.
        """
        return datetime.fromtimestamp(self._parts[1], UTC)

    @property
    def timestamp_is_signed(self) -> bool:
        """Whether the sender signed the timestamp, so that it proves that the delivery is fresh."""
        parts = self._parts
        return True if len(parts) == 6 else parts[6][0].signs_timestamp

    @property
    def body(self) -> bytes:
        """The exact bytes that were received. They are usually the signed bytes: see `signed_body`."""
        return self._parts[2]

    @property
    def body_is_signed(self) -> bool:
        """Whether the signature covers the body. If not, an attacker can replay a delivery with any body."""
        parts = self._parts
        return True if len(parts) == 6 else parts[6][0].signs_body

    @property
    def signed_body(self) -> bytes:
        """The body in its signed form: canonical JSON, or the payload of a token, else the received body."""
        parts = self._parts
        return parts[2] if len(parts) == 6 else parts[6][1]

    @property
    def signed_content_digest(self) -> bytes:
        """The SHA-256 of the signed content, 32 bytes.

        Unlike the signature, it has one form and does not change with the secret.
        """
        parts = self._parts
        if len(parts) == 6:
            return sha256(
                b"%b.%d.%b" % (parts[0].encode("utf-8", "surrogatepass"), parts[1], parts[2])
            ).digest()
        _, _, before, content, after = parts[6]
        return sha256(b"".join((before, content, after))).digest()

    @property
    def identity(self) -> Identity:
        """The parts that `idempotency_key` is made of.

        - `signed_id`: the id, in a signed header or in the signed body.
        - `unsigned_id`: an unsigned id, and the body without the time. An attacker can replay the delivery
          with another id. Not for an id that is known to be new on each retry.
        - `bytes`: the signed content, with its time if one is signed. A retry that is signed again has
          another key; two events with the same signed content have the same key.
        """
        return identity_of(self.id, self.id_is_signed, self._parts)

    @property
    def idempotency_key(self) -> str:
        """The key for deduplication: the id if it is signed, else a digest in hex. See `identity`."""
        if self.id_is_signed:
            return self.id
        if self.identity == "unsigned_id":
            return unsigned_id_digest(self.id, self.signed_body).hex()
        return self.signed_content_digest.hex()

    @property
    def scheme(self) -> str:
        """The name of the scheme that verified the delivery, such as `standard-webhooks`."""
        return self._parts[3]

    @property
    def secret_label(self) -> str:
        """The label of the secret that matched, by default `secret-1`, `secret-2` and so on.

        An old secret can be removed when deliveries no longer have its label.
        """
        return self._parts[4]

    @property
    def event_type(self) -> str | None:
        """The event type, or None for a delivery without a type.

        If the scheme has `event_type_in_body`, only the body is read, and None means that it has no type, or
        several events of different types. Else it is the unsigned header of the scheme, if there is one. An
        attacker can change that header in a replay: see `event_type_is_signed`.
        """
        source = self._parts[5]
        if not isinstance(source, tuple):
            return source
        if not source:
            return None
        try:
            return self._body_event_type
        except AttributeError:
            event_type = self._event_type_at(source)
            _set_body_event_type(self, event_type)
            return event_type

    @property
    def event_type_is_signed(self) -> bool:
        """Whether the event type is a part of the signed content. Most headers with a type are not."""
        parts = self._parts
        if self.event_type is None:
            return False
        if len(parts) == 6:
            return isinstance(parts[5], tuple)
        scheme = parts[6][0]
        return scheme.signs_event_type or (isinstance(parts[5], tuple) and scheme.signs_body)

    def _event_type_at(self, paths: tuple[str, ...]) -> str | None:
        from webhook_verify.json_fields import event_type_at  # here, because it imports json

        try:
            return event_type_at(self.json_body, paths)
        except UnreadableEvent:
            return None

    @property
    def json_body(self) -> bytes:
        """The JSON text that `json` parses: the signed body, or a form field that the scheme names.

        A scheme with a `json_form_field`, such as GitHub's, can send a form with JSON in that field.

        Raises:
            UnreadableEvent: If a form has that field several times.
        """
        parts = self._parts
        if len(parts) == 6 or not parts[6][0].json_form_field:
            return self.signed_body
        from webhook_verify.form import json_text  # here, because most deliveries are not forms

        return json_text(parts[6][1], parts[6][0].json_form_field)

    def json(self) -> Any:
        """Parse the signed body as JSON (RFC 8259: UTF-8, no NaN).

        If the scheme has a `json_form_field` and the body is a form with that field, its JSON is parsed.

        Returns:
            The parsed value.

        Raises:
            UnreadableEvent: If the signed body is not JSON in UTF-8.
        """
        import json  # here, because typed events do not need it

        text = self.json_body
        try:
            return json.loads(text.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass  # raised below, because the original error contains the body
        raise self._not_json(text)

    def _not_json(self, text: bytes) -> UnreadableEvent:
        from webhook_verify.form import is_form

        parts = self._parts
        if len(parts) == 7 and text is not parts[6][1]:
            return UnreadableEvent("the field is not JSON in UTF-8", parts[6][0].json_form_field)
        advice = ", but a form: call delivery.form()" if is_form(text) else ""
        return UnreadableEvent(f"the body is not JSON in UTF-8{advice}")

    def form(self) -> FormFields:
        """Parse the signed body as a form (`application/x-www-form-urlencoded` or `multipart/form-data`).

        Returns:
            The fields, in the order of the body and with all values of repeated fields. The files of a
            multipart form are left out.

        Raises:
            UnreadableEvent: If the signed body is not a form in UTF-8, or has more than 1,000 fields.
        """
        from webhook_verify.form import parse_form  # here, because most deliveries are not forms

        return parse_form(self.signed_body)

    @hide_arguments
    def seal(self, key: object, *, namespace: str = "", clock: Callable[[], float] = time) -> bytes:
        """Seal the delivery for a queue. `open_sealed` returns an equal delivery.

        Args:
            key: A key of the application: a str, bytes or `Secret` of at least 16 bytes, or an iterable of
                these, of which the first that is valid now seals.
            namespace: A name that `open_sealed` must state, too, such as that of a queue or a tenant.
            clock: Returns the current time in Unix seconds.

        Returns:
            The sealed bytes. They contain the body, and are authenticated, not encrypted.

        Raises:
            InvalidSecret: If a key is empty, or shorter than 16 bytes.
            TypeError: If an argument has the wrong type.
            ValueError: If no key is valid now.
        """
        from webhook_verify.sealing import (
            header_of,
            pack,
            valid_key,
        )  # here, because few deliveries are sealed

        now = clock()
        header = header_of(self._parts, self._id_in_body(), namespace, now)
        return pack(header, self.body, valid_key(key, now))

    @hide_arguments
    def seal_text(self, key: object, *, namespace: str = "", clock: Callable[[], float] = time) -> str:
        """Seal the delivery as text, for a queue that takes no bytes.

        Args:
            key: As for `seal`.
            namespace: As for `seal`.
            clock: As for `seal`.

        Returns:
            The sealed bytes in base64url, a third longer.

        Raises:
            InvalidSecret: If a key is empty, or shorter than 16 bytes.
            TypeError: If an argument has the wrong type.
            ValueError: If no key is valid now.
        """
        from webhook_verify.sealing import as_text

        return as_text(self.seal(key, namespace=namespace, clock=clock))

    def __repr__(self) -> str:
        size = len(self.body)
        label = self.secret_label
        return (
            f"Delivery(id={self.id!r}, scheme={self.scheme!r}, secret_label={label!r}, body=<{size} bytes>)"
        )

    def __eq__(self, other: object) -> bool:
        return (
            _comparison_key(self._parts) == _comparison_key(other._parts)
            if isinstance(other, Delivery)
            else NotImplemented
        )

    def __hash__(self) -> int:
        return hash(_comparison_key(self._parts))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a Delivery is frozen: {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"a Delivery is frozen: {name} cannot be deleted")

    def __copy__(self) -> Delivery:
        return self

    def __deepcopy__(self, memo: object) -> Delivery:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "a Delivery cannot be pickled: queue delivery.seal(key), "
            "and call open_sealed(sealed, key) in the worker"
        )


# For the hot path: make_delivery() takes longer than these two.
allocate_delivery: Callable[[], Delivery] = partial(object.__new__, Delivery)
# The descriptor of the slot is the only way past __setattr__, and the fastest.
set_parts = Delivery.__dict__["_parts"].__set__
get_parts: Callable[[Delivery], Parts] = attrgetter("_parts")
_set_body_id = Delivery.__dict__["_body_id"].__set__
_set_body_event_type = Delivery.__dict__["_body_event_type"].__set__


def make_delivery(
    id: str,
    timestamp: int,
    body: bytes,
    scheme: str,
    key: str,
    event_type: EventTypeSource,
    signed_parts: SignedParts | None = None,
) -> Delivery:
    """Create a `Delivery`. Only for code that has verified these parts.

    Args:
        id: The message id, or "".
        timestamp: The time of the signature, in Unix seconds.
        body: The received body.
        scheme: The name of the scheme.
        key: The label of the secret that matched.
        event_type: The event type in a header, or its paths in the body, or None.
        signed_parts: The signed parts, if the scheme does not sign all of id, timestamp and body.

    Returns:
        The delivery.
    """
    delivery = allocate_delivery()
    plain = (id, timestamp, body, scheme, key, event_type)
    set_parts(delivery, plain if signed_parts is None else (*plain, signed_parts))
    return delivery


def _comparison_key(parts: Parts) -> tuple[object, ...]:
    """Return the value that deliveries are compared by: it has the name of the scheme, not the object."""
    return parts if len(parts) == 6 else (parts[:6], parts[6][1:])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
