"""What a verified webhook is: a :class:`Delivery`.

A function that takes a ``Delivery`` cannot be called with unverified bytes, because only a
verifier (and :mod:`webhook_verify.testing`) makes one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from hashlib import sha256

from webhook_verify.errors import UnreadableEvent
from webhook_verify.tracebacks import safe_repr

__all__ = ["LAST_SECOND", "Delivery", "SignedParts", "allocate_delivery", "make_delivery", "set_parts"]

LAST_SECOND = 253_402_300_799
"""The last timestamp that a datetime can hold, at the end of the year 9999, in Unix seconds."""

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Any, NoReturn, Protocol

    class SigningScheme(Protocol):
        """What a delivery asks of its scheme: see :class:`webhook_verify.schemes.Scheme`."""

        @property
        def signs_id(self) -> bool: ...

        @property
        def signs_timestamp(self) -> bool: ...

        @property
        def signs_body(self) -> bool: ...

        @property
        def has_id_in_body(self) -> bool: ...

        def message_id_from_body(self, body: bytes) -> str: ...


SignedParts = tuple["SigningScheme", bytes, bytes, bytes, bytes]
"""What is known of a delivery whose scheme does not sign id, timestamp and the body as Standard Webhooks do.

``(scheme, signed_body, before, content, after)``: the scheme says what it signs, and the last three together
are the signed content, which is joined only for :attr:`Delivery.signed_content_digest`.
"""

_PlainParts = tuple[str, int, bytes, str, str, str | None]
# A delivery of Standard Webhooks has the plain parts alone: making it is on the hot path.
_Parts = _PlainParts | tuple[str, int, bytes, str, str, str | None, SignedParts]


@safe_repr
class Delivery:
    """One genuine, fresh webhook. Frozen; made by :meth:`Verifier.verify`, never by hand.

    Use its ``id`` and ``timestamp`` instead of reading the headers again: these are the signed ones.
    """

    __slots__ = ("_body_id", "_parts")

    _parts: _Parts
    _body_id: str

    def __init__(self) -> None:
        raise TypeError("only a Verifier makes a Delivery: call verify(body, headers)")

    @property
    def id(self) -> str:
        """The message id, the same on every retry. "" where there is none.

        Deduplicate by :attr:`idempotency_key`, which is the id only if :attr:`id_is_signed`.
        """
        parts = self._parts
        return parts[0] if len(parts) == 6 else self._id_in_body() or parts[0]

    @property
    def id_is_signed(self) -> bool:
        """Whether there is an id that the sender signed. Else a replay may carry any id, or there is none."""
        parts = self._parts
        if len(parts) == 6:
            return parts[0] != ""
        scheme = parts[6][0]
        return (scheme.signs_id and parts[0] != "") or (scheme.signs_body and self._id_in_body() != "")

    def _id_in_body(self) -> str:
        """The id that the signed body holds, "" without one: looked for once, and only for who asks."""
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
        """When the sender signed this attempt: an aware datetime in UTC, whole seconds.

        Where the scheme signs no timestamp, it is when the delivery was verified.
        """
        return datetime.fromtimestamp(self._parts[1], UTC)

    @property
    def timestamp_is_signed(self) -> bool:
        """Whether the timestamp is the sender's, and proves that the delivery is fresh."""
        parts = self._parts
        return True if len(parts) == 6 else parts[6][0].signs_timestamp

    @property
    def body(self) -> bytes:
        """The exact bytes that were received. They are what was signed, but see :attr:`signed_body`."""
        return self._parts[2]

    @property
    def body_is_signed(self) -> bool:
        """Whether the signature covers the body. Else whoever has seen one delivery can send any body."""
        parts = self._parts
        return True if len(parts) == 6 else parts[6][0].signs_body

    @property
    def signed_body(self) -> bytes:
        """The body as it was signed: the canonical JSON of it where the scheme signed that, else the body."""
        parts = self._parts
        return parts[2] if len(parts) == 6 else parts[6][1]

    @property
    def signed_content_digest(self) -> bytes:
        """The SHA-256 of the signed content, 32 bytes.

        Not the signature, which can be written in several ways, and changes with the secret.
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
        """The key to deduplicate by: the id if it is signed, else the hex digest of the signed content."""
        return self.id if self.id_is_signed else self.signed_content_digest.hex()

    @property
    def scheme(self) -> str:
        """The name of the scheme that verified it, such as ``standard-webhooks``."""
        return self._parts[3]

    @property
    def secret_label(self) -> str:
        """The label of the secret that matched (``secret-1``, ``secret-2``... for those without one).

        Once no delivery names an old secret any more, that secret can be retired.
        """
        return self._parts[4]

    @property
    def event_type(self) -> str | None:
        """The event type where a header carries it, else None. No provider signs that header.

        So whoever replays a delivery may write another type there: check that the payload is of it.
        """
        return self._parts[5]

    def json(self) -> Any:
        """The signed body as JSON (RFC 8259: UTF-8, no NaN). Raises :class:`UnreadableEvent` if it is not."""
        import json  # here, because who parses typed events does without it

        try:
            return json.loads(self.signed_body.decode("utf-8"), parse_constant=_no_constant)
        except (ValueError, RecursionError):
            pass  # raised below: the original error would carry the body along
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
            "a Delivery is not pickled: queue its body and the request's headers, "
            "and let the worker call verify_at(body, headers, received_at=...)"
        )


# For where verified() would cost too much: it takes longer than both of these.
allocate_delivery = partial(object.__new__, Delivery)
# The slot's own descriptor: the one way past __setattr__, and the quickest.
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
    """Make a Delivery. Only for code that has verified these parts; ``timestamp`` in Unix seconds."""
    delivery = allocate_delivery()
    plain = (id, timestamp, body, scheme, key, event_type)
    set_parts(delivery, plain if signed_parts is None else (*plain, signed_parts))
    return delivery


def _comparison_key(parts: _Parts) -> tuple[object, ...]:
    """What deliveries are compared by: the scheme's name is among it, whichever object it was."""
    return parts if len(parts) == 6 else (parts[:6], parts[6][1:])


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
