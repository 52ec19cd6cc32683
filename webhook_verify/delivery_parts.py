"""The parts of a `Delivery`, which a verifier stores and the properties of the delivery read."""

from __future__ import annotations

__all__ = ["EventTypeSource", "Identity", "Parts", "PlainParts", "SignedParts"]

TYPE_CHECKING = False  # importing typing would take as long as the rest of this package
if TYPE_CHECKING:
    from typing import Literal, Protocol

    Identity = Literal["signed_id", "unsigned_id", "bytes"]
    """The value of `Delivery.identity`."""

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

        @property
        def id_on_retry(self) -> str: ...

        @property
        def signs_event_type(self) -> bool: ...

        @property
        def json_form_field(self) -> str: ...

        def message_id_from_body(self, body: bytes) -> str:
            """Return the message id in a signed body."""
            ...

else:
    Identity = str


SignedParts = tuple["SigningScheme", bytes, bytes, bytes, bytes]
"""The signed parts of a delivery whose scheme does not sign id, timestamp and body as Standard Webhooks does.

`(scheme, signed_body, before, content, after)`. The scheme states which parts are signed. The concatenation
of the last three is the signed content. It is only built for `Delivery.signed_content_digest`.
"""

EventTypeSource = str | tuple[str, ...] | None
"""The event type in an unsigned header, or the paths of the event type in the JSON body. None or () without.

The body is parsed only when `Delivery.event_type` is read, so a verification takes no longer.
"""

PlainParts = tuple[str, int, bytes, str, str, EventTypeSource]
# A delivery of Standard Webhooks has only the plain parts, because creating it is on the hot path.
Parts = PlainParts | tuple[str, int, bytes, str, str, EventTypeSource, SignedParts]
