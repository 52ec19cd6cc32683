"""Detached signatures that are right except for one fault, and whether a scheme accepts them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

from jwt.api_jws import PyJWS

from tests.providers.jws_keys import jwks
from tests.providers.key_pairs import p256
from tests.providers.sample import NOW
from webhook_verify import RejectedDelivery, Verifier
from webhook_verify.schemes.jws_scheme import JwsScheme

__all__ = ["BODY", "GOOD", "KEY_SET", "detached", "encoded", "is_taken", "signed_text"]

BODY = '{"type": "paid", "note": "Zoë Žižka 😀 日本"}'.encode()
GOOD: dict[str, Any] = {"alg": "ES256", "kid": "k1"}
KEY_SET = jwks((p256(0), "k1"))


def detached(algorithm: str = "ES256", **options: Any) -> JwsScheme:
    return JwsScheme("own", algorithm=algorithm, signature_header="x-jws", **options)


def encoded(value: Any) -> str:
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def signed_text(header: Any, body: bytes = BODY, key: Any = None, *, unencoded: bool = False) -> str:
    """A detached signature with any header, right in every other way. By default ES256."""
    head = header if isinstance(header, str) else encoded(header)
    content = head.encode() + b"." + (body if unencoded else encoded(body).encode())
    signature = PyJWS().get_algorithm_by_name("ES256").sign(content, key or p256(0))
    return f"{head}..{encoded(signature)}"


def is_taken(scheme: JwsScheme, secret: str, text: Any, body: bytes = BODY, **other: Any) -> bool:
    try:
        verified = Verifier(secret, scheme=scheme, clock=lambda: NOW).verify(body, {"x-jws": text}, **other)
    except RejectedDelivery:
        return False
    return verified.body == body
