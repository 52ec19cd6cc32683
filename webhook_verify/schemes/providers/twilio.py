"""Twilio, which signs the URL and the sorted parameters of the form, without separators.

A request with a JSON body is signed by its URL alone, which contains the body's hash as `bodySHA256`. Twilio
does not document whether the signed URL contains the port. Its SDKs try both forms, and so does this scheme.

There are two schemes: `twilio` is HMAC-SHA1 with the Auth Token, `twilio-sha256` is HMAC-SHA256 with the
secret of a SharedKey. The header `X-Twilio-Webhooks-Signature-Settings` names the algorithm but is not
signed. If the receiver trusted it, an attacker could choose the weaker algorithm, so the receiver's
configuration decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hmac import compare_digest
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
from webhook_verify.schemes.base import (
    BodyInterpretation,
    ParsedHeaders,
    Scheme,
    SchemeDocs,
    check_message_id,
)
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
_IDEMPOTENCY_TOKEN = "i-twilio-idempotency-token"

_URL = "https://www.twilio.com/docs/usage/webhooks/webhooks-security"
_NOTES = (
    "The parameters are the names and values of the form, sorted, each pair once. If the URL contains "
    "`bodySHA256`, only the URL is signed, and the body must have that hash. Neither a timestamp nor a "
    "message id is signed. The id is `I-Twilio-Idempotency-Token`, which is not signed, and with which "
    "[Twilio's own library](https://github.com/twilio/twilio-agent-connect-python) recognizes retries. Two "
    "requests of one call can have the same signed content, for example for a menu that is repeated, but "
    "different tokens. A replay guard responds to a retry without TwiML: do not use it if you respond with "
    "TwiML. The signed content has no separators between URL, names and "
    "values: an attacker who has seen a delivery can split the same text into another query and other "
    "parameters, including `bodySHA256`. Twilio calls by POST or GET, as configured for each URL. A GET "
    "has its parameters in the URL, so the body is empty."
)


@safe_repr
class Twilio(Scheme):
    """Twilio's signature of URL and parameters.

    Args:
        name: The name in the registry.
        algorithm: `hmac-sha1`, or `hmac-sha256`, which the settings header must then name as well.
        title: The title of the provider's page.
        secret_from: Where a user finds the secret.
    """

    signs_id = False
    signs_timestamp = False
    signs_url = True
    parses_body = True
    id_header = _IDEMPOTENCY_TOKEN
    id_on_retry = "kept"
    methods: tuple[str, ...] = ("POST", "GET")

    signature_encoding: Encoding = ENCODINGS["base64"]
    secret_encoding = "text"
    signed_content = "{url}{parameters}"

    def __init__(self, name: str, algorithm: str, *, title: str, secret_from: str) -> None:
        self._name = name
        self.algorithm: Algorithm = ALGORITHMS[algorithm]
        self.docs: SchemeDocs = SchemeDocs(title=title, secret_from=secret_from, url=_URL, notes=_NOTES)
        # The name in the settings header, which is sent only with SHA-256.
        self._setting = algorithm.replace("-", "_").upper() if algorithm != "hmac-sha1" else ""
        self._required = (_SIGNATURE, _SETTINGS) if self._setting else (_SIGNATURE,)
        self.header_names: tuple[str, ...] = (*self._required, _IDEMPOTENCY_TOKEN)
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry: `twilio` or `twilio-sha256`."""
        return self._name

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the signature headers.

        Args:
            headers: The request headers.
            url: The URL that Twilio called.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or empty.
            TypeError: If `url` is `None`.
        """
        if url is None:
            raise TypeError(self._no_url)
        values = self._reader.read(headers)
        for name, value in zip(self._required, values, strict=False):
            if not value or value.isspace():
                raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {name}")
        right = not self._setting or _algorithm_in(values[1] or "") == self._setting
        signature = self.signature_encoding[0](values[0] or "", self.algorithm.size) if right else ""
        signatures = ((self.algorithm.version, signature),) if signature else ()
        return values[-1] or "", 0, signatures, url.encode("utf-8", "surrogatepass"), b"", None

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the two forms of the signed content: the URL without and with a port.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            The interpretations of the body; one of them must verify.

        Raises:
            MalformedDelivery: If the body is not a form, and the URL has no `bodySHA256`.
        """
        message_id, _, signatures, url, _, _ = reading
        hashes = body_hashes(url)
        if hashes:
            is_right = len(hashes) == 1 and compare_digest(hashes[0], hash_of(body))
            content, signatures = b"", signatures if is_right else ()
        else:
            content = sorted_parameters(body)
        contents = with_and_without_port(url)
        return [(message_id, ((signatures, each, content, b""),), body) for each in contents]

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
        """Sign a body with the newest key, over the URL as given.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: The idempotency token, or "" for none.
            timestamp: Unused.
            url: The URL of the request. It must contain `bodySHA256` if the body is not a form.
            method: Unused.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` is `None`.
            ValueError: If `id` is not printable ASCII, or `bodySHA256` is not the body's hash, or is missing
                and the body is not a form.
        """
        if url is None:
            raise TypeError(self._no_url)
        address = url.encode()
        hashes = body_hashes(address)
        if hashes not in ([], [hash_of(body)]):
            raise ValueError("bodySHA256 in url must be the SHA-256 of the body, in lower-case hex")
        try:
            content = b"" if hashes else sorted_parameters(body)
        except MalformedDelivery as error:
            raise ValueError(
                f"cannot sign this body: {error}. Unless the body is a form, add bodySHA256 to url"
            ) from None
        settings = {_SETTINGS: f"algorithm={self._setting}"} if self._setting else {}
        if id:
            check_message_id(id)
            settings[_IDEMPOTENCY_TOKEN] = id
        return {_SIGNATURE: next(iter(keys)).sign(address + content), **settings}

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured signing secret.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return self.algorithm.verifying_key(secret, self.secret_encoding)

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured signing secret.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret is a public key, or all zeros.
        """
        return self.algorithm.signing_key(secret, self.secret_encoding)

    @property
    def _no_url(self) -> str:
        return (
            f"{self._name} signs the URL of the request: set public_url= on the receiver, "
            "or call verify(body, headers, url=...)"
        )


def _algorithm_in(settings: str) -> str:
    """Return the first `algorithm=` of `key=...,algorithm=...`, as Twilio's SDK does."""
    for part in settings.split(",", 16)[:16]:
        name, _, value = part.partition("=")
        if name.strip() == "algorithm" and value.strip():
            return value.strip().upper()
    return ""


SCHEME = Twilio(
    "twilio",
    "hmac-sha1",
    title="Twilio",
    secret_from="Console > Account Info > Auth Token (the primary one)",
)
