"""eBay: ECDSA of the body. The key is fetched with the application's credentials.

`x-ebay-signature` is base64 of `{"alg": "ecdsa", "kid": ..., "signature": ..., "digest": "SHA1"}`.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import partial
from typing import TYPE_CHECKING, Any

from webhook_verify.buffered_keys import BufferedKey
from webhook_verify.errors import InvalidSecret, MalformedDelivery, Reason
from webhook_verify.headers import HeaderReader, Headers
from webhook_verify.json_fields import strings_at
from webhook_verify.key_stores.base import KeyStore, checked_key_store
from webhook_verify.keys import PublicKey, Signatures, decode_canonical_base64
from webhook_verify.schemes.base import ParsedHeaders, SchemeDocs
from webhook_verify.schemes.body_scheme import get_field, parse_unverified_json
from webhook_verify.schemes.key_cache import KeyCache, https_fetch
from webhook_verify.schemes.key_fetch import AuthorizedFetch
from webhook_verify.schemes.verify_only import VerifyOnlyScheme
from webhook_verify.secret import Secret

if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = ["SCHEME", "Ebay", "EbayKey"]

_HEADER = "x-ebay-signature"
_HOSTS = {"production": "https://api.ebay.com", "sandbox": "https://api.sandbox.ebay.com"}
_TOKEN_PATH = "/identity/v1/oauth2/token"
_KEY_PATH = "/commerce/notification/v1/public_key/"
_TOKEN_REQUEST = b"grant_type=client_credentials&scope=https%3A%2F%2Fapi.ebay.com%2Foauth%2Fapi_scope"
_TOKEN = "token"
_KEY_ID = re.compile(r"[A-Za-z0-9-]{1,128}")
_MAX_HEADER_CHARS = 2_000
_PEM_LINE = re.compile(r"-----(?:BEGIN|END) PUBLIC KEY-----|\s")


class Ebay(VerifyOnlyScheme):
    """eBay. The secret is `client_id:client_secret`, the credentials for fetching the key of a notification.

    Args:
        environment: `production` or `sandbox`.
        fetch: Fetches a document with headers, by default `https_fetch`.
        key_store: Where the ids of verified keys survive a restart, see `webhook_verify.key_stores`.

    Raises:
        ValueError: If `environment` is unknown.
        TypeError: If `key_store` is not a `KeyStore`.
    """

    signs_timestamp = False
    has_id_in_body = True
    event_type_in_body: tuple[str, ...] = ("metadata.topic",)
    decoy_secret = "unknown-sender:unknown"

    signed_content = "{body}"
    header_names: tuple[str, ...] = (_HEADER,)
    docs: SchemeDocs = SchemeDocs(
        title="eBay",
        secret_from=(
            "Developer Program > Application Keys: App ID (Client ID) and Cert ID (Client Secret), joined "
            "with a colon"
        ),
        url="https://developer.ebay.com/api-docs/commerce/notification/overview.html",
        notes=(
            "Notifications of the Notification API only. The signature is ECDSA with SHA-1 or SHA-256, as "
            "eBay states with the key. The keys are fetched from the production environment, or from the "
            "sandbox with `Ebay(environment='sandbox')`, and cached for an hour. No timestamp is checked: "
            "`notification.publishDate` is signed with the body."
        ),
    )

    def __init__(
        self,
        *,
        environment: str = "production",
        fetch: AuthorizedFetch | None = None,
        key_store: KeyStore | None = None,
    ) -> None:
        if environment not in _HOSTS:
            raise ValueError(f"environment must be one of {', '.join(_HOSTS)}; not {environment!r}")
        self._host = _HOSTS[environment]
        self._fetch = fetch
        self._key_store = checked_key_store(key_store)
        self._reader = HeaderReader(_HEADER)

    @property
    def name(self) -> str:
        """The name in the registry."""
        return "ebay"

    def parse_headers(self, headers: Headers, url: str | None, method: str | None) -> ParsedHeaders:
        """Parse the header with the signature and the id of its key.

        Args:
            headers: The request headers.
            url: Unused.
            method: Unused.

        Returns:
            The unverified values of the header.

        Raises:
            MalformedDelivery: If the header is missing or invalid.
        """
        [text] = self._reader.read(headers)
        if not text or text.isspace():
            raise MalformedDelivery(Reason.MISSING_HEADER, f"missing or empty header: {_HEADER}")
        key_id, signature = _parts(text) if len(text) <= _MAX_HEADER_CHARS else (None, None)
        if not isinstance(key_id, str) or not _KEY_ID.fullmatch(key_id) or not isinstance(signature, str):
            detail = f"{_HEADER} must be base64 of a JSON object with kid and signature"
            raise MalformedDelivery(Reason.UNREADABLE_HEADER, detail)
        return "", 0, ((key_id, signature),), b"", b"", self.event_type_in_body

    def message_id_from_body(self, body: bytes) -> str:
        """Return the id of the notification.

        Args:
            body: The signed body.

        Returns:
            The id, or "" if the body does not contain an id.
        """
        return ",".join(strings_at(body, "notification.notificationId"))

    def verifying_key(self, secret: Secret) -> EbayKey:
        """Return the key that verifies notifications with the keys that they name.

        Args:
            secret: The credentials, `client_id:client_secret`.

        Returns:
            The verifying key.

        Raises:
            ImportError: If the extra `asymmetric` is not installed.
            InvalidSecret: If the secret does not consist of two values.
        """
        value = secret.reveal()
        text = value if isinstance(value, str) else ""
        client, _, password = text.partition(":")
        if not client.strip() or not password.strip() or not text.isascii() or not text.isprintable():
            raise InvalidSecret("secret must be client_id:client_secret, the keyset of your application")
        fetch = _fetch_nothing if value == self.decoy_secret else self._fetch or https_fetch()
        return EbayKey(text, self._host, fetch, self._key_store)


class EbayKey(BufferedKey):
    """The keys that eBay returns for an application's credentials.

    Args:
        credentials: The credentials, `client_id:client_secret`.
        host: The URL of eBay's API, without a path.
        fetch: Fetches a document.
        key_store: Where the ids of verified keys survive a restart.
    """

    __slots__ = ("_basic", "_fetch", "_host", "_keys", "_make", "_tokens")

    def __init__(
        self, credentials: str, host: str, fetch: AuthorizedFetch, key_store: KeyStore | None
    ) -> None:
        from webhook_verify.asymmetric.ecdsa_rsa import ecdsa_p256_sha256_verifier

        self._make = ecdsa_p256_sha256_verifier
        self._basic = f"Basic {b64encode(credentials.encode()).decode()}"
        self._host, self._fetch = host, fetch
        self._keys: KeyCache[PublicKey] = KeyCache("ebay", store=key_store)
        # eBay limits the number of tokens per day, so forged key ids must not cause requests for tokens.
        self._tokens: KeyCache[str] = KeyCache("ebay", per_minute=1)

    def verify(self, signatures: Signatures, before: bytes, body: bytes, after: bytes) -> bool:
        """Return whether one of the signatures is valid.

        Args:
            signatures: The id of the key, and the signature.
            before: Empty.
            body: The request body.
            after: Empty.

        Returns:
            Whether a signature is valid.

        Raises:
            KeyUnavailable: If the key cannot be fetched now.
        """
        for key_id, encoded in signatures:
            if decode_canonical_base64(encoded) is None:
                continue
            key = self._keys.get(key_id, partial(self._load, key_id))
            if key.verify(((key.version, encoded),), before, body, after):
                self._keys.mark_verified(key_id)
                self._tokens.mark_verified(_TOKEN)
                return True
        return False

    def _load(self, key_id: str) -> PublicKey:
        """Fetch a key. Raise ValueError, among others, if it is not a key for ECDSA."""
        token = self._tokens.get(_TOKEN, self._load_token)
        headers = {"authorization": f"Bearer {token}"}
        document: Any = json.loads(self._fetch(self._host + _KEY_PATH + key_id, None, headers))
        digest = document.get("digest", "SHA1").upper().replace("-", "")
        der = decode_canonical_base64(_PEM_LINE.sub("", document["key"]))
        if der is None or digest not in ("SHA1", "SHA256"):
            raise ValueError("the key is not a public key for ECDSA with SHA-1 or SHA-256")
        return PublicKey("v1", self._make(der, sha1=digest == "SHA1"))

    def _load_token(self) -> str:
        headers = {"authorization": self._basic, "content-type": "application/x-www-form-urlencoded"}
        document: Any = json.loads(self._fetch(self._host + _TOKEN_PATH, _TOKEN_REQUEST, headers))
        token: str = document["access_token"]
        if not (token.isascii() and token.isprintable()):
            raise ValueError("the token is invalid")
        return token


def _parts(text: str) -> tuple[object, object]:
    """Return the key id and the signature in a header; None for a missing one."""
    decoded = decode_canonical_base64(text) if text.isascii() else None
    try:
        fields = parse_unverified_json(decoded or b"")
    except MalformedDelivery:
        return None, None
    return get_field(fields, "kid"), get_field(fields, "signature")


def _fetch_nothing(url: str, content: bytes | None, headers: Mapping[str, str]) -> bytes:
    """Reject a fetch with the decoy secret, because eBay must not receive invalid credentials."""
    raise PermissionError


SCHEME = Ebay()
