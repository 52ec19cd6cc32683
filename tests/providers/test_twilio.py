"""Twilio: interoperability with its library; the signed URL, form and body hash."""

from __future__ import annotations

import hashlib
import hmac
import time
from base64 import b64encode
from collections.abc import Callable
from importlib import import_module
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from tests.providers.interop import interop
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    Reason,
    RejectedDelivery,
    SignatureMismatch,
    Signer,
    Verifier,
)
from webhook_verify.http import RequestHead
from webhook_verify.receiver import Receiver
from webhook_verify.replay import MemoryStore, ReplayGuard
from webhook_verify.schemes.parameters import MAX_PARAMETERS
from webhook_verify.schemes.twilio_content import sorted_parameters, with_and_without_port

# This has no types, so it is imported as Any.
twilio_sdk: Any = import_module("twilio.request_validator")
SECRET = "0123456789abcdef0123456789abcdef"
URL = "https://example.com/hook"
SETTINGS = "x-twilio-webhooks-signature-settings"
SHA1, SHA256 = (Verifier(SECRET, scheme=name) for name in ("twilio", "twilio-sha256"))


def signed(content: str, digest: str = "sha1", **other: str) -> dict[str, str]:
    mac = hmac.digest(SECRET.encode(), content.encode(), digest)
    return {"x-twilio-signature": b64encode(mac).decode(), **other}


# --- its own library ----------------------------------------------------------------------------------

FORM = {
    "CallSid": "CA1234567890ABCDE",
    "Digits": "1234",
    "From": "+14158675309",
    "To": "+18005551212",
    "Caller": "+14158675309",
}

IN_GUIDE = {**FORM, "From": "+12349013030", "Caller": "+12349013030"}
VECTOR_JSON = b'{"property": "value", "boolean": true}'
VECTOR_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
PAGE = "mycompany.com/myapp.php?foo=1&bar=2"
WITH_PORT = PAGE.replace(".com", ".com:1234")

# (what it is, url, body, signature)
TWILIO_VECTORS: list[tuple[str, str, Any, str]] = [
    ("a form", f"https://{PAGE}", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("the guide's example", f"https://{PAGE}", IN_GUIDE, "0/KCTR6DLpKmkAf8muzZqo1nDgQ="),
    ("signed without the port", f"https://{WITH_PORT}", FORM, "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
    ("signed with the port", f"http://{WITH_PORT}", FORM, "Zmvh+3yNM1Phv2jhDCwEM3q5ebU="),
    ("signed with 443", f"https://{PAGE}", FORM, "kvajT1Ptam85bY51eRf/AJRuM3w="),
    ("signed with 80", f"http://{PAGE}", FORM, "0ZXoZLH/DfblKGATFgpif+LLRf4="),
    (
        "a parameter twice",
        f"https://{PAGE}",
        [("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234")],
        "IK+Dwps556ElfBT0I3Rgjkr1wJU=",
    ),
    ("JSON", f"https://{PAGE}&bodySHA256={VECTOR_HASH}", VECTOR_JSON, "a9nBmqA0ju/hNViExpshrM61xv4="),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore::webhook_verify.WeakSecretWarning")  # the published secrets
@interop("twilio", by="twilio (PyPI), its test vectors")
@interop("twilio", by="Twilio's guide to webhook security")
@pytest.mark.parametrize(
    ("url", "given", "signature"), [row[1:] for row in TWILIO_VECTORS], ids=[row[0] for row in TWILIO_VECTORS]
)
def test_twilio_vectors(url: str, given: Any, signature: str) -> None:
    body = given if isinstance(given, bytes) else urlencode(given).encode()
    verifier = Verifier("12345", scheme="twilio")

    assert verifier.verify(body, {"X-Twilio-Signature": signature}, url=url).body == body
    with pytest.raises(SignatureMismatch):
        verifier.verify(body, {"X-Twilio-Signature": signature}, url=url.replace("bar=2", "bar=3"))


texts = st.text(max_size=8)

pairs = st.lists(
    st.tuples(texts, texts) | st.tuples(st.sampled_from("ab"), st.sampled_from("xy")), max_size=6
)

urls = st.sampled_from(
    ["https://a.example/h", "http://a.example:80/h?x=%20y", "https://u:p@a.example/h?a=b%2Fc"]
)


@interop("twilio", "twilio-sha256", by="twilio (PyPI)")
@pytest.mark.parametrize(("scheme", "algorithm"), [("twilio", "HMAC_SHA1"), ("twilio-sha256", "HMAC_SHA256")])
@given(pairs=pairs, url=urls)
def test_twilio_signs_and_verifies_as_its_sdk(
    scheme: str, algorithm: str, pairs: list[tuple[str, str]], url: str
) -> None:
    sdk, body, form = twilio_sdk.RequestValidator(SECRET), urlencode(pairs).encode(), MultiDict(pairs)
    settings = {"X-Twilio-Webhooks-Signature-Settings": f"key=webhooks_sharedkey_1,algorithm={algorithm}"}

    theirs = {"X-Twilio-Signature": sdk.compute_signature(url, form, algorithm), **settings}
    assert Verifier(SECRET, scheme=scheme).verify(body, theirs, url=url).body == body

    ours = Signer(SECRET, scheme=scheme).sign(body, url=url)["x-twilio-signature"]
    assert ours == theirs["X-Twilio-Signature"]
    if "@" not in url:  # the SDK takes user:password for host:port
        assert sdk.validate(url, form, ours, algorithm)


# --- a form, an address and the hash of a body --------------------------------------------------------


PARAMETERS = [
    ("nothing", b"", b""),
    ("one", b"a=1", b"a1"),
    ("sorted by name", b"b=2&a=1&B=3", b"B3a1b2"),
    ("a name twice, sorted by value", b"a=2&a=1", b"a1a2"),
    ("the same twice, once", b"a=1&a=1&%61=1", b"a1"),
    ("a blank value", b"b=&a=", b"ab"),
    ("a value with =", b"a=b=c", b"ab=c"),
    ("escapes", b"a+b=%2B1%20%26", b"a b+1 &"),
    ("half an escape stays", b"a=%2", b"a%2"),
    ("UTF-8", "a=%C3%A9é".encode(), "aéé".encode()),
]


@pytest.mark.parametrize(
    ("form", "content"), [row[1:] for row in PARAMETERS], ids=[row[0] for row in PARAMETERS]
)
def test_parameters(form: bytes, content: bytes) -> None:
    assert sorted_parameters(form) == content


NO_FORMS = {
    "JSON": b'{"a": 1}',
    "JSON after a parameter": b'a=1&{"b"}',
    "brackets": b"[1]",
    "not UTF-8": b"a=%FF",
    "not UTF-8, and not escaped": b"a=\xff",
    "a surrogate": b"a=%ED%A0%80",
    "too many": b"&".join([b"a=1"] * (MAX_PARAMETERS + 1)),
}


@pytest.mark.parametrize(
    ("form", "content"),
    [(b"a=1&Flag", b"Flaga1"), (b"b=2&&a=1", b"a1b2"), (b"a=1&", b"a1"), (b"&a=&", b"a"), (b"Flag", b"Flag")],
)
def test_a_form_is_read_as_form_parsers_do(form: bytes, content: bytes) -> None:
    assert SHA1.verify(form, signed(URL + content.decode()), url=URL).body == form


@pytest.mark.parametrize("body", NO_FORMS.values(), ids=NO_FORMS)
def test_what_is_no_form_is_refused(body: bytes) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        SHA1.verify(body, signed(URL), url=URL)
    assert caught.value.reason is Reason.UNREADABLE_BODY


def test_so_many_parameters_are_taken() -> None:
    assert sorted_parameters(b"&".join([b"a=1"] * MAX_PARAMETERS)) == b"a1"


ADDRESSES = [
    ("https://a.b/c?d#e", {"https://a.b/c?d#e", "https://a.b:443/c?d#e"}),
    ("http://a.b", {"http://a.b", "http://a.b:80"}),
    ("https://a.b:8443/c", {"https://a.b/c", "https://a.b:8443/c"}),
    ("HTTPS://A.b:443", {"HTTPS://A.b", "HTTPS://A.b:443"}),
    ("https://u:p@a.b/c", {"https://u:p@a.b/c", "https://u:p@a.b:443/c"}),
    ("https://u:p@a.b:1/c:2@d", {"https://u:p@a.b/c:2@d", "https://u:p@a.b:1/c:2@d"}),
    ("https://[::1]/c", {"https://[::1]/c", "https://[::1]:443/c"}),
    ("https://[::1]:1/c", {"https://[::1]/c", "https://[::1]:1/c"}),
    ("https://a.b?c=http://d:1/", {"https://a.b?c=http://d:1/", "https://a.b:443?c=http://d:1/"}),
    ("/no/address", {"/no/address"}),
    ("", {""}),
]


@pytest.mark.parametrize(("url", "forms"), ADDRESSES, ids=[url for url, _ in ADDRESSES])
def test_addresses_with_and_without_port(url: str, forms: set[str]) -> None:
    assert {form.decode() for form in with_and_without_port(url.encode())} == forms


JSON = b'{"property": "value"}'
HASH = hashlib.sha256(JSON).hexdigest()

HASHED = {
    "last": f"{URL}?a=1&bodySHA256={HASH}",
    "first": f"{URL}?bodySHA256={HASH}&a=1",
    "before a fragment": f"{URL}?bodySHA256={HASH}#a",
}


@pytest.mark.parametrize("url", HASHED.values(), ids=HASHED)
def test_a_body_is_held_against_its_hash(url: str) -> None:
    assert SHA1.verify(JSON, signed(url), url=url).body == JSON
    for other in (b"", JSON + b" ", b"a=1"):
        with pytest.raises(SignatureMismatch):
            SHA1.verify(other, signed(url), url=url)


WRONG_HASHES = {
    "upper case": f"bodySHA256={HASH.upper()}",
    "blank": "bodySHA256=",
    "missing": "bodySHA256",
    "twice": f"bodySHA256={HASH}&bodySHA256={HASH}",
    "and another": f"bodySHA256={HASH}&bodySHA256={'0' * 64}",
    "and another, escaped": f"bodySHA256={HASH}&body%53HA256={'0' * 64}",
}


@pytest.mark.parametrize("query", WRONG_HASHES.values(), ids=WRONG_HASHES)
def test_a_hash_that_is_not_the_one_is_refused(query: str) -> None:
    url = f"{URL}?{query}"
    with pytest.raises(SignatureMismatch):
        SHA1.verify(JSON, signed(url), url=url)


def test_the_hash_is_of_a_form_too() -> None:
    """Where it is in the address, the parameters are not signed beside it."""
    url = f"{URL}?bodySHA256={hashlib.sha256(b'a=1').hexdigest()}"
    assert SHA1.verify(b"a=1", signed(url), url=url)
    with pytest.raises(SignatureMismatch):
        SHA1.verify(b"a=1", signed(url + "a1"), url=url)


WITHOUT_SHA256: list[tuple[str, str, type[RejectedDelivery]]] = [
    ("missing", "", MalformedDelivery),
    ("no algorithm", "key=k", SignatureMismatch),
    ("SHA-1", "key=k,algorithm=HMAC_SHA1", SignatureMismatch),
    ("unknown", "algorithm=HMAC_SHA512", SignatureMismatch),
    ("the first counts", "algorithm=HMAC_SHA1,algorithm=HMAC_SHA256", SignatureMismatch),
]


@pytest.mark.parametrize(
    ("settings", "refusal"), [row[1:] for row in WITHOUT_SHA256], ids=[row[0] for row in WITHOUT_SHA256]
)
def test_sha256_is_never_left_for_what_the_settings_say(
    settings: str, refusal: type[RejectedDelivery]
) -> None:
    for digest in ("sha1", "sha256"):
        with pytest.raises(refusal):
            SHA256.verify(b"a=1", signed(URL + "a1", digest, **{SETTINGS: settings}), url=URL)


@pytest.mark.parametrize("settings", ["algorithm=HMAC_SHA256", "key=k, algorithm = hmac_sha256 "])
def test_sha256_is_read_as_the_sdk_reads_it(settings: str) -> None:
    assert SHA256.verify(b"a=1", signed(URL + "a1", "sha256", **{SETTINGS: settings}), url=URL)


def test_one_scheme_takes_no_signature_of_the_other() -> None:
    settings = {SETTINGS: "algorithm=HMAC_SHA256"}
    with pytest.raises(SignatureMismatch):
        SHA1.verify(b"", signed(URL, "sha256", **settings), url=URL)
    with pytest.raises(SignatureMismatch):
        SHA256.verify(b"", signed(URL, "sha1", **settings), url=URL)


@pytest.mark.parametrize("scheme", ["twilio", "twilio-sha256"])
def test_without_the_address_it_is_the_receivers_mistake(scheme: str) -> None:
    with pytest.raises(TypeError, match="public_url="):
        Verifier(SECRET, scheme=scheme).verify(b"", signed(URL))
    with pytest.raises(TypeError, match="public_url="):
        Signer(SECRET, scheme=scheme).sign(b"")


def test_the_signer_signs_json_by_its_hash_only() -> None:
    signer, url = Signer(SECRET, scheme="twilio"), f"{URL}?bodySHA256={HASH}"

    assert SHA1.verify(JSON, signer.sign(JSON, url=url), url=url)
    with pytest.raises(ValueError, match="bodySHA256"):
        signer.sign(JSON, url=URL)
    with pytest.raises(ValueError, match="bodySHA256"):
        signer.sign(JSON + b" ", url=url)


def test_the_token_of_a_retry_is_an_unsigned_id() -> None:
    """I-Twilio-Idempotency-Token is not signed (CVE-2026-32053): the digest does not change with it."""
    once = SHA1.verify(b"a=1", signed(URL + "a1", **{"i-twilio-idempotency-token": "1"}), url=URL)
    again = SHA1.verify(b"a=1", signed(URL + "a1", **{"i-twilio-idempotency-token": "2"}), url=URL)
    without = SHA1.verify(b"a=1", signed(URL + "a1"), url=URL)

    assert (once.id, once.id_is_signed, once.identity) == ("1", False, "unsigned_id")
    assert once.signed_content_digest == again.signed_content_digest == without.signed_content_digest
    assert once.idempotency_key != again.idempotency_key
    assert (without.id, without.identity) == ("", "bytes")


def test_a_guard_claims_each_token_with_its_body_once() -> None:
    receiver = Receiver(SHA1, replay=ReplayGuard(MemoryStore()), public_url="https://example.com")
    handled: list[str] = []

    def run(delivery: Delivery) -> int:
        handled.append(delivery.id)
        return 204

    def send(token: str, value: str) -> int:
        headers = signed(f"{URL}a{value}", **{"i-twilio-idempotency-token": token})
        response = receiver.handle_request(
            RequestHead("POST", "/hook", headers, target="/hook"), [f"a={value}".encode()], run, int
        )
        return response if isinstance(response, int) else response.status

    assert [send("t1", "1"), send("t1", "1"), send("t2", "1"), send("t1", "2")] == [204, 200, 204, 204]
    assert handled == ["t1", "t2", "t1"]


def outcome(verifier: Verifier, body: bytes, headers: Any, url: str) -> object:
    try:
        return verifier.verify(body, headers, url=url)
    except RejectedDelivery as rejection:
        return rejection


parts = st.sampled_from(
    ["bodySHA256=", HASH, "?", "&", "#", "https://", "@", ":", "[", "]", "%", "\ud800", "é", "/"]
)

addresses = st.lists(parts | st.text(max_size=5), max_size=12).map("".join)


@given(addresses, st.binary(max_size=60) | st.lists(st.binary(max_size=4), max_size=9).map(b"&=".join))
@example("https://[", b"")
@example("http://a:99999999/\0", b"")
def test_nothing_else_escapes(url: str, body: bytes) -> None:
    headers = {**signed(URL), SETTINGS: "algorithm=HMAC_SHA256"}
    for verifier in (SHA1, SHA256):
        assert isinstance(outcome(verifier, body, headers, url), RejectedDelivery)


@given(st.lists(st.tuples(st.text(max_size=6), st.text(max_size=6)), max_size=6), addresses)
def test_what_is_signed_verifies_at_any_address(pairs: list[tuple[str, str]], url: str) -> None:
    form = [(name, value) for name, value in pairs if (name + value).isprintable()]
    body = urlencode(form).encode()
    try:
        headers = Signer(SECRET, scheme="twilio").sign(body, url=url)
    except ValueError:  # the address has a hash that is not the body's, or is not text
        return
    assert isinstance(SHA1.verify(body, headers, url=url), Delivery)


BIG: dict[str, Callable[[int], bytes]] = {
    "escapes": lambda size: b"a=" + b"%41" * (size // 3),
    "halves of escapes": lambda size: b"a=" + b"%" * size,
    "one name": lambda size: b"a" * size + b"=",
    "fields": lambda size: b"a=1&" * (size // 4),
}


@pytest.mark.slow
@pytest.mark.parametrize("make", BIG.values(), ids=BIG)
def test_the_work_grows_as_the_body_does(make: Callable[[int], bytes]) -> None:
    """Eight times the bytes: 64 times the time, were it quadratic. Generous, for machines are busy."""

    def seconds(body: bytes) -> float:
        start = time.process_time()
        outcome(SHA1, body, signed(URL), URL)
        return time.process_time() - start

    small, large = (min(seconds(make(size)) for _ in range(3)) for size in (125_000, 1_000_000))
    assert large < 25 * small + 0.05
