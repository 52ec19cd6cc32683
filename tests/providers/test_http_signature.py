"""HTTP message signatures: the vectors of RFC 9421, another library in both directions, and the rules."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

from tests.providers.interop import interop
from tests.providers.sample import NOW
from tests.providers.signed_messages import (
    ALGORITHMS,
    ANY,
    BODY,
    HMAC,
    URL,
    USUAL,
    changed,
    other_signed,
    other_verifies,
    outcome,
    pair,
    signed_by_us,
)
from tests.rows import rows
from webhook_verify import (
    Delivery,
    MalformedDelivery,
    RejectedDelivery,
    Secret,
    SignatureMismatch,
    Signer,
    TimestampOutsideTolerance,
)
from webhook_verify.asymmetric.message_keys import public_keys
from webhook_verify.schemes.http_signature import HttpSignature, Profile

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "data" / "rfc9421-vectors.json").read_text("utf-8")
)

# --- RFC 9421, appendix B ---------------------------------------------------------------------------


@interop("http-signature", by="RFC 9421, appendix B")
@rows("name", list(VECTORS["signatures"]))
def test_the_vectors_of_the_rfc(name: str) -> None:
    """A signature that does not cover `content-digest` is only valid for a request without a body."""
    request, vector = VECTORS["request"], VECTORS["signatures"][name]
    headers = {**request["headers"], "signature-input": vector["input"], "signature": vector["signature"]}
    covers_body = '"content-digest"' in vector["input"]
    for body in (request["body"].encode(), b""):
        result = outcome(
            VECTORS["keys"][vector["key"]], headers, body, scheme=ANY, url=request["url"], now=1618884473
        )
        assert isinstance(result, Delivery if covers_body == bool(body) else SignatureMismatch)


def test_the_response_of_the_rfc() -> None:
    """B.2.4 is a response, so only its signature can be verified."""
    response = VECTORS["response"]
    verifier = public_keys(VECTORS["keys"][response["key"]].encode())["ecdsa-p256-sha256"]
    base = response["base"].encode()
    assert verifier(b64decode(response["signature"]), base)
    assert not verifier(b64decode(response["signature"]), base + b" ")


# --- another library --------------------------------------------------------------------------------


@interop("http-signature", by="http-message-signatures (PyPI)")
@rows("algorithm", ALGORITHMS)
def test_another_library_signs(algorithm: str) -> None:
    public, private = pair(algorithm)
    headers = other_signed(algorithm, private.encode(), USUAL, nonce="n-1")

    delivery = outcome(public, headers)

    assert isinstance(delivery, Delivery)
    assert (delivery.id, delivery.body, delivery.timestamp.timestamp()) == ("n-1", BODY, NOW)
    assert isinstance(outcome(public, headers, BODY + b" "), SignatureMismatch)


@interop("http-signature", by="http-message-signatures (PyPI)")
@rows("algorithm", ALGORITHMS)
def test_another_library_verifies(algorithm: str) -> None:
    public, private = pair(algorithm)
    profile = Profile(algorithms=(algorithm,), parameters=("created", "keyid"))
    scheme = HttpSignature("one", profile)
    headers = Signer(Secret(private, label="key-1"), scheme=scheme).sign(
        BODY, timestamp=NOW, url=URL, method="POST"
    )

    assert other_verifies(algorithm, public.encode(), headers)
    assert isinstance(outcome(public, headers, scheme=scheme), Delivery)


COMPONENTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "the URL": (("@method", "@target-uri"), {}),
    "all of the request": (
        ("@method", "@scheme", "@authority", "@path", "@query", "@request-target", "@target-uri"),
        {},
    ),
    "a parameter of the query": ((*USUAL, '"@query-param";name="tenant"'), {}),
    "a header": ((*USUAL, "x-topic"), {"x-topic": "  a  b "}),
    "an empty header": ((*USUAL, "x-topic"), {"x-topic": ""}),
    "a header in base64": ((*USUAL, '"x-topic";bs'), {"x-topic": "a, b"}),
    "a dictionary": ((*USUAL, '"content-digest";sf'), {}),
    "a member": ((*USUAL, '"x-map";key="b"'), {"x-map": 'a=1, b=("x" "y");q=2,   c'}),
    "a member without a value": ((*USUAL, '"x-map";key="c"'), {"x-map": "a=1, c"}),
}


@interop("http-signature", by="http-message-signatures (PyPI)")
@rows("name", COMPONENTS)
def test_the_components_of_another_library(name: str) -> None:
    components, headers = COMPONENTS[name]
    signed = other_signed("hmac-sha256", HMAC.encode(), components, headers=headers)

    assert isinstance(outcome(HMAC, signed), Delivery)


@rows(
    "query",
    [
        "var=this%20is%20a%20big%0Amultiline%20value",
        "var=with+plus+whitespace",
        "var=%C3%A7&var2=1",
        "var=a~b*c",
        "var=",
        "var",
    ],
)
def test_parameters_of_the_query(query: str) -> None:
    url = f"https://example.com/hooks?{query}"
    signed = other_signed("hmac-sha256", HMAC.encode(), (*USUAL, '"@query-param";name="var"'), url=url)

    assert isinstance(outcome(HMAC, signed, url=url), Delivery)


def test_a_header_with_several_lines() -> None:
    signed = other_signed("hmac-sha256", HMAC.encode(), (*USUAL, "x-topic"), headers={"x-topic": "a, b"})
    pairs = [(name, value) for name, value in signed.items() if name != "x-topic"]

    assert isinstance(outcome(HMAC, [*pairs, ("X-Topic", "a "), ("x-topic", " b")]), Delivery)
    assert isinstance(outcome(HMAC, [*pairs, ("x-topic", "b"), ("x-topic", "a")]), SignatureMismatch)
    doubled = outcome(HMAC, [*signed.items(), ("content-type", "text/plain")])
    assert isinstance(doubled, Delivery)  # it is not covered


# --- what is rejected -------------------------------------------------------------------------------


DIGEST = b64encode(sha256(BODY).digest()).decode()

MALFORMED: dict[str, tuple[Callable[[], dict[str, str]], str]] = {
    "no signature-input": (lambda: {**signed_by_us(), "signature-input": ""}, "missing or empty header"),
    "no signature": (lambda: {**signed_by_us(), "signature": " , "}, "missing or empty header"),
    "no digest": (lambda: {**signed_by_us(), "content-digest": ""}, "missing or empty header"),
    "another label": (lambda: changed("signature", "sig1=", "sig2="), "no common signature"),
    "a label twice": (
        lambda: {**signed_by_us(), "signature": ", ".join([signed_by_us()["signature"]] * 2)},
        "more than once",
    ),
    "no list": (lambda: {**signed_by_us(), "signature-input": "sig1=1"}, "created"),
    "an item": (lambda: changed("signature-input", "(", ""), "dictionary"),
    "a label in upper case": (lambda: changed("signature-input", "sig1", "Sig1"), "dictionary"),
    "no byte sequence": (lambda: {**signed_by_us(), "signature": 'sig1="YQ=="'}, "base64"),
    "a component twice": (lambda: changed("signature-input", '"@path"', '"@path" "@path"'), "more than once"),
    "a parameter twice": (lambda: changed("signature-input", ";nonce", ";created=1;nonce"), "repeated"),
    "a response": (lambda: changed("signature-input", '"@path"', '"@path" "@status"'), "@status"),
    "a related request": (lambda: changed("signature-input", '"@path"', '"@path";req'), "@path"),
    "a trailer": (lambda: changed("signature-input", '"@path"', '"@path" "x";tr'), "parameters"),
    "an unknown parameter": (lambda: changed("signature-input", '"@path"', '"@path" "x";y=1'), "parameters"),
    "an unknown component": (lambda: changed("signature-input", '"@path"', '"@path" "@other"'), "@other"),
    "a missing header": (lambda: changed("signature-input", '"@path"', '"@path" "x-a"'), "x-a"),
    "upper case": (lambda: changed("signature-input", '"@path"', '"@path" "X-A"'), "lower-case"),
    "a token": (lambda: changed("signature-input", '"@path"', '"@path" x'), "lower-case"),
    "a repeated query parameter": (
        lambda: changed("signature-input", '"@path"', '"@path" "@query-param";name="other"'),
        "query",
    ),
    "no method": (lambda: changed("signature-input", '"@method" ', ""), "does not cover @method"),
    "no authority": (lambda: changed("signature-input", '"@authority" ', ""), "does not cover @authority"),
    "no path": (lambda: changed("signature-input", '"@path" ', ""), "does not cover @path"),
    "no query": (lambda: changed("signature-input", '"@query" ', ""), "does not cover @query"),
    "an unknown digest": (lambda: changed("content-digest", "sha-256", "sha-1"), "sha-256"),
    "no created": (lambda: changed("signature-input", f"created={NOW};", ""), "created"),
    "a created of 0": (lambda: changed("signature-input", f"created={NOW}", "created=0"), "created"),
    "a negative created": (lambda: changed("signature-input", f"created={NOW}", "created=-1"), "created"),
    "a decimal created": (
        lambda: changed("signature-input", f"created={NOW}", f"created={NOW}.5"),
        "created",
    ),
    "a created string": (
        lambda: changed("signature-input", f"created={NOW}", f'created="{NOW}"'),
        "created",
    ),
    "a token as nonce": (lambda: changed("signature-input", 'nonce="msg_1"', "nonce=msg_1"), "nonce"),
    "an empty nonce": (lambda: changed("signature-input", 'nonce="msg_1"', 'nonce=""'), "nonce"),
    "an unknown algorithm": (lambda: changed("signature-input", ";nonce", ';alg="none";nonce'), "algorithm"),
}


@rows("name", MALFORMED)
def test_malformed(name: str) -> None:
    headers, text = MALFORMED[name]

    result = outcome(HMAC, headers())

    assert isinstance(result, MalformedDelivery), result
    assert text in result.detail


FORGED: dict[str, Callable[[], dict[str, str]]] = {
    "another time": lambda: changed("signature-input", f"created={NOW}", f"created={NOW + 1}"),
    "another nonce": lambda: changed("signature-input", "msg_1", "msg_2"),
    "another key id": lambda: changed("signature-input", ";nonce", ';keyid="x";nonce'),
    "an algorithm": lambda: changed("signature-input", ";nonce", ';alg="hmac-sha256";nonce'),
    "another algorithm": lambda: changed("signature-input", ";nonce", ';alg="ed25519";nonce'),
    "another order": lambda: changed("signature-input", '"@method" "@authority"', '"@authority" "@method"'),
    "parts swapped": lambda: changed("signature-input", '"@path" "@query"', '"@query" "@path"'),
    "another digest": lambda: changed("content-digest", DIGEST, b64encode(sha256(b"x").digest()).decode()),
    "a second digest": lambda: changed(
        "content-digest", "sha-256", f"sha-512=:{b64encode(sha512(BODY).digest()).decode()}:, sha-256"
    ),
    "a truncated signature": lambda: {**signed_by_us(), "signature": "sig1=:YWFhYQ==:"},
    "an empty signature base": lambda: {**signed_by_us(), "signature": f"sig1=:{'A' * 43}=:"},
    "base64url": lambda: {
        **signed_by_us(),
        "signature": signed_by_us()["signature"].replace("+", "-").replace("/", "_").replace("=:", ":")[:-1]
        + ":",
    },
}


@rows("name", FORGED)
def test_forged(name: str) -> None:
    result = outcome(HMAC, FORGED[name]())

    assert isinstance(result, RejectedDelivery), result


@rows(
    "change",
    [
        {"url": "https://example.com/hooks?tenant=2"},
        {"url": "https://example.com/hooks"},
        {"url": "https://example.com/hook?tenant=1"},
        {"url": "https://example.org/hooks?tenant=1"},
        {"url": "https://example.com:8443/hooks?tenant=1"},
        {"url": "not a URL"},
        {"url": "https://user@example.com/hooks?tenant=1"},
        {"url": ""},
        {"method": "PUT"},
        {"method": "post"},
        {"method": 'POST\n"@path": /x'},
    ],
    ids=str,
)
def test_another_request(change: dict[str, Any]) -> None:
    assert isinstance(outcome(HMAC, signed_by_us(), **change), RejectedDelivery)


@rows("url", ["https://EXAMPLE.com/hooks?tenant=1", "HTTPS://example.com:443/hooks?tenant=1"])
def test_the_same_url(url: str) -> None:
    assert isinstance(outcome(HMAC, signed_by_us(), url=url), Delivery)


def test_a_body_that_is_not_covered() -> None:
    """Even if its digest is in the header."""
    headers = other_signed("hmac-sha256", HMAC.encode(), USUAL, body=b"")
    headers["signature-input"] = headers["signature-input"].replace(' "content-digest"', "")
    scheme = HttpSignature("any", Profile(components=("@method",)))
    signed = Signer(HMAC, scheme=scheme).sign(b"", timestamp=NOW, url=URL, method="POST")
    unbound = HttpSignature("unbound", Profile(components=(), components_if_present=()))

    assert isinstance(outcome(HMAC, signed, b"", scheme=scheme), Delivery)
    assert isinstance(outcome(HMAC, signed, BODY, scheme=scheme), SignatureMismatch)
    assert isinstance(outcome(HMAC, headers, BODY, scheme=unbound), SignatureMismatch)


def test_all_digests_must_match() -> None:
    """Of those that are known: another one is ignored."""
    right, wrong = (b64encode(sha512(body).digest()).decode() for body in (BODY, b"other"))
    key = ANY.signing_key(Secret(b64encode(HMAC.encode()).decode()))
    for digest, kind in ((right, Delivery), (wrong, SignatureMismatch)):
        digests = f"sha-256=:{DIGEST}:, sha-512=:{digest}:, md5=:YWFhYWFhYWFhYWFhYWFhYQ==:"
        covered = f'("@method" "@target-uri" "content-digest");created={NOW}'
        lines = ['"@method": POST', f'"@target-uri": {URL}', f'"content-digest": {digests}']
        base = "\n".join([*lines, f'"@signature-params": {covered}'])
        headers = {
            "content-digest": digests,
            "signature-input": f"sig={covered}",
            "signature": f"sig=:{key.sign(base.encode())}:",
        }
        assert isinstance(outcome(HMAC, headers), kind)


# --- time -------------------------------------------------------------------------------------------


@rows(
    "expires, late, kind",
    [
        (NOW + 10, 0, Delivery),
        (NOW + 10, 70, Delivery),
        (NOW + 10, 71, TimestampOutsideTolerance),
        (NOW + 1_000, 300, Delivery),
        (NOW + 1_000, 301, TimestampOutsideTolerance),
    ],
)
def test_expires(expires: int, late: int, kind: type) -> None:
    """Its tolerance is 60 s. `created` counts, too."""
    signed = other_signed("hmac-sha256", HMAC.encode(), USUAL, expires=datetime.fromtimestamp(expires, UTC))

    assert isinstance(outcome(HMAC, signed, now=NOW + late), kind)
