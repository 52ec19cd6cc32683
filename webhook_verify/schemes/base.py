"""The base class of schemes: where one provider puts id, timestamp and signature.

A scheme reads headers and makes keys; it does not decide about a delivery. It parses headers into
`ParsedHeaders`, which the verifier checks. Unsigned values are never trusted, so a scheme declares the signed
ones: `signs_id`, `signs_timestamp`, `signs_body`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence

from webhook_verify.headers import HeaderReader, Headers, check_message_id
from webhook_verify.keys import Signatures
from webhook_verify.schemes.scheme_docs import SchemeDocs
from webhook_verify.schemes.sender_rules import DEFAULT_RULES, ResponseRules
from webhook_verify.secret import Secret

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import NoReturn

    from webhook_verify.delivery_parts import EventTypeSource
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
"""Characters allowed in an id that contains the separator between id and timestamp.

JSON, XML and form bodies need other characters, so that a body cannot become part of such an id.
"""

ParsedHeaders = tuple[str, int, Signatures, bytes, bytes, "EventTypeSource"]
"""The unverified values of the headers: `(id, timestamp, signatures, before, after, event_type)`.

`event_type` is the text of an unsigned header, or `Scheme.event_type_in_body`, or None.
The id is "" and the timestamp (Unix seconds) 0 if they are missing. `signatures` are the candidates, in
base64. The signed content is `before + body + after`. A plain tuple is cheaper than a class, and one is made
for each delivery.
"""

SignatureCheck = tuple[Signatures, bytes, bytes, bytes]
"""`(signatures, before, content, after)`: one signature must verify `before + content + after`."""

BodyInterpretation = tuple[str, Sequence[SignatureCheck], bytes]
"""`(id, proofs, signed_body)`: one way in which a body may be signed. All proofs must verify."""

FastPathLayout = tuple[HeaderReader, str, str, int, str, str, bytes]
"""`(reader, signature_header, prefix, digits, event_type_header, id_header, before)`.

Describes a hex HMAC over `before + body`. The reader returns the signature's header first, then those of the
event type and the id, if there are any.
"""


class Scheme(ABC):
    """The way one provider signs. Stateless, so that all verifiers and threads can share one object."""

    __slots__ = ()

    signs_id: bool = True
    """Whether the signature covers the message id that `parse_headers` returns."""

    signs_timestamp: bool = True
    """Whether the signature covers a timestamp. If False, no delivery is rejected as stale."""

    signs_body: bool = True
    """Whether the signature covers the body. False for tokens and for signatures of other content."""

    signs_url: bool = False
    """Whether `parse_headers` needs the request's URL, its method, or both."""

    parses_body: bool = False
    """Whether `parse_body` derives the signed content or the signature from the body."""

    has_signature_in_body: bool = False
    """Whether the body contains the signatures. If False, they must be in the headers."""

    has_timestamp_in_body: bool = False
    """Whether the signed body contains the timestamp, see `timestamp_from_body`. It is checked last."""

    has_id_in_body: bool = False
    """Whether the signed body contains a message id, see `message_id_from_body`."""

    id_header: str = ""
    """The header with the message id, for a scheme that does not sign it, or ""."""

    id_on_retry: str = "unknown"
    """The message id of a retry: `kept` (that of the first attempt), `new`, or `unknown`.

    An unsigned id that is `new` identifies an attempt, so it is not part of `Delivery.idempotency_key`.
    """

    body_is_unique: bool = False
    """Whether the provider promises that two events never have the same body."""

    answer_is_data: bool = False
    """Whether the provider uses the response as data, so that no replay guard may respond in its place."""

    event_type_in_body: tuple[str, ...] = ()
    """The paths of the event type in the JSON body, in order of precedence, such as `("type",)`.

    A scheme with such paths returns them from `parse_headers` in place of the event type.
    """

    signs_event_type: bool = False
    """Whether the signature covers the event type in a header, or in a body that is not signed."""

    is_gateway: bool = False
    """Whether a gateway signs, so that the provider's own signature is not verified."""

    json_form_field: str = ""
    """The form field that contains the JSON if the provider sends a form, or ""."""

    fetches_keys: bool = False
    """Whether verifying may fetch a key or certificate, which blocks on the network."""

    has_key_cache: bool = False
    """Whether all fetched keys are in a `KeyCache`, so that a delivery with a known key does not block."""

    has_lifetime: bool = False
    """Whether the signature has a validity period, which `check_lifetime` checks."""

    secret_separator: str = ""
    """The text between the secrets, if one setting of the provider may hold several, or ""."""

    decoy_secret: str = ""
    """A secret that verifies nothing, for requests of unknown senders. "" if a random secret works."""

    tolerance: float = 300.0
    """The default tolerance: the maximum difference between the timestamp and now, in seconds."""

    accept_future_timestamps: bool = False
    """Whether only old timestamps are rejected, as the provider's own library does."""

    fast_path: FastPathLayout | None = None
    """The layout for `webhook_verify.fast_path`, or None if only `parse_headers` can read the headers."""

    handshake: Handshake | None = None
    """The verification challenge that the provider sends to an endpoint, or None."""

    methods: tuple[str, ...] = ("POST",)
    """The HTTP methods of the provider's deliveries."""

    header_names: tuple[str, ...] = ()
    """The names of the headers that `parse_headers` reads, in lower case."""

    signed_content: str = "{id}.{timestamp}.{body}"
    """The signed content for the provider's page, as a template or in words."""

    retries: str = "unknown"
    """The timestamp of a retry: `new_timestamp`, `keep_timestamp` (that of the first attempt), `none` if the
    provider does not retry, or `unknown`.
    """

    retry_seconds: float = 0.0
    """The length of the provider's retry schedule in seconds, or 0 if it is unknown."""

    last_retry_seconds: float = 0.0
    """The time from the first attempt to the last retry under the provider's default settings, in seconds;
    0 if it equals `retry_seconds`.
    """

    responses: ResponseRules = DEFAULT_RULES
    """How the provider interprets responses."""

    docs: SchemeDocs = SchemeDocs()
    """The texts of the provider's page."""

    def check_lifetime(self, parsed: ParsedHeaders, now: float) -> None:
        """Check the validity period that the sender put into the signature, regardless of the tolerance.

        Called if the scheme has a lifetime, after the check of the timestamp. By default, no check is made.

        Args:
            parsed: The values that `parse_headers` returned.
            now: Unix seconds.

        Raises:
            TimestampOutsideTolerance: If the signature is not valid now.
        """
        return  # only the tolerance applies

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the ways in which a body may be signed, for a scheme with `parses_body`.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            The interpretations of the body; one of them must verify.

        Raises:
            MalformedDelivery: If the provider cannot have signed such a body.
        """
        message_id, _, signatures, before, after, _ = reading
        return ((message_id, ((signatures, before, body, after),), body),)

    def timestamp_from_body(self, body: bytes) -> int:
        """Return the timestamp in a signed body. It must not raise.

        Args:
            body: The signed body.

        Returns:
            Unix seconds, or 0 if it cannot be read.
        """
        return 0

    def message_id_from_body(self, body: bytes) -> str:
        """Return the message id in a signed body. It must not raise.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        return ""

    def signing_time(self, checks: Sequence[SignatureCheck], timestamp: int) -> int:
        """Return the time of the signatures that matched, for a scheme whose headers have several.

        Args:
            checks: The checks that have matched.
            timestamp: The time that `parse_headers` returned.

        Returns:
            Unix seconds. The verifier checks it again if it differs from `timestamp`.
        """
        return timestamp

    @property
    @abstractmethod
    def name(self) -> str:
        """The name in the registry and in `Delivery.scheme`."""

    @abstractmethod
    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the headers of a request.

        Args:
            headers: The request headers.
            url: The URL that the sender called, or None if it is unknown.
            method: The request method, or None if it is unknown.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
            TypeError: If the scheme signs the URL or the method, and that argument is `None`.
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
        """Sign a body, with one signature per key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The message id.
            timestamp: Unix seconds.
            url: The URL of the request, or None if the scheme does not sign it.
            method: The request method, or None if the scheme does not sign it.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If the scheme signs the URL or the method, and that argument is `None`.
            ValueError: If the scheme cannot sign these values.
        """

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Return the body with its signature, for a scheme that puts the signature into the body.

        Args:
            body: The request body.
            key: The signing key.
            id: The message id.
            timestamp: Unix seconds.

        Returns:
            The signed body.

        Raises:
            ValueError: If the scheme signs in headers, or cannot sign this body.
        """
        return self._refuse_to_sign_body()

    def _refuse_to_sign_body(self) -> NoReturn:
        raise ValueError(f"{self.name} sends the signature in headers; use Signer.sign instead of sign_body")

    @abstractmethod
    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the key needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not valid for this scheme.
        """

    @abstractmethod
    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            ImportError: If the key needs the extra `asymmetric`, which is not installed.
            InvalidSecret: If the secret is not valid for this scheme.
        """

    def __repr__(self) -> str:
        return f"<scheme {self.name}>"
