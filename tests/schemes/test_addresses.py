"""Providers that sign the URL or the method: the parts of the request that are required."""

from __future__ import annotations

from typing import Any

import pytest

from webhook_verify import SignatureMismatch, Signer, Verifier
from webhook_verify.schemes import HeaderScheme

SECRET = "a secret of enough bytes"
URL, OTHER_URL = "https://shop.example/hook?a=%20b", "https://shop.example/hook?a=+b"

# (content, what is needed, what of it is wrong, how the error ends)
SIGNED: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("{url}{body}", {"url": URL}, {"url": OTHER_URL}, "signs the URL .*headers, url=...\\)$"),
    ("{method}{body}", {"method": "POST"}, {"method": "PUT"}, "signs the method .*headers, method=...\\)$"),
    (
        "{method}{url}{body}",
        {"url": URL, "method": "POST"},
        {"url": OTHER_URL, "method": "POST"},
        "signs the URL and the method .*headers, url=..., method=...\\)$",
    ),
]


@pytest.mark.parametrize(
    ("signed_content", "address", "other", "message"), SIGNED, ids=[row[0] for row in SIGNED]
)
def test_what_is_signed_is_asked_for(
    signed_content: str, address: dict[str, Any], other: dict[str, Any], message: str
) -> None:
    acme = HeaderScheme("acme", signature_header="x-acme", signed_content=signed_content)
    signer, verifier = Signer(SECRET, scheme=acme), Verifier(SECRET, scheme=acme)
    headers = signer.sign(b"{}", **address)

    assert verifier.verify(b"{}", headers, **address).body == b"{}"
    with pytest.raises(SignatureMismatch):
        verifier.verify(b"{}", headers, **other)
    for name in address:
        without = {each: text for each, text in address.items() if each != name}
        with pytest.raises(TypeError, match=message):
            verifier.verify(b"{}", headers, **without)
        with pytest.raises(TypeError, match=message):
            signer.sign(b"{}", **without)
