"""What the tests of HTTP message signatures share: requests, and another library that signs and verifies."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    algorithms,
)
from http_message_signatures.structures import CaseInsensitiveDict as _CaseInsensitiveDict

from tests.providers.key_pairs import ed25519_hex, p256, pem_of, rsa_key
from tests.providers.sample import NOW
from webhook_verify import Delivery, RejectedDelivery, Scheme, Signer, Verifier
from webhook_verify.schemes.http_signature import HttpSignature, Profile

__all__ = [
    "ALGORITHMS",
    "ANY",
    "BODY",
    "HMAC",
    "PAIRS",
    "URL",
    "USUAL",
    "changed",
    "other_signed",
    "other_verifies",
    "outcome",
    "pair",
    "signed_by_us",
]

CaseInsensitiveDict: Any = _CaseInsensitiveDict  # it has no types

URL = "https://example.com/hooks?tenant=1"
USUAL = ("@method", "@authority", "@path", "@query")
HMAC = "a shared secret of 32 characters"
BODY = '{"type": "invoice.paid", "name": "Zo\u00eb"}'.encode()

ALGORITHMS: dict[str, Any] = {
    "ed25519": algorithms.ED25519,
    "ecdsa-p256-sha256": algorithms.ECDSA_P256_SHA256,
    "rsa-pss-sha512": algorithms.RSA_PSS_SHA512,
    "rsa-v1_5-sha256": algorithms.RSA_V1_5_SHA256,
    "hmac-sha256": algorithms.HMAC_SHA256,
}


@dataclass
class Request:
    """A request as the other library takes it."""

    method: str = "POST"
    url: str = URL
    headers: Any = field(default_factory=CaseInsensitiveDict)


class Resolver(HTTPSignatureKeyResolver):
    """Resolves every key id to one pair."""

    keys: ClassVar[dict[str, Any]] = {}

    def __init__(self, public: Any, private: Any) -> None:
        self._public, self._private = public, private

    def resolve_public_key(self, key_id: str) -> Any:
        return self._public

    def resolve_private_key(self, key_id: str) -> Any:
        return self._private


def other_signed(
    algorithm: str, key: Any, components: tuple[str, ...], *, body: bytes = BODY, **options: Any
) -> dict[str, str]:
    """The headers of a request that the other library signs."""
    headers = CaseInsensitiveDict({"content-type": "application/json", **options.pop("headers", {})})
    request = Request(url=options.pop("url", URL), headers=headers)
    signer = HTTPMessageSigner(signature_algorithm=ALGORITHMS[algorithm], key_resolver=Resolver(None, key))
    options.setdefault("created", datetime.fromtimestamp(NOW, UTC))
    signer.sign(request, key_id="key-1", covered_component_ids=components, body=body, **options)
    return {name.lower(): value for name, value in request.headers.items()}


def other_verifies(algorithm: str, key: Any, headers: dict[str, str], body: bytes = BODY) -> bool:
    """Whether the other library accepts a request."""
    verifier = HTTPMessageVerifier(
        signature_algorithm=ALGORITHMS[algorithm], key_resolver=Resolver(key, None)
    )
    request = Request(headers=CaseInsensitiveDict(headers))
    results = verifier.verify(request, max_age=None, body=body)
    return len(results) == 1


def outcome(
    secret: Any,
    headers: Any,
    body: bytes = BODY,
    *,
    scheme: str | Scheme = "http-signature",
    url: str = URL,
    method: str = "POST",
    now: float = NOW,
) -> Delivery | RejectedDelivery:
    """The delivery, or the rejection."""
    try:
        return Verifier(secret, scheme=scheme, clock=lambda: now).verify(
            body, headers, url=url, method=method
        )
    except RejectedDelivery as rejection:
        return rejection


ANY = HttpSignature("any", Profile(components=(), components_if_present=(), secret_encoding="base64"))

PAIRS: dict[str, tuple[Any, Any]] = {
    "ed25519": (None, None),
    "ecdsa-p256-sha256": pem_of(p256(6)),
    "rsa-pss-sha512": pem_of(rsa_key(6)),
    "rsa-v1_5-sha256": pem_of(rsa_key(6)),
    "hmac-sha256": (HMAC, HMAC),
}


def pair(algorithm: str) -> tuple[Any, Any]:
    """(public, private), each as the configured secret."""
    if algorithm == "ed25519":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        return pem_of(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ed25519_hex(6)[1])))
    return PAIRS[algorithm]


def signed_by_us(**options: Any) -> dict[str, str]:
    signer = Signer(HMAC, scheme=options.pop("scheme", "http-signature"))
    return signer.sign(BODY, **{"id": "msg_1", "timestamp": NOW, "url": URL, "method": "POST", **options})


def changed(name: str, old: str, new: str) -> dict[str, str]:
    headers = signed_by_us()
    assert old in headers[name]
    return {**headers, name: headers[name].replace(old, new, 1)}
