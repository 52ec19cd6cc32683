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

from tests.providers.sample import NOW
from webhook_verify import Delivery, RejectedDelivery, Scheme, Verifier

__all__ = ["ALGORITHMS", "BODY", "URL", "other_signed", "other_verifies", "outcome"]

CaseInsensitiveDict: Any = _CaseInsensitiveDict  # it has no types

URL = "https://example.com/hooks?tenant=1"
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
