"""The sender's half of a scheme with JSON Web Signatures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn

from webhook_verify.errors import MalformedDelivery
from webhook_verify.schemes.base import Scheme
from webhook_verify.schemes.body_scheme import dump_json, parse_json
from webhook_verify.schemes.jws_request import signed_request
from webhook_verify.schemes.jws_signing import JwsSigningKey, sign_compact, signing_key_of
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey

__all__ = ["JwsSender"]


class JwsSender(Scheme):
    """Base class that signs as its attributes describe it. For the attributes see `JwsScheme`."""

    algorithm: str
    signature_header: str
    signature_in_body: str
    is_unencoded: bool
    header_members: dict[str, str]
    signed_headers_member: str
    timestamp_member: str
    timestamp_header: str

    def signing_key(self, secret: Secret) -> JwsSigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: A private key as PEM, which certificates may follow, or a private JSON Web Key with its
                key id.

        Returns:
            The signing key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not a private key for the algorithm.
        """
        return signing_key_of(secret, self.algorithm)

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
        """Sign a body with the newest key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: Unused, because the body contains the id.
            timestamp: Unix seconds.
            url: The URL of the request, or None if the scheme does not sign it.
            method: The request method, or None if the scheme does not sign it.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If the scheme signs the path and the method, and that argument is `None`.
            ValueError: If the body contains the signature: use `sign_body`.
        """
        if not self.signature_header:
            self._refuse_to_sign()
        sent: dict[str, str] = {}
        members: dict[str, Any] = {}
        if self.timestamp_member:
            members[self.timestamp_member] = timestamp
        if self.signed_headers_member:
            if self.timestamp_header:
                sent[self.timestamp_header] = UNITS["rfc3339"][1](timestamp)
            members[self.signed_headers_member] = ",".join(sent)
        payload = body
        if self.signs_url:
            payload = signed_request(sent, tuple(sent), url, method, self.name) + body
        return {**sent, self.signature_header: self._signed(payload, next(iter(keys)), members)}

    def _refuse_to_sign(self) -> NoReturn:
        raise ValueError(
            f"{self.name} sends the signature in the body, not in headers; "
            "send the result of Signer.sign_body(body)"
        )

    def sign_body(self, body: bytes, key: SigningKey, *, id: str = "", timestamp: int = 0) -> bytes:
        """Return the body with its signature, for a scheme that puts the signature into the body.

        Args:
            body: The payload, in JSON.
            key: The signing key.
            id: Unused, because the payload contains the id.
            timestamp: Unused, because the payload contains the time.

        Returns:
            The signed body.

        Raises:
            ValueError: If the scheme signs in headers, or `body` is not JSON.
        """
        if self.signature_header:
            self._refuse_to_sign_body()
        try:
            parse_json(body)
        except MalformedDelivery as error:
            raise ValueError(f"cannot sign this body: {error}") from None
        signed = self._signed(body, key, {})
        return dump_json({self.signature_in_body: signed}) if self.signature_in_body else signed.encode()

    def _signed(self, payload: bytes, key: SigningKey, members: dict[str, Any]) -> str:
        header = {"alg": self.algorithm, **members, **self.header_members}
        header |= {"b64": False, "crit": ["b64"]} if self.is_unencoded else {}
        return sign_compact(payload, key, header, is_detached=self.signature_header != "")
