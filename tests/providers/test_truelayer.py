"""TrueLayer: its own library on both sides, its published example, and parts that must not move."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.diagnosis.test_reported import FOLDER
from tests.providers.interop import interop
from tests.providers.jws_keys import p521
from tests.providers.key_pairs import pem_of
from tests.providers.npm import node
from tests.providers.sample import NOW
from tests.providers.samples.truelayer import ENDPOINT, KEYS, KEY_ID, SAMPLE, SIGNING
from tests.rows import rows
from webhook_verify import InvalidSecret, MalformedDelivery, RejectedDelivery, Signer, Verifier, schemes

BODY = '{"type":"payment_executed","event_id":"1","note":"Zoë 日本"}'.encode()
SENT = "2026-09-21T14:13:20Z"
STAMP = "X-Tl-Webhook-Timestamp"
VERIFIER = Verifier(KEYS, scheme="truelayer", clock=lambda: NOW)


def _signed(headers: list[tuple[str, str]], path: str = "/webhooks/truelayer") -> list[str]:
    """What TrueLayer's library signs: the header `Tl-Signature` for each path and these headers."""
    script = """
        const { default: library } = await import('truelayer-signing');
        return given.map(([kid, privateKeyPem, path, headers, body]) => library.sign(
            { kid, privateKeyPem, method: 'POST', path, headers: Object.fromEntries(headers), body }))
    """
    given = [[KEY_ID, pem_of(p521(0))[1], path, headers, BODY.decode()]]
    signed: list[str] = node(script, given)
    return signed


def _taken(headers: Any, body: bytes = BODY, url: str = ENDPOINT, method: str = "POST") -> bool:
    try:
        VERIFIER.verify(body, headers, url=url, method=method)
    except RejectedDelivery:
        return False
    return True


@interop("truelayer", by="truelayer-signing (npm)")
def test_we_verify_what_the_library_signs() -> None:
    [text] = _signed([("X-Other", "a: b"), (STAMP, SENT)])
    headers = {"Tl-Signature": text, STAMP: SENT, "x-other": "a: b"}

    assert _taken(headers)
    assert _taken(headers, url=f"{ENDPOINT}?query=is-not-signed")
    assert _taken(headers, url=f"{ENDPOINT}/")  # as in the library
    assert not _taken(headers, BODY + b" ")
    assert not _taken(headers, url=f"{ENDPOINT}//")
    assert not _taken(headers, url=ENDPOINT.upper())
    assert not _taken(headers, method="PUT")
    assert not _taken({**headers, "x-other": "a: c"})
    assert not _taken({**headers, "x-other": None})
    assert not _taken({**headers, STAMP: "2026-09-21T14:13:21Z"})


@interop("truelayer", by="truelayer-signing (npm), verifying")
def test_the_library_verifies_what_we_sign() -> None:
    headers = Signer(SIGNING, scheme="truelayer").sign(BODY, timestamp=NOW, url=ENDPOINT, method="POST")
    script = """
        const { default: library } = await import('truelayer-signing');
        return given.bodies.map(body => { try {
            library.verify({ jwks: given.keys, signature: given.headers['tl-signature'], method: 'POST',
                path: '/webhooks/truelayer', headers: given.headers, body,
                requiredHeaders: ['X-Tl-Webhook-Timestamp'] });
            return true
        } catch { return false } })
    """
    bodies = [BODY.decode(), BODY.decode() + " "]
    assert node(script, {"keys": KEYS, "headers": headers, "bodies": bodies}) == [True, False]


@interop("truelayer", by="the example of truelayer-signing")
def test_the_published_example() -> None:
    case = json.loads((FOLDER / "truelayer_detached_jws.json").read_text("utf-8"))
    verifier = Verifier(case["secret"], scheme="truelayer", clock=lambda: case["clock"])
    verified = verifier.verify(case["body"].encode(), case["headers"], url=case["url"], method="POST")
    assert (verified.event_type, verified.idempotency_key) == (
        "example",
        "18b2842b-a57b-4887-a0a6-d3c7c36f1020",
    )


LISTED: dict[str, list[tuple[str, str]]] = {
    "no header": [],
    "another header": [("X-Other", "1")],
}


@rows("name", LISTED)
def test_the_timestamp_must_be_signed(name: str) -> None:
    [text] = _signed(LISTED[name])
    headers = {"tl-signature": text, STAMP: SENT, "x-other": "1"}
    with pytest.raises(MalformedDelivery, match="it does not cover x-tl-webhook-timestamp"):
        VERIFIER.verify(BODY, headers, url=ENDPOINT, method="POST")


def test_no_byte_can_move_from_one_part_to_another() -> None:
    _, headers = SAMPLE.signed()
    body = SAMPLE.body(NOW, "msg_1")
    for value in (f"{SENT}\n", f"{SENT}\r\nX: y", f"{SENT}\n{body.decode()[:1]}"):
        assert not _taken({**headers, "x-tl-webhook-timestamp": value}, body[1:])
    assert not _taken(headers, b"\n" + body)
    assert not _taken(headers, body, url=ENDPOINT + "\nX: y")


def test_the_url_and_the_method_are_needed() -> None:
    body, headers = SAMPLE.signed()
    for arguments in ({}, {"url": ENDPOINT}, {"method": "POST"}):
        with pytest.raises(TypeError, match="truelayer signs the method and the path"):
            VERIFIER.verify(body, headers, **arguments)


def test_the_secret_is_a_url_of_truelayer_or_a_key() -> None:
    for url in (
        "https://webhooks.truelayer.com/.well-known/jwks",
        "https://webhooks.truelayer-sandbox.com/.well-known/jwks",
    ):
        Verifier(url, scheme="truelayer")
    for secret in ("https://truelayer.example/.well-known/jwks", "enabled"):
        with pytest.raises(InvalidSecret, match="secret must be a public key as PEM, a JSON Web Key Set, or"):
            Verifier(secret, scheme="truelayer")
    assert schemes.get("truelayer").signs_url
