"""Plivo against its library for Python, and its list of signatures."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest

from tests.providers.interop import interop
from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET
from tests.rows import rows
from webhook_verify import RejectedDelivery, Signer, Verifier

FORM = b"From=%2B1500&Text=Gr%C3%BC%C3%9Fe+%26&Digits=2&Digits=1"
REQUESTS = {
    "a form": ("POST", "https://example.com/in/pl", FORM),
    "a query and a form": ("POST", "https://example.com/in/pl?b=2&a=1&a=0", FORM),
    "a query": ("POST", "https://example.com/in/pl?b=2&a=1", b""),
    "by GET": ("GET", "https://example.com/in/pl?b=2&a=1.5", b""),
    "neither": ("POST", "https://example.com/in/pl", b""),
    "a port": ("POST", "https://example.com:8443/in/pl?a=", FORM),
}


@interop("plivo", by="plivo (PyPI)")
@rows(("method", "url", "body"), REQUESTS.values(), ids=REQUESTS)
def test_its_library_accepts_what_we_sign(method: str, url: str, body: bytes) -> None:
    validate = pytest.importorskip("plivo.utils.signature_v3").validate_v3_signature
    headers = Signer(TEXT_SECRET, scheme="plivo").sign(body, id="nonce-1", url=url)
    signature = headers["x-plivo-signature-v3"]
    fields = {
        name: values if len(values) > 1 else values[0]
        for name, values in parse_qs(body.decode(), keep_blank_values=True).items()
    }

    assert validate(method, url, "nonce-1", TEXT_SECRET, signature, dict(fields))
    assert not validate(method, url, "nonce-2", TEXT_SECRET, signature, dict(fields))
    assert Verifier(TEXT_SECRET, scheme="plivo").verify(body, headers, url=url).body_is_signed


@rows("other", ["", "AAAA", "=", "A" * 44, ",".join("B" * 44 for _ in range(30))])
def test_one_valid_signature_of_a_list_is_enough(other: str) -> None:
    url = "https://example.com/in/pl"
    headers = Signer(OTHER_TEXT_SECRET, scheme="plivo").sign(FORM, id="nonce-1", url=url)
    listed = {**headers, "x-plivo-signature-v3": f"{other},{headers['x-plivo-signature-v3']}"}
    assert Verifier(OTHER_TEXT_SECRET, scheme="plivo").verify(FORM, listed, url=url)
    with pytest.raises(RejectedDelivery):
        Verifier(TEXT_SECRET, scheme="plivo").verify(FORM, listed, url=url)


@rows("url", ["https://example.com/in/pl?a=1", "https://example.com/in", "http://example.com/in/pl"])
def test_another_url_is_rejected(url: str) -> None:
    headers = Signer(TEXT_SECRET, scheme="plivo").sign(FORM, id="nonce-1", url="https://example.com/in/pl")
    with pytest.raises(RejectedDelivery):
        Verifier(TEXT_SECRET, scheme="plivo").verify(FORM, headers, url=url)
