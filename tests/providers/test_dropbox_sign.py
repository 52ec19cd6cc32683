"""Dropbox Sign: its library and its published event, and invalid forms."""

from __future__ import annotations

import hmac
import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.sdk_calls import sdk
from tests.rows import rows
from webhook_verify import MalformedDelivery, SignatureMismatch, Signer, Verifier

# The fixture and the API key of the tests of dropbox-sign-python.
KEY = "324e3b0840f065eb51f3fd63231d0d33daa35d4ed10d27718839e81737065782"
PUBLISHED = {
    "event_time": "1348177752",
    "event_type": "unknown_error",
    "event_hash": "c574f5d3090c2936360b4e36cf6835cf3e2206b84fdc6347e6b28ca721ae1371",
}
VERIFIER = Verifier(KEY, scheme="dropbox-sign")


def event(time: object = "1790000000", kind: object = "signature_request_sent", **more: Any) -> str:
    mac = hmac.digest(KEY.encode(), f"{time}{kind}".encode(), "sha256").hex()
    fields = {"event_time": time, "event_type": kind, "event_hash": mac, **more}
    return json.dumps({"event": fields, "account_guid": "é"})


def multipart(*texts: str) -> bytes:
    head = '--x\r\nContent-Disposition: form-data; name="json"\r\n\r\n'
    return ("".join(f"{head}{text}\r\n" for text in texts) + "--x--\r\n").encode()


@interop("dropbox-sign", by="the tests of dropbox-sign (PyPI)")
@rows("form", [multipart, lambda text: text.encode(), lambda text: urlencode({"json": text}).encode()])
def test_the_published_event(form: Any) -> None:
    delivery = VERIFIER.verify(form(json.dumps({"event": PUBLISHED})), {})
    assert delivery.json() == {"event": PUBLISHED}
    assert (delivery.event_type, delivery.event_type_is_signed) == ("unknown_error", True)
    assert (delivery.body_is_signed, delivery.timestamp_is_signed) == (False, False)


@interop("dropbox-sign", by="dropbox-sign (PyPI)")
@pytest.mark.slow
def test_its_library_takes_what_we_sign() -> None:
    body = Signer(KEY, scheme="dropbox-sign").sign_body(
        b'{"event": {"event_type": "file_error"}}', timestamp=NOW
    )
    request = sdk("dropbox_sign").EventCallbackRequest.from_dict(VERIFIER.verify(body, {}).json())
    helper = sdk("dropbox_sign").EventCallbackHelper
    assert helper.is_valid(KEY, request)
    assert not helper.is_valid(KEY[:-1], request)
    request.event.event_time = str(NOW + 1)
    assert not helper.is_valid(KEY, request)


WRONG = {
    "another hash": event(event_hash="0" * 64),
    "another type": event().replace("request_sent", "request_all_signed"),
    "another time": event().replace("1790000000", "1790000001"),
    "a hash in base64": event(event_hash="A" * 44),
    "empty": event(event_hash=""),
}
UNREADABLE: dict[str, bytes] = {
    "two fields": multipart(event(), event()),
    "no JSON": multipart("{"),
    "a list": multipart("[]"),
    "no event": multipart("{}"),
    "no hash": multipart(event(event_hash=None)),
    "two hashes": multipart(event().replace('"event_time"', '"event_hash": "1", "event_time"')),
    "a time with a sign": multipart(event("+1790000000")),
    "a time with a fraction": multipart(event(1.5)),
    "a digit at the beginning of the type": multipart(event("179000000", "0signature_request_sent")),
    "no type": multipart(event("1790000000", "")),
    "a type in upper case": multipart(event("1790000000", "Sent")),
    "another field": multipart(event()).replace(b'"json"', b'"data"'),
    "a file": multipart(event()).replace(b'"json"', b'"json"; filename="a"'),
    "empty": b"",
}


@rows("text", WRONG.values(), ids=WRONG)
def test_a_wrong_hash_is_refused(text: str) -> None:
    with pytest.raises(SignatureMismatch):
        VERIFIER.verify(multipart(text), {})


@rows("body", UNREADABLE.values(), ids=UNREADABLE)
def test_an_invalid_form_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        VERIFIER.verify(body, {})
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)


@rows("body", [b"[]", b"{", b'{"event": {"event_type": "1"}}', b'{"event": 1}'])
def test_a_signer_refuses_an_invalid_event(body: bytes) -> None:
    with pytest.raises(ValueError, match="cannot sign this body"):
        Signer(KEY, scheme="dropbox-sign").sign_body(body)
