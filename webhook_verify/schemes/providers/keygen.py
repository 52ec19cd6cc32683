"""Keygen: Ed25519 of request line, host, date and digest, as in the draft that preceded RFC 9421."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from webhook_verify.errors import MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.json_fields import strings_at
from webhook_verify.schemes.algorithms import ALGORITHMS, Algorithm
from webhook_verify.schemes.base import BodyInterpretation, ParsedHeaders, Scheme, SchemeDocs
from webhook_verify.schemes.encodings import ENCODINGS
from webhook_verify.schemes.signed_content import check_request
from webhook_verify.schemes.timestamps import UNITS
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from webhook_verify.keys import SigningKey, VerifyingKey

__all__ = ["SCHEME", "Keygen"]

_COVERED = "(request-target) host date digest"
_MAX_HEADER_CHARS = 1_000
_PARAMETER = re.compile(r'([a-z]+)="([^"\\]*)"')
_DIGEST = re.compile(r"(?i:sha-256)=[A-Za-z0-9+/]{43}=")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://([^/?#\s]+)(?:/?)([^\s#]*)")
_READ, _WRITE = ENCODINGS["base64"][:2]


class Keygen(Scheme):
    """Webhooks of Keygen accounts, with the signature algorithm `ed25519`, which is the default."""

    signs_id = True
    signs_url = True
    parses_body = True
    id_in_body: str = "data.id"
    has_id_in_body = True
    event_type_in_body: tuple[str, ...] = ("data.attributes.event",)

    header_names: tuple[str, ...] = ("keygen-signature", "date", "digest")
    algorithm: Algorithm = ALGORITHMS["ed25519"]
    signed_content = (
        "(request-target): {method, in lower case} {target}\\nhost: {host}\\ndate: {timestamp}\\n"
        "digest: sha-256={SHA-256 of the body, in base64}"
    )
    retries = "new_timestamp"
    retry_seconds: float = 217_687.0
    docs: SchemeDocs = SchemeDocs(
        title="Keygen",
        secret_from="Settings > the Ed25519 verify key of the account, in hex; it is a public key",
        url="https://keygen.sh/docs/api/signatures/",
        notes=(
            "Only the signature algorithm `ed25519` is supported, which is the default. The URL is signed, "
            "with its query, so a delivery to another endpoint is rejected. The host is read from the URL "
            "and not from the header `Host`. The message id is `data.id` in the body, which retries keep. "
            "The header `X-Signature` of older accounts is not read."
        ),
        retries=(
            "15 times within at most 61 hours, each with a new `Date` "
            "([source code](https://github.com/keygen-sh/keygen-api/blob/master/app/workers/"
            "webhook_worker.rb))"
        ),
    )

    def __init__(self) -> None:
        self._reader = HeaderReader(*self.header_names)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "keygen"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the three headers of a delivery.

        Args:
            headers: The request headers.
            url: The URL that the sender called.
            method: The request method.

        Returns:
            The unverified values of the headers.

        Raises:
            MalformedDelivery: If a header is missing or invalid.
            TypeError: If `url` or `method` is missing.
        """
        values = self._reader.read(headers)
        for name, value in zip(self.header_names, values, strict=True):
            if not value or value.isspace():
                raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {name}")
        check_request(self.name, (True, True), url, method)
        signature, date, digest = (value or "" for value in values)
        parameters = _parameters(signature)
        timestamp = UNITS["http-date"][0](date)
        problem = (
            (parameters.get("headers") != _COVERED and f'keygen-signature must have headers="{_COVERED}"')
            or (parameters.get("algorithm") != "ed25519" and 'keygen-signature must have algorithm="ed25519"')
            or (not timestamp and "the date must be in the date format of HTTP")
            or (not _DIGEST.fullmatch(digest) and "the digest must be sha-256= and base64")
        )
        if problem:
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, problem)
        decoded = _READ(parameters.get("signature", ""), self.algorithm.size)
        signatures = ((self.algorithm.version, decoded),) if decoded else ()
        before = _content(url or "", method or "", date, digest)
        return "", timestamp, signatures, before, b"", self.event_type_in_body

    def parse_body(self, reading: ParsedHeaders, body: bytes) -> Sequence[BodyInterpretation]:
        """Return the signed content, which contains the digest of the body.

        Args:
            reading: The values that `parse_headers` returned.
            body: The request body.

        Returns:
            One interpretation. It has no signatures if the digest is that of another body.
        """
        _, _, signatures, before, _, _ = reading
        matches = before.endswith(b"=" + _digest_of(body))
        return (("", ((signatures if matches else (), b"", before, b""),), body),)

    def message_id_from_body(self, body: bytes) -> str:
        """Return the id of the event.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        return ",".join(strings_at(body, self.id_in_body))

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
        """Sign a body with the newest key.

        Args:
            body: The request body.
            keys: The signing keys, newest first.
            id: Unused.
            timestamp: Unix seconds.
            url: The URL of the request.
            method: The request method.

        Returns:
            The headers to send, by name.

        Raises:
            TypeError: If `url` or `method` is missing.
        """
        check_request(self.name, (True, True), url, method)
        date, digest = UNITS["http-date"][1](timestamp), f"sha-256={_digest_of(body).decode()}"
        signature = _WRITE(next(iter(keys)).sign(_content(url or "", method or "", date, digest)))
        text = f'keyid="account", algorithm="ed25519", signature="{signature}", headers="{_COVERED}"'
        return {"keygen-signature": text, "date": date, "digest": digest}

    def verifying_key(self, secret: Secret) -> VerifyingKey:
        """Return the key that a receiver verifies with.

        Args:
            secret: The public key in hex, or as PEM.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not an Ed25519 public key.
        """
        return self.algorithm.verifying_key(secret, "hex")

    def signing_key(self, secret: Secret) -> SigningKey:
        """Return the key that a sender signs with.

        Args:
            secret: The private key in hex, or as PEM.

        Returns:
            The signing key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret is not an Ed25519 private key.
        """
        return self.algorithm.signing_key(secret, "hex")


def _parameters(text: str) -> dict[str, str]:
    """Return the parameters of a signature header. Raise MalformedDelivery."""
    matches = [_PARAMETER.fullmatch(part.strip(" \t")) for part in text[:_MAX_HEADER_CHARS].split(",")]
    pairs = [(match[1], match[2]) for match in matches if match]
    if len(text) > _MAX_HEADER_CHARS or len(pairs) < len(matches) or len({*dict(pairs)}) < len(pairs):
        detail = 'keygen-signature must be a list of name="value" with different names'
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
    return dict(pairs)


def _content(url: str, method: str, date: str, digest: str) -> bytes:
    """Return the signed content. Raise MalformedDelivery if the URL is invalid."""
    match = _URL.fullmatch(url)
    if match is None:
        raise MalformedDelivery(Reason.UNREADABLE_HEADER, "the URL must be absolute, without spaces")
    lines = (
        f"(request-target): {method.lower()} /{match[2]}\nhost: {match[1]}\ndate: {date}\ndigest: {digest}"
    )
    return lines.encode("utf-8", "surrogatepass")


def _digest_of(body: bytes) -> bytes:
    return b64encode(sha256(body).digest())


SCHEME = Keygen()
