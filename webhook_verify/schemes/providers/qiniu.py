"""Qiniu Cloud: HMAC-SHA1 of path, query and form, in `authorization: QBox <access key>:<signature>`.

The body is signed only if it is a form. The content type is not signed: an attacker who has seen a callback
with JSON can send any JSON to the same URL.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha1
from typing import TYPE_CHECKING, Any

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.form import is_form
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.keys import HmacKey, Signatures
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, SchemeDocs
from webhook_verify.schemes.header_scheme import HeaderScheme
from webhook_verify.schemes.signature_lists import text_of_header
from webhook_verify.secret import Secret, hmac_key_from_text

if TYPE_CHECKING:
    from webhook_verify.key_protocols import SigningKey

__all__ = ["SCHEME", "Qiniu", "QiniuKey"]

_FORM = "application/x-www-form-urlencoded"
_UNSIGNED_BODY = b"unsigned body"  # in the place of the content after the body, which is always empty


class Qiniu(HeaderScheme):
    """Callbacks of Qiniu Cloud. The secret is `access key:secret key`.

    Args:
        form_only: Whether only forms are accepted, so that the body is always signed.
    """

    decoy_secret = "unknown-sender:unknown-sender-key-of-40-characters-0000"

    def __init__(self, *, form_only: bool = False) -> None:
        super().__init__(
            "qiniu",
            signature_header="authorization",
            signature_prefix="QBox ",
            algorithm="hmac-sha1",
            signature_encoding="base64url-padded",
            signed_content="{target}\n{body}",
            answer_is_data=True,
            docs=SchemeDocs(
                title="Qiniu Cloud",
                secret_from="Portal > Key Management: the access key and the secret key, as `access:secret`",
                url="https://developer.qiniu.com/kodo/1654/upload-callback",
                response="JSON, which Qiniu forwards to the client that uploads",
                notes=(
                    "The body is signed only if the content type is `application/x-www-form-urlencoded`. "
                    "**A JSON body is not signed:** an attacker who has seen one such callback can send any "
                    "JSON to the same URL. If your uploads set no other `callbackBodyType` than a form, pass "
                    "`Qiniu(form_only=True)` from `webhook_verify.schemes.providers.qiniu` as the scheme, "
                    "which rejects every other body. Neither a timestamp nor a message id is signed. Do not "
                    "use a replay guard: Qiniu forwards your response to the client that uploads, and all "
                    "callbacks with JSON to one URL have the same signed content. Signatures that begin with "
                    "`Qiniu` instead of `QBox` are not read."
                ),
                retries="not documented; no timestamp is signed, so no retry is rejected as stale",
            ),
        )
        self.signs_body = self._form_only = form_only
        self._content_type = HeaderReader("content-type")
        self.header_names: tuple[str, ...] = (*self.header_names, "content-type")

    def _single_signatures(self, values: Sequence[Any]) -> tuple[Signatures, str]:
        text = text_of_header(values, "authorization")
        access_key, _, encoded = text.removeprefix(self.signature_prefix).rpartition(":")
        signature = self.signature_encoding[0](encoded, self.algorithm.size)
        if not text.startswith(self.signature_prefix) or not signature:
            return (), ""
        return [(access_key, signature)], ""

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the headers of a callback.

        Args:
            headers: The request headers.
            url: The URL that Qiniu called.
            method: Unused.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If the signature is missing, or the body is not a form, but must be.
            TypeError: If `url` is `None`.
        """
        message_id, timestamp, signatures, before, _, event_type = super().parse_headers(headers, url, method)
        media_type = (self._content_type.read(headers)[0] or "").partition(";")[0].strip().lower()
        if self._form_only and media_type != _FORM:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, f"content-type must be {_FORM}")
        after = b"" if media_type == _FORM else _UNSIGNED_BODY
        return message_id, timestamp, signatures, before, after, event_type

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed content: the URL, and the body if it is a form.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            One interpretation.

        Raises:
            MalformedDelivery: If a signed part is invalid.
        """
        ((message_id, ((signatures, before, _, _),), _),) = super().parse_body(reading, body)
        signed = b"" if reading[4] == _UNSIGNED_BODY else body
        return ((message_id, ((signatures, before, signed, b""),), body),)

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
        """Sign a callback with the newest key.

        Args:
            body: The request body. It is signed if it is a form.
            keys: The signing keys, newest first.
            id: Unused.
            timestamp: Unused.
            url: The URL of the request.
            method: Unused.

        Returns:
            The headers to send, by name. For a form, they include the content type.

        Raises:
            TypeError: If `url` is `None`.
            ValueError: If the URL is not valid.
        """
        has_form = is_form(body)
        if self._form_only and not has_form:
            raise ValueError("cannot sign this: the body must be a form, because of form_only=True")
        signed = body if has_form else b""
        key = next(iter(keys))
        headers = super().sign(signed, [key], id=id, timestamp=timestamp, url=url, method=method)
        encoded = headers["authorization"].removeprefix(self.signature_prefix)
        headers["authorization"] = f"{self.signature_prefix}{getattr(key, 'access_key', '')}:{encoded}"
        return {**headers, "content-type": _FORM} if has_form else headers

    def verifying_key(self, secret: Secret) -> QiniuKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The configured `access key:secret key`.

        Returns:
            The verifying key.

        Raises:
            InvalidSecret: If the secret does not contain both keys.
        """
        value = secret.reveal()
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else value
        access_key, colon, secret_key = text.partition(":")
        if not (access_key and colon and secret_key.strip()):
            raise InvalidSecret("secret must be the access key and the secret key, as access:secret")
        return QiniuKey(access_key, hmac_key_from_text(Secret(secret_key), sha1))

    def signing_key(self, secret: Secret) -> QiniuKey:
        """Return the key that a sender signs with.

        Args:
            secret: The configured `access key:secret key`.

        Returns:
            The signing key.

        Raises:
            InvalidSecret: If the secret does not contain both keys.
        """
        return self.verifying_key(secret)


class QiniuKey(BufferedKey):
    """The two keys of an account. The access key is the version of its signatures.

    Args:
        access_key: The access key, which is not secret.
        key: The HMAC key.
    """

    __slots__ = ("_key", "access_key")

    def __init__(self, access_key: str, key: HmacKey) -> None:
        self.access_key: str = access_key
        self._key = key

    @property
    def version(self) -> str:
        """The version of the signatures that this key makes."""
        return self.access_key

    def _own(self, signatures: Signatures) -> Signatures:
        return [("v1", signature) for name, signature in signatures if name == self.access_key]

    def sign(self, content: bytes) -> str:
        """Sign the content.

        Args:
            content: The signed content.

        Returns:
            The MAC in base64.
        """
        return self._key.sign(content)

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid for the content.

        Args:
            signatures: The (access key, encoded signature) pairs of the delivery.
            before: The signed content before the body.
            body: The signed body.
            after: The signed content after the body.

        Returns:
            True if a signature with this access key matches.
        """
        return self._key.verify(self._own(signatures), before, body, after)


SCHEME = Qiniu()
