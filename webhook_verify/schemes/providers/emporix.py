"""Emporix's own signature, sent by its webhook strategy HTTP (SVIX and SVIX_SHARED use Svix's).

The header `emporix-event-signature` is a base64 HMAC-SHA256, keyed with the secret's text. It signs the
event's JSON with all keys sorted and integers written as integers. Emporix does not document whether the body
is sent in this form, so the body as received is tried as well. Neither an id nor a timestamp is signed, so
`emporix-event-publish-time` is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.handshakes import EndpointCheck, Handshake
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs
from webhook_verify.secret import Secret, hmac_key_from_text

TYPE_CHECKING = False  # importing typing would take as long as importing the rest of this package
if TYPE_CHECKING:
    from typing import Literal

    from webhook_verify.keys import SigningKey, VerifyingKey

    Mode = Literal["auto", "raw", "canonical"]

__all__ = ["SCHEME", "Emporix"]

_HEADER = "emporix-event-signature"
_READER = HeaderReader(_HEADER)
_LENGTH = 44  # the base64 of 32 bytes
_TOO_LARGE = "the body has too many values for a conversion to canonical JSON"
_MODES = ("auto", "raw", "canonical")


class Emporix(Scheme):
    """Emporix's own signature, over the body as sent or over its canonical JSON.

    The canonical JSON is the output of json-stable-stringify, as in Emporix's example, or the same with
    numbers as sent except for a trailing `.0`, as a sender in another language than JavaScript writes them.
    With `auto` and `canonical`, the body must be JSON without duplicate keys, NaN, infinite numbers or deep
    nesting. With `auto`, a body with too many values (`MAX_VALUES` in
    `webhook_verify.schemes.canonical_json`) is compared only as sent, because it is unverified and the
    conversion would be expensive.

    Args:
        mode: The signed form: `raw` (the bytes of the body), `canonical` (its canonical JSON), or `auto`
            (either).

    Raises:
        ValueError: If `mode` is unknown.
    """

    __slots__ = ("_mode", "parses_body")

    signs_id = False
    signs_timestamp = False
    handshake: Handshake | None = EndpointCheck("HEAD", "OPTIONS")
    header_names: tuple[str, ...] = (_HEADER,)
    signed_content = "{body}"
    docs: SchemeDocs = SchemeDocs(
        title="Emporix",
        secret_from=(
            "the `secretKey` of the webhook configuration, or of a single event with its own `secretKey`"
        ),
        url="https://developer.emporix.io/api-references/api-guides/webhooks/webhook-service",
        notes=(
            "Emporix signs the canonical JSON of the body, as json-stable-stringify writes it, or the "
            "body as sent. It does not document which, so both are tried. If you know it, pass "
            '`Emporix(mode="raw")` or `Emporix(mode="canonical")` from `webhook_verify.schemes` as the '
            "scheme. Read `delivery.json()` or `delivery.signed_body`, not `delivery.body`: a number in "
            "canonical JSON is a double, so an attacker can change the digits of `body` beyond its "
            "precision. Unless the mode is `raw`, a body with duplicate keys, NaN, numbers beyond a "
            "double or more than 128 levels, or that is not JSON in UTF-8, is rejected as "
            "`unreadable_body`. The header `emporix-event-publish-time` is not signed and not used. "
            "Without a `secretKey`, Emporix sends no signature, and every delivery is rejected. For "
            "configuration, rotation and events see [Emporix](../apis/emporix.md)."
        ),
    )

    def __init__(self, mode: Mode = "auto") -> None:
        if mode not in _MODES:
            raise ValueError(f"mode must be one of {', '.join(_MODES)}; not {mode!r}")
        self._mode = mode
        self.parses_body: bool = mode != "raw"

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "emporix"

    @property
    def mode(self) -> str:
        """The signed form: `auto`, `raw` or `canonical`."""
        return self._mode

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the signature header.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If the header is missing or empty.
        """
        signature = _READER.read(headers)[0]
        if signature is None or not signature.strip():
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {_HEADER}")
        likely = len(signature) == _LENGTH and signature.isascii()
        return "", 0, (("v1", signature),) if likely else (), b"", b"", None

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the forms of the body that may be signed.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            The interpretations of the body; one of them must verify.

        Raises:
            MalformedDelivery: If the body has no canonical form, or too many values for one.
        """
        canonical = _canonical_forms(body)
        if not canonical and self._mode == "canonical":
            raise MalformedDelivery(Reason.UNREADABLE_BODY, _TOO_LARGE)
        forms = canonical if self._mode == "canonical" else tuple(dict.fromkeys((body, *canonical)))
        return [("", ((reading[2], b"", form, b""),), form) for form in forms]

    def sign(
        self,
        body: bytes,
        keys: Iterable[SigningKey],
        *,
        id: str,
        timestamp: int,
        url: str | None = None,
        method: str | None = None,
    ) -> dict[str, str]:
        """Sign the canonical form of a body, or the body itself with mode `raw`, with the newest key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: Unused.
            timestamp: Unused.
            url: Unused.
            method: Unused.

        Returns:
            The headers to send, by name.

        Raises:
            ValueError: If the body has no canonical form, or too many values for one.
        """
        try:
            canonical = (body,) if self._mode == "raw" else _canonical_forms(body)
        except MalformedDelivery as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        if not canonical:
            raise ValueError(f"cannot sign this body: {_TOO_LARGE}")
        return {_HEADER: next(iter(keys)).sign(canonical[0])}

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The `secretKey`, used as text.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return hmac_key_from_text(secret)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The `secretKey`, used as text.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return hmac_key_from_text(secret)


def _canonical_forms(body: bytes) -> tuple[bytes, ...]:
    from webhook_verify.schemes import canonical_json  # imported here because the module imports json

    return canonical_json.canonical_forms(body)


SCHEME = Emporix()
