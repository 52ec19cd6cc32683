"""Deliveries that an implementation of its own made from the facts about each provider.

A file of tests/data/provider_vectors is named after the scheme. Each of its vectors is a request, the secret,
the time of its arrival, and whether it must be accepted.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import interop
from webhook_verify import RejectedDelivery, Scheme, Verifier, schemes
from webhook_verify.schemes.jws_scheme import JwsScheme
from webhook_verify.schemes.providers.apple_app_store import AppleAppStore

FOLDER = Path(__file__).parents[1] / "data" / "provider_vectors"
VECTORS = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json"))}
CASES = [(scheme, vector) for scheme, vectors in VECTORS.items() for vector in vectors]


def _scheme(name: str, vector: dict[str, Any]) -> Scheme:
    """The scheme with the roots and the keys of the vector, which are not the provider's."""
    scheme = schemes.get(name)
    if "roots" in vector:
        return AppleAppStore(environment="Sandbox", roots=vector["roots"].encode())
    if isinstance(scheme, JwsScheme) and "fetch" in vector:
        return scheme.with_fetch(lambda url, _: b64decode(vector["fetch"][url]))
    return scheme


@interop(*VECTORS, by="delivery vectors of a second implementation")
@pytest.mark.parametrize(
    ("scheme", "vector"), CASES, ids=[f"{scheme}: {vector['name']}" for scheme, vector in CASES]
)
def test_a_vector(scheme: str, vector: dict[str, Any]) -> None:
    verifier = Verifier(vector["secret"], scheme=_scheme(scheme, vector), clock=lambda: vector["now"])
    body, headers = b64decode(vector["body_base64"]), vector["headers"]
    if vector["expect"] == "accept":
        delivery = verifier.verify(body, headers, url=vector["url"], method=vector["method"])
        assert delivery.body == body
    else:
        with pytest.raises(RejectedDelivery):
            verifier.verify(body, headers, url=vector["url"], method=vector["method"])
