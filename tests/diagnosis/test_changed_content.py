"""Deliveries whose content, URL, key or signature differs: a search can undo it, or a trace shows it."""

from __future__ import annotations

import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from tests.rows import rows
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Diagnosis, explain
from webhook_verify.schemes import HeaderScheme

NOW = 1_790_000_000
SECRET = "correct-horse-battery-staple-2026"
EVENT: dict[str, Any] = {
    "id": 7,
    "type": "order.paid",
    "data": {"total": 19.5, "note": "a <b>"},
    "tags": ["x"],
    "live": True,
    "by": "ann",
}
OWN = HeaderScheme("house", signature_header="x-house-signature")


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _rails(value: dict[str, Any]) -> bytes:
    text = _json({**value, "controller": "hooks", "action": "create", "hook": value}).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").encode()


def _explain(sent: bytes, received: bytes, *, scheme: str | HeaderScheme = "github") -> Diagnosis:
    headers = {**Signer(SECRET, scheme=scheme).sign(sent), "content-type": "application/json"}
    return explain(Verifier(SECRET, scheme=scheme, clock=lambda: NOW), received, headers)


SENT = _json(EVENT)
INDENTED = json.dumps(EVENT, indent=2).encode()
CHANGES: dict[str, tuple[bytes, bytes, str]] = {
    # the change: (the body as sent, the body as received, the cause)
    "a member first": (SENT, _json({"traceId": "t", **EVENT}), "body_changed"),
    "a member in the middle": (SENT, SENT.replace(b'"tags"', b'"env":"qa","tags"'), "body_changed"),
    "two members last": (SENT, _json({**EVENT, "ip": "::1", "at": 1}), "body_changed"),
    "a nested member": (SENT, SENT.replace(b'"note"', b'"vat":1,"note"'), "body_changed"),
    "the parameters of Rails": (SENT, _rails(EVENT), "body_reserialized"),
    "a moved member": (
        SENT,
        _json({**{k: v for k, v in EVENT.items() if k != "id"}, "id": 7}),
        "body_reserialized",
    ),
    "an envelope": (SENT, _json({"source": "relay", "payload": EVENT}), "body_changed"),
    "a text in an envelope": (SENT, _json({"payload": SENT.decode()}), "body_changed"),
    "an added list": (SENT, b"[" + SENT + b"]", "body_changed"),
    "a removed list": (b"[" + SENT + b"]", SENT, "body_changed"),
    "CRLF and a final CRLF": (INDENTED, INDENTED.replace(b"\n", b"\r\n") + b"\r\n", "body_line_ends"),
    "LF and no final CRLF": (INDENTED.replace(b"\n", b"\r\n") + b"\r\n", INDENTED, "body_line_ends"),
    "CRLF and a mark": (INDENTED, b"\xef\xbb\xbf" + INDENTED.replace(b"\n", b"\r\n"), "body_line_ends"),
    "one lost accent": (_json({"name": "Zoë"}), b'{"name":"Zo?"}', "body_recoded"),
    "one lost emoji of two units": (_json({"note": "done 🎉"}), b'{"note":"done ??"}', "body_recoded"),
    "seven bits": (
        _json({"note": "done 🎉", "by": "Łukasz"}),
        b'{"note":"done p\x1f\x0e\t","by":"E\x01ukasz"}',
        "body_recoded",
    ),
    "decoded escapes": (b'{"note":"a\\u001b[1m\\tb"}', b'{"note":"a\x1b[1m\tb"}', "body_escaped"),
}


@rows("change", CHANGES)
def test_a_changed_body_is_proved(change: str) -> None:
    sent, received, cause = CHANGES[change]
    first = _explain(sent, received).cause
    assert (first.name, first.confidence.name) == (cause, "CERTAIN")


TRACES: dict[str, tuple[bytes, str]] = {
    # the trace: (the body as received, the cause)
    "several lost characters": (b'{"name":"Bj?rn ?berg","city":"Malm?"}', "body_recoded"),
    "a text of lost characters": (b'{"text":"????? ok"}', "body_recoded"),
    "control characters": (b'{"text":"p\x18\x00\x01 x"}', "body_recoded"),
    "a missing beginning": (b'","id":7,"tags":["x"]}', "body_incomplete"),
    "keys that were sorted": (
        _json(dict(sorted({f"k{n}": n for n in range(6)}.items()))),
        "body_reserialized",
    ),
}


@rows("trace", TRACES)
def test_a_trace_in_the_body_is_ranked_before_a_wrong_secret(trace: str) -> None:
    received, cause = TRACES[trace]
    first = _explain(b"another body", received).cause
    assert (first.name, first.confidence.name) == (cause, "LIKELY")


def test_a_question_is_not_a_trace_of_lost_characters() -> None:
    received = b'{"text":"really? yes, at https://example.com/a?b=1 ..."}'
    assert _explain(b"another body", received).cause.name == "wrong_secret_or_forgery"


CONTENTS: dict[str, Callable[[bytes], bytes]] = {
    "the body twice": lambda body: body * 2,
    "an empty text": lambda body: b"",
    "a placeholder": lambda body: b"[object Object]",
    "a member": lambda body: _json(EVENT["data"]),
    "a digest": lambda body: sha256(body).hexdigest().encode(),
    "a version": lambda body: b"v0:" + body,
}


@rows("content", CONTENTS)
def test_other_signed_content_of_a_scheme_of_ones_own_is_proved(content: str) -> None:
    signature = hmac.digest(SECRET.encode(), CONTENTS[content](SENT), "sha256").hex()
    verifier = Verifier(SECRET, scheme=OWN, clock=lambda: NOW)
    first = explain(verifier, SENT, {"x-house-signature": signature}).cause
    assert (first.name, first.confidence.name) == ("content_differs", "CERTAIN")


_FORM = b"To=%2B4630&From=%2B4670&ToCountry=SE&FromCountry=SE&ToCity=&FromZip=&Body=Hej"
_URL = "https://sms.example.com/in?tenant=4"
TWILIO: dict[str, tuple[str, bytes, str]] = {
    # the change: (the received URL, the received body, the cause)
    "a mount path": (_URL.replace("/in", "/api/in"), _FORM, "url_differs"),
    "a double slash": (_URL.replace("/in", "//in"), _FORM, "url_differs"),
    "a port": (_URL.replace(".com", ".com:8080"), _FORM, "url_differs"),
    "title case": (_URL.replace("/in", "/In"), _FORM, "url_differs"),
}


@rows("change", TWILIO)
def test_another_url_is_proved(change: str) -> None:
    signed_url, body, cause = TWILIO[change]
    secret = "0a" * 16
    headers = Signer(secret, scheme="twilio").sign(body, url=signed_url)
    first = explain(Verifier(secret, scheme="twilio"), body, headers, url=_URL).cause
    assert (first.name, first.confidence.name) == (cause, "CERTAIN")


@rows(
    ("received", "cause"),
    [
        (_FORM.replace(b"ToCity=&FromZip=&", b""), "body_decoded_form"),
        (_FORM.replace(b"%2B46", b"+46"), "body_decoded_form"),
    ],
)
def test_a_form_without_its_empty_fields_or_plus_signs_is_proved(received: bytes, cause: str) -> None:
    secret = "0a" * 16
    headers = Signer(secret, scheme="twilio").sign(_FORM, url=_URL)
    assert explain(Verifier(secret, scheme="twilio"), received, headers, url=_URL).cause.name == cause


@rows(
    ("url", "cause"),
    [
        ("https://sms.example.com/in", "url_differs"),
        ("https://sms.example.com/in?tenant=4", "wrong_secret_or_forgery"),
        ("https://internal-lb.example.com/in?tenant=4", "url_differs"),
    ],
)
def test_a_url_without_a_query_or_with_an_internal_host_is_likely(url: str, cause: str) -> None:
    headers = Signer("1b" * 16, scheme="twilio").sign(_FORM, url="https://example.org/")
    first = explain(Verifier("0a" * 16, scheme="twilio"), _FORM, headers, url=url).cause
    assert (first.name, first.confidence.name) == (cause, "LIKELY")


@rows(
    "key", ["v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_c2JJanVPVGl4U0l0c2VIVUtBakh1T2Exczg3ck5NTnI="]
)
def test_a_sender_that_decodes_otherwise_is_recognised(key: str) -> None:
    text = key.removeprefix("v1,")
    octets = key.encode() if key.startswith("v1,") else b64decode(b64decode(text.removeprefix("whsec_")))
    content = b"msg_1.%d.%s" % (NOW, SENT)
    signature = b64encode(hmac.digest(octets, content, "sha256")).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(NOW), "webhook-signature": f"v1,{signature}"}
    first = explain(Verifier(text, clock=lambda: NOW), SENT, headers).cause
    assert (first.name in {"secret_prefix", "secret_is_encoded"}, first.confidence.name) == (True, "CERTAIN")
