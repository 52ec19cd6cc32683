"""Emporix's own signature, which its webhook strategy HTTP sends (SVIX and SVIX_SHARED send Svix's).

One header, ``emporix-event-signature``: a bare base64 HMAC-SHA256, keyed with the secret's text. What is
signed is the event's JSON with all keys sorted and integers written as integers. Whether the body is sent
like that is not documented, so the body as received is tried as well. No id and no time is signed:
``emporix-event-publish-time`` may be anything, and is not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.handshakes import EndpointCheck
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs
from webhook_verify.secret import Secret, hmac_key_from_text

TYPE_CHECKING = False  # importing typing would cost as much as the rest of this package
if TYPE_CHECKING:
    from typing import Literal

    from webhook_verify.keys import SigningKey, VerifyingKey

    Mode = Literal["auto", "raw", "canonical"]

__all__ = ["SCHEME", "Emporix"]

_HEADER = "emporix-event-signature"
_READER = HeaderReader(_HEADER)
_LENGTH = 44  # the base64 of 32 bytes
_TOO_LARGE = "the body holds too many values to be brought into its canonical form"
_MODES = ("auto", "raw", "canonical")


class Emporix(Scheme):
    """``mode`` says what may be signed: the body's bytes (``raw``), its JSON (``canonical``), or either.

    Canonical is what json-stable-stringify makes of the body, as in Emporix's example, or the same with
    the numbers as they were sent but for a ``.0`` at the end, as a sender that is no JavaScript writes them.
    In ``auto`` and ``canonical`` the body must be JSON without duplicate keys, NaN, infinite numbers or
    deep nesting. One with too many values (``MAX_VALUES`` of :mod:`webhook_verify.schemes.canonical_json`) is
    compared as it is sent alone, for no stranger may have us convert it. Raises ValueError for another mode.
    """

    __slots__ = ("_mode", "parses_body")

    signs_id = False
    signs_timestamp = False
    handshake = EndpointCheck("HEAD", "OPTIONS")
    header_names = (_HEADER,)
    signed_content = "{body}"
    docs = SchemeDocs(
        title="Emporix",
        secret_from="the secretKey of the webhook configuration, or of one event where it has its own",
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
            raise ValueError(f"mode is one of {', '.join(_MODES)}; not {mode!r}")
        self._mode = mode
        self.parses_body = mode != "raw"

    @property
    def name(self) -> str:
        """``emporix``."""
        return "emporix"

    @property
    def mode(self) -> str:
        """``auto``, ``raw`` or ``canonical``."""
        return self._mode

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.read`. Neither url nor method is signed."""
        signature = _READER.read(headers)[0]
        if signature is None or not signature.strip():
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {_HEADER}")
        likely = len(signature) == _LENGTH and signature.isascii()
        return "", 0, (("v1", signature),) if likely else (), b"", b"", None

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`."""
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
        """See :meth:`Scheme.write`: one signature, by the newest key. There is no place for id and timestamp.

        Signs the canonical form, unless ``mode`` is ``raw``. Raises ValueError for a body that has none.
        """
        try:
            canonical = (body,) if self._mode == "raw" else _canonical_forms(body)
        except MalformedDelivery as error:
            raise ValueError(f"this body cannot be signed: {error}") from None
        if not canonical:
            raise ValueError(f"this body cannot be signed: {_TOO_LARGE}")
        return {_HEADER: next(iter(keys)).sign(canonical[0])}

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :func:`webhook_verify.secret.hmac_key_from_text`."""
        return hmac_key_from_text(secret)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :func:`webhook_verify.secret.hmac_key_from_text`."""
        return hmac_key_from_text(secret)


def _canonical_forms(body: bytes) -> tuple[bytes, ...]:
    from webhook_verify.schemes import canonical_json  # here, because it imports json

    return canonical_json.canonical_forms(body)


SCHEME = Emporix()
