"""Deliveries that an implementation of its own made from the facts about each provider.

A file of tests/data/provider_vectors is named after the scheme. Each of its vectors is a request, the secret,
the time of its arrival, and whether it must be accepted. `fetch` contains the keys and certificates by URL.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest

from tests.providers.interop import DELIVERY_VECTORS, interop
from tests.rows import rows
from webhook_verify import RejectedDelivery, Scheme, Verifier, schemes
from webhook_verify.schemes.jws_scheme import JwsScheme
from webhook_verify.schemes.providers.apple_app_store import AppleAppStore
from webhook_verify.schemes.providers.aws_sns import AmazonSns
from webhook_verify.schemes.providers.ebay import Ebay
from webhook_verify.schemes.providers.paypal import PayPal
from webhook_verify.schemes.providers.plaid import Plaid

FOLDER = Path(__file__).parents[1] / "data" / "provider_vectors"
VECTORS = {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json"))}
CASES = [(scheme, vector) for scheme, vectors in VECTORS.items() for vector in vectors]


JUDGES = {
    "azure-devops": "a library in Go",
    "bitbucket-data-center": "a library in Go",
    "bitbucket-uuid": "a library in Go",
    "gitea": "a library in Go",
    "gogs": "a library in Go",
    "lark": "com.larksuite.oapi:oapi-sdk (Maven)",
    "onfido": "com.onfido:onfido-api-java (Maven)",
    "vonage-signed-message": "com.vonage:server-sdk (Maven)",
}
"""The libraries that decided about the vectors of a provider. Their verdicts are recorded as `expect`."""


@interop(*VECTORS, by=DELIVERY_VECTORS)
@rows(("scheme", "vector"), CASES, ids=[f"{scheme}: {vector['name']}" for scheme, vector in CASES])
def test_a_vector(scheme: str, vector: dict[str, Any]) -> None:
    verifier = Verifier(vector["secret"], scheme=_scheme(scheme, vector), clock=lambda: vector["now"])
    body, headers = b64decode(vector["body_base64"]), vector["headers"]
    if vector["expect"] == "accept":
        delivery = verifier.verify(body, headers, url=vector["url"], method=vector["method"])
        assert delivery.body == body
    else:
        with pytest.raises(RejectedDelivery):
            verifier.verify(body, headers, url=vector["url"], method=vector["method"])


for _name, _judge in JUDGES.items():
    interop(_name, by=f"verdicts of {_judge}, recorded")(test_a_vector)


def _scheme(name: str, vector: dict[str, Any]) -> Scheme:
    """The scheme, with the keys and the roots of the vector instead of those of the provider."""
    scheme = schemes.get(name)
    roots = vector["roots"].encode() if "roots" in vector else None
    if name == "apple-app-store":
        return AppleAppStore(environment="Sandbox", roots=roots)
    if "fetch" not in vector:
        return scheme
    fetched = {url: b64decode(octets) for url, octets in vector["fetch"].items()}

    def fetch(url: str, *_: object) -> bytes:
        return fetched[url]

    if isinstance(scheme, JwsScheme):
        return scheme.with_fetch(fetch)
    if name == "ebay":
        return Ebay(fetch=fetch)
    if name == "paypal":
        return PayPal(roots=roots, fetch=fetch)
    return AmazonSns(fetch=fetch) if name == "aws-sns" else Plaid(fetch=fetch)
