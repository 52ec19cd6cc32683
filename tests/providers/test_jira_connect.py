"""Jira Connect: Atlassian's library for Node hashes the same requests, and verifies our tokens."""

from __future__ import annotations

from typing import Any

from tests.providers.interop import interop
from tests.providers.npm import node
from tests.providers.sample import NOW, TEXT_SECRET
from tests.providers.verdicts import accepts
from webhook_verify import Signer, Verifier
from webhook_verify.schemes.providers.jira_connect import SCHEME
from webhook_verify.schemes.query_string_hash import query_string_hash

_HASH = """
const jwt = require('atlassian-jwt');
return given.map(([method, url, base]) =>
  jwt.createQueryStringHash(jwt.fromMethodAndUrl(method, url), false, base));
"""
_DECODE = """
const jwt = require('atlassian-jwt');
return jwt.decodeSymmetric(given.token, given.secret, 'HS256');
"""
BASE = "https://app.example.com/jira"
URLS = [
    "https://app.example.com/jira/hooks?tenant=7&name=Zo%C3%AB",
    "https://app.example.com/jira/hooks/?b=2&a=1&a=0&c=x+y&jwt=eyJ",
    "https://app.example.com/jira",
    "https://app.example.com/jira/a&b?q=-._~*!()'%2C,%2B",
]


@interop("jira-connect", by="atlassian-jwt (npm)")
def test_atlassians_library_hashes_the_same_requests() -> None:
    for base, path in ((BASE, "/jira"), ("https://app.example.com", "")):
        ours = [query_string_hash("POST", url, path) for url in URLS]
        assert ours == node(_HASH, [["POST", url, base] for url in URLS])


@interop("jira-connect", by="atlassian-jwt (npm)")
def test_each_client_has_a_secret_and_the_path_of_the_app_is_not_hashed() -> None:
    scheme = SCHEME.with_options(claims={"iss": "{account}", "qsh": "{qsh:/jira}"})
    verifier = Verifier(
        [f"client-1:{TEXT_SECRET}", f"client-2:{TEXT_SECRET[::-1]}"], scheme=scheme, clock=lambda: NOW
    )
    ours = Signer(f"client-1:{TEXT_SECRET}", scheme=scheme).sign(
        b"{}", id="", timestamp=NOW, url=URLS[0], method="POST"
    )
    token = ours["authorization"].removeprefix("JWT ")
    claims: dict[str, Any] = node(_DECODE, {"token": token, "secret": TEXT_SECRET})

    assert (claims["iss"], claims["qsh"]) == ("client-1", query_string_hash("POST", URLS[0], "/jira"))
    delivery = verifier.verify(b"{}", ours, url=URLS[0], method="POST")
    assert (delivery.secret_label, delivery.body_is_signed) == ("secret-1", False)
    for method, url in (("GET", URLS[0]), ("POST", URLS[1])):
        assert not accepts(lambda: verifier.verify(b"{}", ours, url=url, method=method))  # noqa: B023
    forged = Signer(f"client-2:{TEXT_SECRET}", scheme=scheme)
    headers = forged.sign(b"{}", id="", timestamp=NOW, url=URLS[0], method="POST")
    assert not accepts(lambda: verifier.verify(b"{}", headers, url=URLS[0], method="POST"))
