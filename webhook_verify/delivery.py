"""The verified webhook, a `Delivery`.

A function with a `Delivery` parameter cannot be called with unverified bytes, because only a verifier (and
`webhook_verify.testing`) creates a `Delivery`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from webhook_verify.errors import UnreadableEvent
from webhook_verify.tracebacks import safe_repr

__all__ = ["LAST_SECOND", "Delivery", "SignedParts", "allocate_delivery", "make_delivery", "set_parts"]

LAST_SECOND = 253_402_300_799
"""The last timestamp that a datetime can represent, at the end of the year 9999, in Unix seconds."""

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, NoReturn, Protocol

    class SigningScheme(Protocol):
        """The part of `webhook_verify.schemes.Scheme` that a delivery uses."""

        @property
        def signs_id(self) -> bool: ...

        @property
        def signs_timestamp(self) -> bool: ...

        @property
        def signs_body(self) -> bool: ...

        @property
        def has_id_in_body(self) -> bool: ...

        def message_id_from_body(self, body: bytes) -> str:
            """Return the message id in a signed body."""
            ...


SignedParts = tuple["SigningScheme", bytes, bytes, bytes, bytes]
"""The signed parts of a delivery whose scheme does not sign id, timestamp and body as Standard Webhooks does.

`(scheme, signed_body, before, content, after)`. The scheme states which parts are signed. The concatenation
of the last three is the signed content. It is only built for `Delivery.signed_content_digest`.
"""

_PlainParts = tuple[str, int, bytes, str, str, str | None]
# A delivery of Standard Webhooks has only the plain parts, because creating it is on the hot path.
_Parts = _PlainParts | tuple[str, int, bytes, str, str, str | None, SignedParts]


@safe_repr
class Delivery:
    """A verified webhook. Immutable. Created by `Verifier.verify`, not by the application.

    Use its `id` and `timestamp` instead of the headers: these are the signed values.

    Raises:
        TypeError: Always, because only a verifier creates deliveries.
    """

    __slots__ = ("_body_id", "_parts")

    _parts: _Parts
    _body_id: str

    def __init__(self) -> None:
        raise TypeError("a Delivery cannot be created directly: call Verifier.verify(body, headers)")

    @property
    def id(self) -> str:
        """The message id, the same on every retry. "" if the delivery has no id.

        Deduplicate by `idempotency_key`, which is the id only if `id_is_signed`.
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
        """The body in its signed form: canonical JSON if the scheme signs that, else the received body."""
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
    def idempotency_key(self) -> str:
        """The key for deduplication: the id if it is signed, else the hex digest of the signed content."""
        return self.id if self.id_is_signed else self.signed_content_digest.hex()

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
        """The event type in the header of the scheme, or None. No provider signs that header.

        An attacker can change it in a replay, so check it against the payload.
        """
        return self._parts[5]

    def json(self) -> Any:
        """Parse the signed body as JSON (RFC 8259: UTF-8, no NaN).

        Returns:
            The parsed value.

        Raises:
            UnreadableEvent: If the signed body is not JSON in UTF-8.
        """
        import json  # here, because typed events do not need it

        try:
            return json.loads(self.signed_body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass  # raised below, because the original error contains the body
        raise UnreadableEvent("the body is not JSON in UTF-8")

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
            "a Delivery cannot be pickled: queue its body and the headers of the request, "
            "and call verify_at(body, headers, received_at=...) in the worker"
        )


# For the hot path: make_delivery() takes longer than these two.
allocate_delivery: Callable[[], Delivery] = partial(object.__new__, Delivery)
# The descriptor of the slot is the only way past __setattr__, and the fastest.
set_parts = Delivery.__dict__["_parts"].__set__
_set_body_id = Delivery.__dict__["_body_id"].__set__


def make_delivery(
    id: str,
    timestamp: int,
    body: bytes,
    scheme: str,
    key: str,
    event_type: str | None,
    signed_parts: SignedParts | None = None,
) -> Delivery:
    """Create a `Delivery`. Only for code that has verified these parts.

    Args:
        id: The message id, or "".
        timestamp: The time of the signature, in Unix seconds.
        body: The received body.
        scheme: The name of the scheme.
        key: The label of the secret that matched.
        event_type: The event type in a header, or None.
        signed_parts: The signed parts, if the scheme does not sign all of id, timestamp and body.

    Returns:
        The delivery.
    """
    delivery = allocate_delivery()
    plain = (id, timestamp, body, scheme, key, event_type)
    set_parts(delivery, plain if signed_parts is None else (*plain, signed_parts))
    return delivery


def _comparison_key(parts: _Parts) -> tuple[object, ...]:
    """Return the value that deliveries are compared by: it has the name of the scheme, not the object."""
    return parts if len(parts) == 6 else (parts[:6], parts[6][1:])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
