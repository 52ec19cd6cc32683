"""What a scheme is: how one provider writes id, timestamp and signature.

A scheme knows headers and encodings; it does not decide. It turns headers into a :data:`ParsedHeaders`,
which the verifier then checks, and secrets into keys. What a provider leaves unsigned is never trusted,
so a scheme says it: ``signs_id``, ``signs_timestamp``, ``signs_body``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.keys import Signatures
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.handshakes import Handshake
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = [
    "CLOSED_ID_CHARS",
    "BodyInterpretation",
    "FastPathLayout",
    "ParsedHeaders",
    "Scheme",
    "SchemeDocs",
    "SignatureCheck",
    "check_message_id",
]


CLOSED_ID_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~:+/@")
"""Of an id that holds what parts it from a timestamp: JSON, XML and forms do not get by with these alone."""

ParsedHeaders = tuple[str, int, Signatures, bytes, bytes, "str | None"]
"""What a scheme reads in the headers, before anything of it is known to be true.

``(id, timestamp, signatures, before, after, event_type)``: id and timestamp (Unix seconds) are the
sender's words, "" and 0 where there is none; the signatures are those worth looking at, in base64, and
the signed content is before + body + after. A plain tuple: it is made and taken apart once for each
delivery, on the hot path.
"""

SignatureCheck = tuple[Signatures, bytes, bytes, bytes]
"""``(signatures, before, content, after)``: one of the signatures must be right for the three together."""

BodyInterpretation = tuple[str, Sequence[SignatureCheck], bytes]
"""``(id, proofs, signed_body)``: one way in which a body may be signed. All proofs must hold."""

FastPathLayout = tuple[HeaderReader, str, str, int, str, str, bytes]
"""``(reader, signature_header, prefix, digits, event_type_header, id_header, before)``: one HMAC in hex, of
before + body.

The reader gives the signature's header first, then the event type's and the id's, where there are such.
"""


@safe_repr
class SchemeDocs:
    """The texts of a scheme's page, which ``webhook-verify providers`` prints as well. Immutable.

    Args:
        title: The provider's name for itself. A scheme without one shows its registered name.
        secret_from: Where a user finds the secret.
        url: The provider's own documentation of its signatures.
        notes: Pitfalls, as sentences in Markdown.
        retries: When the provider retries, and what its retries carry, with the source, in Markdown.
    """

    __slots__ = ("notes", "retries", "secret_from", "title", "url")

    title: str
    secret_from: str
    url: str
    notes: str
    retries: str

    def __init__(
        self, title: str = "", secret_from: str = "", url: str = "", notes: str = "", retries: str = ""
    ) -> None:
        texts = {"title": title, "secret_from": secret_from, "url": url, "notes": notes, "retries": retries}
        for name, text in texts.items():
            object.__setattr__(self, name, text)

    @classmethod
    def titled(cls, docs: SchemeDocs | None, name: str) -> SchemeDocs:
        """Return `docs`, with `name` as the title where they have none.

        Raises:
            TypeError: If `docs` is neither a `SchemeDocs` nor None.
        """
        if docs is None:
            return cls(title=name)
        if not isinstance(docs, cls):
            raise TypeError(f"docs must be a SchemeDocs, not {type(docs).__name__!r}")
        if docs.title:
            return docs
        return cls(name, docs.secret_from, docs.url, docs.notes, docs.retries)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a SchemeDocs is frozen: {name} cannot be set")

    def __reduce__(self) -> tuple[type[SchemeDocs], tuple[str, ...]]:
        # Copying and pickling would otherwise set the slots, which is refused above.
        return SchemeDocs, (self.title, self.secret_from, self.url, self.notes, self.retries)

    def __repr__(self) -> str:
        return f"SchemeDocs(title={self.title!r})"


class Scheme(ABC):
    """One provider's way to sign. Stateless, so that one object serves every verifier and thread."""

    __slots__ = ()

    signs_id: bool = True
    """Whether :meth:`parse_headers` gives a message id that the signature covers."""

    signs_timestamp: bool = True
    """Whether there is a timestamp and the signature covers it. Else no delivery is refused as stale."""

    signs_body: bool = True
    """Whether the signature covers the body. Else there is a token, or a signature of something else."""

    signs_url: bool = False
    """Whether :meth:`parse_headers` needs the url with which the sender called, or the method, or both."""

    parses_body: bool = False
    """Whether the signed content, or the signature, is made of the body by :meth:`parse_body`."""

    has_signature_in_body: bool = False
    """Whether the signatures are found by :meth:`parse_body`. Else headers without one are refused."""

    has_timestamp_in_body: bool = False
    """Whether the signed body holds the timestamp, which :meth:`timestamp_from_body` finds; checked last."""

    has_id_in_body: bool = False
    """Whether the signed body holds a message id, which :meth:`message_id_from_body` finds."""

    fetches_keys: bool = False
    """Whether verifying may fetch a key or certificate, and so wait for the network."""

    has_key_cache: bool = False
    """Whether all fetched keys are in a `KeyCache`, so that a delivery with a known key does not wait."""

    decoy_secret: str = ""
    """A secret that verifies nothing, for requests of unknown senders; "" if a random one can be used."""

    tolerance: float = 300.0
    """How far the timestamp may be from now where the verifier is not told, in seconds."""

    accept_future_timestamps: bool = False
    """Whether only old timestamps are refused, as the provider's own library does."""

    fast_path: FastPathLayout | None = None
    """What :mod:`webhook_verify.fast_path` needs; None where only :meth:`parse_headers` can tell."""

    handshake: Handshake | None = None
    """What the provider asks of an endpoint before it sends deliveries; None: nothing."""

    header_names: tuple[str, ...] = ()
    """The headers that :meth:`parse_headers` reads, in lower case."""

    signed_content: str = "{id}.{timestamp}.{body}"
    """What is signed, as a template or in words, for the provider's page."""

    retries: str = "unknown"
    """What a retry carries: ``new_timestamp``, ``keep_timestamp`` (that of the first attempt), ``none`` if
    the provider does not retry, or ``unknown``."""

    retry_seconds: float = 0.0
    """The length of the provider's retry schedule in seconds, 0 if it is not known."""

    last_retry_seconds: float = 0.0
    """When the last retry is sent under the provider's default settings, in seconds after the first attempt;
    0 if that is :attr:`retry_seconds`."""

    responses: ResponseRules = DEFAULT_RULES
    """How the provider reads responses."""

    docs: SchemeDocs = SchemeDocs()
    """The texts of the provider's page."""

    def check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        """Check the times within which the sender says its signature is valid, whatever the tolerance is.

        Called for a scheme that fetches keys, after the check of the timestamp.

        Args:
            parsed: What the headers say.
            now: Unix seconds.

        Raises:
            TimestampOutsideTolerance: If the signature is not valid now.
        """
        return  # the tolerance alone counts

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """The ways in which this body may be signed, for a scheme that ``parses_body``.

        Raises :class:`MalformedDelivery` for a body that the provider cannot have signed, and nothing else.
        """
        message_id, _, signatures, before, after, _ = reading
        return ((message_id, ((signatures, before, body, after),), body),)

    def timestamp_from_body(self, body: bytes) -> int:
        """The Unix seconds that a signed body holds, 0 where it is unreadable. Raises nothing."""
        return 0

    def message_id_from_body(self, body: bytes) -> str:
        """The message id that a signed body holds, "" without one. Raises nothing."""
        return ""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in the registry and in :attr:`Delivery.scheme`."""

    @abstractmethod
    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """What the headers say. Raises :class:`MalformedDelivery`, and nothing else.

        But where ``signs_url``, :class:`TypeError` for what is signed of the two and None: the receiver must
        know its own.
        """

    @abstractmethod
    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None,
        method: str | None,
    ) -> dict[str, str]:
        """The headers that sign ``body``, one signature a key. Raises ValueError for what it cannot sign."""

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """The body with the signature in it, where the scheme puts it there. Raises ValueError."""
        raise ValueError(f"{self.name} signs in headers, which Signer.sign gives")

    @abstractmethod
    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """The key a receiver verifies with. Raises :class:`InvalidSecret`."""

    @abstractmethod
    def signing_key(self, secret: Secret) -> SigningKey:
        """The key a sender signs with. Raises :class:`InvalidSecret`."""

    def __repr__(self) -> str:
        return f"<scheme {self.name}>"


def check_message_id(id: object) -> None:
    """Raise TypeError or ValueError if a sender may not use this message id, whatever the scheme."""
    if not isinstance(id, str):
        raise TypeError(f"a message id is str, not {type(id).__name__}")
    if not id or not (id.isascii() and id.isprintable()) or " " in id:
        raise ValueError("a message id is printable ASCII without blanks, and not empty")
