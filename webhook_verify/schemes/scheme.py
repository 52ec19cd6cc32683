"""What a scheme is: how one provider writes id, timestamp and signature.

A scheme knows headers and encodings; it does not decide. It turns headers into a :data:`Reading`,
which the verifier then checks, and secrets into keys. What a provider leaves unsigned is never trusted,
so a scheme says it: ``signs_id``, ``signs_timestamp``, ``signs_raw_body``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from webhook_verify.headers import Headers
from webhook_verify.key_kinds import Signatures
from webhook_verify.keys import Secret

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from webhook_verify.key_kinds import SigningKey, VerifyingKey

__all__ = ["Reading", "Scheme"]


Reading = tuple[str, int, Signatures, bytes, bytes, "str | None"]
"""What a scheme reads in the headers, before anything of it is known to be true.

``(id, timestamp, signatures, before, after, event_type)``: id and timestamp (Unix seconds) are the
sender's words, "" and 0 where there is none; the signatures are those worth looking at, in base64, and
the signed content is before + body + after. A plain tuple: it is made and taken apart once for each
delivery, on the hot path.
"""


class Scheme(ABC):
    """One provider's way to sign. Stateless, so that one object serves every verifier and thread."""

    __slots__ = ()

    signs_id: bool = True
    """Whether there is a message id and the signature covers it. Else the signature is the replay key."""

    signs_timestamp: bool = True
    """Whether there is a timestamp and the signature covers it. Else no delivery is refused as stale."""

    signs_raw_body: bool = True
    """Whether the body is signed as it is sent. Else :meth:`forms` tells how it may have been."""

    check_methods: tuple[str, ...] = ()
    """The methods by which the provider checks that an endpoint is there; they are answered 204."""

    def forms(self, body: bytes) -> Sequence[bytes]:
        """The forms in which the body may have been signed: the body itself, unless a scheme says more.

        Raises :class:`MalformedDelivery` for a body that the provider cannot have signed, and nothing else.
        """
        return (body,)

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in the registry and in :attr:`Delivery.scheme`."""

    @abstractmethod
    def read(self, headers: Headers, url: str | None, method: str | None) -> Reading:
        """What the headers say. Raises :class:`MalformedDelivery`, and nothing else."""

    @abstractmethod
    def write(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None,
        method: str | None,
    ) -> dict[str, str]:
        """The headers that sign ``body``, one signature a key. Raises ValueError for an id it cannot sign."""

    @abstractmethod
    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """The key a receiver verifies with. Raises :class:`InvalidSecret`."""

    @abstractmethod
    def signing_key(self, secret: Secret) -> SigningKey:
        """The key a sender signs with. Raises :class:`InvalidSecret`."""

    def __repr__(self) -> str:
        return f"<scheme {self.name}>"
