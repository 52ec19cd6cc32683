"""Version 2 of Plivo against its library for Python, and the border between path and nonce."""

from __future__ import annotations

import pytest

from tests.providers.interop import interop
from tests.providers.sample import TEXT_SECRET
from tests.rows import rows
from webhook_verify import Reason, RejectedDelivery, Signer, Verifier

URL = "https://example.com/in/pl"


def _signed(nonce: str = "05429567804466091622", url: str = URL) -> dict[str, str]:
    return Signer(TEXT_SECRET, scheme="plivo-v2").sign(b"", id=nonce, url=url)


@interop("plivo-v2", by="plivo (PyPI)")
@rows("url", [URL, f"{URL}?b=2&a=1", "https://example.com:8443/in/pl", "https://example.com/"])
def test_its_library_accepts_what_we_sign(url: str) -> None:
    validate = pytest.importorskip("plivo.utils").validate_signature
    headers = _signed(url=url)
    signature, nonce = headers["x-plivo-signature-v2"], headers["x-plivo-signature-v2-nonce"]

    assert validate(url, nonce, signature, TEXT_SECRET)
    assert not validate(url, "1", signature, TEXT_SECRET)
    delivery = Verifier(TEXT_SECRET, scheme="plivo-v2").verify(b"any=body", headers, url=f"{url}")
    assert (delivery.body_is_signed, delivery.timestamp_is_signed, delivery.id_is_signed) == (False,) * 3


MOVED = {
    "a segment in the nonce": ("https://example.com/in", "/pl05429567804466091622"),
    "a dot in the nonce": ("https://example.com/in/pl", ".05429567804466091622"),
    "an empty nonce": ("https://example.com/in/pl05429567804466091622", ""),
}


@rows(("url", "nonce"), MOVED.values(), ids=MOVED)
def test_another_border_between_path_and_nonce_is_rejected(url: str, nonce: str) -> None:
    headers = {**_signed(), "x-plivo-signature-v2-nonce": nonce}
    with pytest.raises(RejectedDelivery) as caught:
        Verifier(TEXT_SECRET, scheme="plivo-v2").verify(b"", headers, url=url)
    assert caught.value.reason in (Reason.UNREADABLE_HEADER, Reason.MISSING_HEADER)


@rows("url", ["https://example.com/in", "http://example.com/in/pl", "https://example.net/in/pl"])
def test_another_url_is_rejected(url: str) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        Verifier(TEXT_SECRET, scheme="plivo-v2").verify(b"", _signed(), url=url)
    assert caught.value.reason is Reason.SIGNATURE_MISMATCH
