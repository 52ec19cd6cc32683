"""Twilio, which signs the address and after it the parameters of the form, sorted, with nothing between them.

A JSON body is signed by the address too, in which ``bodySHA256`` is its hash. Whether an address was signed
with its port or without, Twilio does not say: its SDKs try both, and so does this.

There are two schemes. ``twilio`` is HMAC-SHA1 with the Auth Token. ``twilio-sha256`` is HMAC-SHA256 with the
secret of a SharedKey. A header that is not signed says which it is, ``X-Twilio-Webhooks-Signature-Settings``,
and whoever sends can write it: were it obeyed, the weaker one could be chosen. So the receiver chooses.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs
from webhook_verify.schemes.encodings import ENCODINGS, Encoding
from webhook_verify.schemes.twilio_content import (
    body_hashes,
    hash_of,
    sorted_parameters,
    with_and_without_port,
)
from webhook_verify.secret import Secret
from webhook_verify.tracebacks import safe_repr

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["SCHEME", "Twilio"]

_SIGNATURE, _SETTINGS = "x-twilio-signature", "x-twilio-webhooks-signature-settings"

_URL = "https://www.twilio.com/docs/usage/webhooks/webhooks-security"
_NOTES = (
    "Parameters are the names and values of the form, sorted, each pair once. "
    "With bodySHA256 in the address, the address alone is signed, and the body must have that hash. "
    "No time and no message id is signed: I-Twilio-Idempotency-Token is not, so deliveries are deduped "
    "by the hash of the signed content. Two requests of one call may have the same, such as for a menu "
    "that is heard twice: leave the replay guard away where the answer is TwiML. Nothing stands "
    "between address, names and values: whoever has seen a delivery can cut the same text "
    "into another query and parameters, bodySHA256 among them."
)


@safe_repr
class Twilio(Scheme):
    """``algorithm``: ``hmac-sha1``, or ``hmac-sha256``, which the settings header must then name as well."""

    signs_id = False
    signs_timestamp = False
    signs_url = True
    parses_body = True

    signature_encoding: Encoding = ENCODINGS["base64"]
    secret_encoding = "text"
    signed_content = "{url}{parameters}"

    def __init__(self, name: str, algorithm: str, *, title: str, secret_from: str) -> None:
        self._name = name
        self.algorithm: Algorithm = ALGORITHMS[algorithm]
        self.docs = SchemeDocs(title=title, secret_from=secret_from, url=_URL, notes=_NOTES)
        # As the settings header calls it, where there is one.
        self._setting = algorithm.replace("-", "_").upper() if algorithm != "hmac-sha1" else ""
        self.header_names = (_SIGNATURE, _SETTINGS) if self._setting else (_SIGNATURE,)
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """``twilio`` or ``twilio-sha256``."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """See :meth:`Scheme.read`. The method is not signed."""
        if url is None:
            raise TypeError(self._no_url)
        values = self._reader.read(headers)
        for name, value in zip(self.header_names, values, strict=True):
            if not value or value.isspace():
                raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or blank: {name}")
        right = not self._setting or _algorithm_in(values[1] or "") == self._setting
        signature = self.signature_encoding[0](values[0] or "", self.algorithm.size) if right else ""
        signatures = ((self.algorithm.version, signature),) if signature else ()
        return "", 0, signatures, url.encode("utf-8", "surrogatepass"), b"", None

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """See :meth:`Scheme.read_body`."""
        _, _, signatures, url, _, _ = reading
        hashes = body_hashes(url)
        if hashes:
            is_right = len(hashes) == 1 and compare_digest(hashes[0], hash_of(body))
            content, signatures = b"", signatures if is_right else ()
        else:
            content = sorted_parameters(body)
        return [("", ((signatures, each, content, b""),), body) for each in with_and_without_port(url)]

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
        """See :meth:`Scheme.write`: one signature, by the newest key, over the address as it is given.

        For a body that is no form, the address has ``bodySHA256``. Raises ValueError if that is another hash.
        """
        if url is None:
            raise TypeError(self._no_url)
        address = url.encode()
        hashes = body_hashes(address)
        if hashes not in ([], [hash_of(body)]):
            raise ValueError("bodySHA256 in the address is not the SHA-256 of the body, in lower-case hex")
        try:
            content = b"" if hashes else sorted_parameters(body)
        except MalformedDelivery as error:
            raise ValueError(f"this body cannot be signed: {error}; or is bodySHA256 missing?") from None
        settings = {_SETTINGS: f"algorithm={self._setting}"} if self._setting else {}
        return {_SIGNATURE: next(iter(keys)).sign(address + content), **settings}

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """See :meth:`Scheme.verifying_key`."""
        return self.algorithm.verifying_key(secret, self.secret_encoding)

    def signing_key(self, secret: Secret) -> SigningKey:
        """See :meth:`Scheme.signing_key`."""
        return self.algorithm.signing_key(secret, self.secret_encoding)

    @property
    def _no_url(self) -> str:
        return (
            f"{self._name} signs the address that the sender called: give the receiver public_url=, "
            "or call verify(body, headers, url=...)"
        )


def _algorithm_in(settings: str) -> str:
    """The first ``algorithm=`` of ``key=...,algorithm=...``, as in Twilio's SDK."""
    for part in settings.split(",", 16)[:16]:
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return ""


SCHEME = Twilio(
    "twilio",
    "hmac-sha1",
    title="Twilio",
    secret_from="Console, Account Info, Auth Token (the primary one)",
)
