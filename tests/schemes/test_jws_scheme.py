"""`JwsScheme`: published examples, PyJWT on the other side, and every text that must be rejected."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.api_jws import PyJWS

from tests.providers.jws_keys import jwk, jwks, p521
from tests.providers.key_pairs import p256, pem_of, private_pem, rsa_key
from tests.providers.sample import NOW
from tests.rows import rows
from webhook_verify import InvalidSecret, MalformedDelivery, RejectedDelivery, Signer, Verifier
from webhook_verify.schemes.jws_scheme import ALGORITHMS, JwsScheme

BODY = '{"type": "paid", "note": "Zoë Žižka 😀 日本"}'.encode()
ED25519 = Ed25519PrivateKey.generate()
P384 = ec.generate_private_key(ec.SECP384R1())
KEYS: dict[str, Any] = {"ES256": p256(0), "ES384": P384, "ES512": p521(0), "EdDSA": ED25519}


def _key(algorithm: str) -> Any:
    return KEYS.get(algorithm, rsa_key(0))


def _public_pem(key: Any) -> str:
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def _detached(algorithm: str = "ES256", **options: Any) -> JwsScheme:
    return JwsScheme("own", algorithm=algorithm, signature_header="x-jws", **options)


def _encoded(value: Any) -> str:
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(octets).rstrip(b"=").decode()


def _signed(header: Any, body: bytes = BODY, key: Any = None, *, unencoded: bool = False) -> str:
    """A detached signature with any header, right in every other way. By default ES256."""
    head = header if isinstance(header, str) else _encoded(header)
    content = head.encode() + b"." + (body if unencoded else _encoded(body).encode())
    signature = PyJWS().get_algorithm_by_name("ES256").sign(content, key or p256(0))
    return f"{head}..{_encoded(signature)}"


def _taken(scheme: JwsScheme, secret: str, text: Any, body: bytes = BODY, **other: Any) -> bool:
    try:
        verified = Verifier(secret, scheme=scheme, clock=lambda: NOW).verify(body, {"x-jws": text}, **other)
    except RejectedDelivery:
        return False
    return verified.body == body


# --- published examples -----------------------------------------------------------------------------

EXAMPLES: dict[str, tuple[str, dict[str, str], str]] = {
    "RFC 7515, A.3": (
        "ES256",
        {
            "kty": "EC",
            "crv": "P-256",
            "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
            "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        },
        "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc"
        "19yb290Ijp0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg"
        "6NU1Q",
    ),
    "RFC 7515, A.4": (
        "ES512",
        {
            "kty": "EC",
            "crv": "P-521",
            "x": "AekpBQ8ST8a8VcfVOTNl353vSrDCLLJXmPk06wTjxrrjcBpXp5EOnYG_NjFZ6OvLFV1jSfS9tsz4qUxcWceqwQGk",
            "y": "ADSmRA43Z1DSNx_RvcLI87cdL07l6jQyyBXMoxVg_l2Th-x3S1WDhjDly79ajL4Kkd0AZMaZmh9ubmf63e3kyMj2",
        },
        "eyJhbGciOiJFUzUxMiJ9.UGF5bG9hZA.AdwMgeerwtHoh-l192l60hp9wAHZFVJbLfD_UxMi70cwnZOYaRI1bKPWROc-mZZqwqT"
        "2SI-KGDKB34XO0aw_7XdtAG8GaSwFKdCAPZgoXD2YBJZCPEX3xKpRwcdOO8KpEHwJjyqOgzDO7iKvU8vcnwNrmxYbSW9ERBXukO"
        "XolLzeO_Jn",
    ),
    "RFC 8037, A.4": (
        "EdDSA",
        {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"},
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR"
        "6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
    ),
}


@rows("name", EXAMPLES)
def test_an_example_of_the_rfcs(name: str) -> None:
    algorithm, key, token = EXAMPLES[name]
    verifier = Verifier(json.dumps(key), scheme=JwsScheme("own", algorithm=algorithm))
    head, payload, signature = token.split(".")

    delivery = verifier.verify(token.encode(), {})

    assert (delivery.body, _encoded(delivery.signed_body)) == (token.encode(), payload)
    for changed in (f"{head}.{payload[:-4]}AAAA.{signature}", f"{head}.{payload}.{signature[:-4]}AAAA"):
        with pytest.raises(RejectedDelivery):
            verifier.verify(changed.encode(), {})


# --- PyJWT on the other side ------------------------------------------------------------------------


@rows("is_unencoded", [False, True])
@rows("algorithm", ALGORITHMS)
def test_pyjwt_and_we_agree_on_every_algorithm(algorithm: str, is_unencoded: bool) -> None:
    key, scheme = _key(algorithm), _detached(algorithm, is_unencoded=is_unencoded)
    header: dict[str, Any] = {"b64": False, "crit": ["b64"]} if is_unencoded else {}
    theirs = PyJWS().encode(BODY, key, algorithm, headers=header, is_payload_detached=is_unencoded)
    head, _, signature = theirs.split(".")
    text = f"{head}..{signature}"

    assert _taken(scheme, _public_pem(key), text)
    assert not _taken(scheme, _public_pem(key), text, BODY + b" ")
    assert not _taken(_detached(algorithm, is_unencoded=not is_unencoded), _public_pem(key), text)

    ours = Signer(private_pem(key), scheme=scheme).sign(BODY)["x-jws"]
    if is_unencoded:
        PyJWS().decode(ours, key.public_key(), [algorithm], detached_payload=BODY)
    else:
        PyJWS().decode(ours.replace("..", f".{_encoded(BODY)}."), key.public_key(), [algorithm])
    assert _taken(scheme, _public_pem(key), ours)


@rows("algorithm", ALGORITHMS)
def test_a_key_of_another_kind_is_refused_at_construction(algorithm: str) -> None:
    for other in ALGORITHMS:
        if type(_key(other)) is not type(_key(algorithm)) or other[0] == algorithm[0] == "E" != other:
            if _key(other) is _key(algorithm):
                continue
            with pytest.raises(InvalidSecret, match=f"which {algorithm} requires"):
                Verifier(_public_pem(_key(other)), scheme=_detached(algorithm))


# --- texts that are not the signature ---------------------------------------------------------------

GOOD: dict[str, Any] = {"alg": "ES256", "kid": "k1"}
HEADERS: dict[str, Any] = {
    "another algorithm": {**GOOD, "alg": "ES384"},
    "none": {**GOOD, "alg": "none"},
    "a MAC": {**GOOD, "alg": "HS256"},
    "no algorithm": {"kid": "k1"},
    "an algorithm in a list": {**GOOD, "alg": ["ES256"]},
    "an unknown critical extension": {**GOOD, "crit": ["exp"], "exp": 1},
    "an unencoded payload": {**GOOD, "b64": False, "crit": ["b64"]},
    "b64 that is not critical": {**GOOD, "b64": False},
    "b64 that is the default": {**GOOD, "b64": True, "crit": ["b64"]},
    "an empty list of extensions": {**GOOD, "crit": []},
    "no list of extensions": {**GOOD, "crit": None},
    "a key id that is a number": {**GOOD, "kid": 1},
    "an empty key id": {**GOOD, "kid": ""},
    "a key id with a line break": {**GOOD, "kid": "k1\n"},
    "a long key id": {**GOOD, "kid": "k" * 129},
    "another key id": {**GOOD, "kid": "k2"},
    "a duplicate member": _encoded(b'{"alg":"ES256","kid":"k1","kid":"k1"}'),
    "a duplicate algorithm": _encoded(b'{"alg":"none","alg":"ES256","kid":"k1"}'),
    "a list": [GOOD],
    "not JSON": _encoded(b'{"alg":"ES256","kid":"k1"'),
    "deep JSON": _encoded(b"[" * 9_000),
    "not UTF-8": _encoded(b'{"alg":"ES256","kid":"k1","x":"\xff"}'),
    "UTF-16": _encoded('{"alg":"ES256","kid":"k1"}'.encode("utf-16")),
    "a byte order mark": _encoded(b'\xef\xbb\xbf{"alg":"ES256","kid":"k1"}'),
    "a long header": {**GOOD, "x": "x" * 16_384},
    "a huge number": _encoded(b'{"alg":"ES256","kid":"k1","x":' + b"9" * 5_000 + b"}"),
}
KEY_SET = jwks((p256(0), "k1"))


def test_the_header_of_the_table_is_right_without_its_fault() -> None:
    assert _taken(_detached(), KEY_SET, _signed(GOOD))
    assert _taken(_detached(), KEY_SET, _signed({**GOOD, "typ": "JWT", "cty": "x", "x5t": "y"}))


@rows("name", HEADERS)
def test_a_header_that_is_rejected(name: str) -> None:
    assert not _taken(_detached(), KEY_SET, _signed(HEADERS[name]))


UNENCODED: dict[str, Any] = {
    "b64 that is true": {"b64": True, "crit": ["b64"]},
    "b64 that is zero": {"b64": 0, "crit": ["b64"]},
    "b64 that is not critical": {"b64": False},
    "b64 that is missing": {"crit": ["b64"]},
    "another critical extension": {"b64": False, "crit": ["b64", "exp"]},
    "b64 twice": {"b64": False, "crit": ["b64", "b64"]},
    "neither": {},
}


@rows("name", UNENCODED)
@rows("unencoded", [False, True])
def test_an_unencoded_payload_must_be_announced(name: str, unencoded: bool) -> None:
    scheme = _detached(is_unencoded=True)
    assert _taken(scheme, KEY_SET, _signed({**GOOD, "b64": False, "crit": ["b64"]}, unencoded=True))
    assert not _taken(scheme, KEY_SET, _signed({**GOOD, **UNENCODED[name]}, unencoded=unencoded))


def _other_text_of_the_same_bytes(text: str) -> str:
    """Another last character, whose unused bits are not zero."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) + 1]


@rows(
    "change",
    [
        lambda text: text.replace("..", "."),
        lambda text: text + ".",
        lambda text: text + "=",
        lambda text: text.replace("..", f".{_encoded(BODY)}."),
        lambda text: text.replace("..", "=.."),
        lambda text: text.rpartition(".")[0] + ".",
        lambda text: text + "A",
        lambda text: text[:-2],
        lambda text: text.replace("-", "+").replace("_", "/") + " ",
        lambda text: text[:5] + "\n" + text[5:],
        lambda text: text + "A" * 2_000,
        _other_text_of_the_same_bytes,
        lambda text: text.encode("utf-16"),
        lambda text: "é" + text,
        lambda text: "." * 100_000,
        lambda text: "..",
    ],
    ids=range(16),
)
def test_another_text_of_a_signature(change: Any) -> None:
    while "-" not in (text := _signed(GOOD)):
        pass
    assert not _taken(_detached(), KEY_SET, change(text))


def test_a_signature_as_der_or_of_zeros_is_rejected() -> None:
    head = _encoded(GOOD)
    der = p256(0).sign(f"{head}.{_encoded(BODY)}".encode(), ec.ECDSA(SHA256()))
    for signature in (der, bytes(64), b"\xff" * 64):
        assert not _taken(_detached(), KEY_SET, f"{head}..{_encoded(signature)}")


# --- keys -------------------------------------------------------------------------------------------

TWO = jwks((p256(0), "k1"), (p256(1), "k2"))
MIXED = jwks((rsa_key(0), "k1"), (p521(0), "k1"), (p256(0), "k1"))
KEY_IDS: dict[str, tuple[str, dict[str, str], int, bool]] = {
    # keys, members, number of the signing key, whether the signature is taken; then without needs_key_id
    "its own of two": (TWO, {"kid": "k2"}, 1, True),
    "the other of two": (TWO, {"kid": "k1"}, 1, False),
    "none of two": (TWO, {}, 1, False),
    "an unknown one": (TWO, {"kid": "k3"}, 1, False),
    "none of one": (KEY_SET, {}, 0, True),
    "an unknown one of one": (KEY_SET, {"kid": "k3"}, 0, False),
    "any with a key that has none": (jwks((p256(0), "")), {"kid": "k3"}, 0, True),
    "any with a PEM": (pem_of(p256(0))[0], {"kid": "k3"}, 0, True),
    "none with a PEM": (pem_of(p256(0))[0], {}, 0, True),
    "a single key": (json.dumps(jwk(p256(0), "k1")), {"kid": "k1"}, 0, True),
    "another kind beside it": (
        jwks((rsa_key(0), "k1"), (p521(0), "k1"), (p256(0), "k1")),
        {"kid": "k1"},
        0,
        True,
    ),
    "two keys with one id": (jwks((p256(1), "k1"), (p256(0), "k1")), {"kid": "k1"}, 0, True),
}


@rows("name", KEY_IDS)
def test_the_key_id_chooses_the_key(name: str) -> None:
    keys, members, number, is_taken = KEY_IDS[name]
    text = _signed({"alg": "ES256", **members}, key=p256(number))

    assert _taken(_detached(), keys, text) is is_taken
    is_taken_by_any = is_taken or "kid" not in members
    assert _taken(_detached(needs_key_id=False), keys, text) is is_taken_by_any


def test_eight_keys_are_tried_for_a_signature_without_a_key_id() -> None:
    scheme, text = _detached(needs_key_id=False), _signed({"alg": "ES256"}, key=p256(9))
    keys = [(p256(10 + number), f"k{number}") for number in range(8)]
    assert _taken(scheme, jwks(*keys[:7], (p256(9), "k9")), text)
    assert not _taken(scheme, jwks(*keys, (p256(9), "k9")), text)


@rows(
    "secret",
    [
        "a text",
        "{",
        "[]",
        "{}",
        '{"keys": 1}',
        '{"keys": [1, null, {}]}',
        json.dumps({"keys": [jwk(rsa_key(0))]}),
        json.dumps({"keys": [{**jwk(p256(0)), "use": "enc"}]}),
        json.dumps({"keys": [{**jwk(p256(0)), "alg": "ES384"}]}),
        json.dumps({"keys": [{**jwk(p256(0)), "x": "AAAA"}]}),
        json.dumps({"keys": [jwk(p256(0))] * 65}),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        private_pem(p256(0)),
        "http://keys.example/jwks",
        "https://user@keys.example/jwks",
        "https://keys.example/a b",
        "https://keys.example/" + "x" * 2_000,
        "enabled",
    ],
    ids=range(18),
)
def test_a_secret_without_a_key(secret: str) -> None:
    with pytest.raises(InvalidSecret) as caught:
        Verifier(secret, scheme=_detached())
    assert secret not in str(caught.value)


def test_a_short_rsa_key_is_refused() -> None:
    short = rsa.generate_private_key(65537, 1024)
    for secret in (pem_of(short)[0], jwks((short, "k1"))):
        with pytest.raises(InvalidSecret):
            Verifier(secret, scheme=_detached("RS256"))


# --- keys that are fetched --------------------------------------------------------------------------

URL = "https://keys.example/jwks"


def _fetching(*documents: str, **options: Any) -> tuple[JwsScheme, list[str]]:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None) -> bytes:
        asked.append(url)
        return documents[min(len(asked), len(documents)) - 1].encode()

    return _detached(**options).with_fetch(fetch), asked


def test_a_set_is_fetched_once_and_an_unknown_key_id_does_not_flood() -> None:
    scheme, asked = _fetching(KEY_SET)
    for text, is_taken in ((_signed(GOOD), True), (_signed({**GOOD, "kid": "k9"}), False)) * 3:
        assert _taken(scheme, URL, text) is is_taken
    assert asked == [URL]


def test_a_rotated_key_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    scheme, asked = _fetching(KEY_SET, TWO)
    now = [0.0]
    monkeypatch.setattr(scheme._cache, "_clock", lambda: now[0])
    new = _signed({**GOOD, "kid": "k2"}, key=p256(1))

    assert _taken(scheme, URL, _signed(GOOD))
    assert not _taken(scheme, URL, new)
    now[0] = 61.0
    assert _taken(scheme, URL, new)
    assert asked == [URL, URL]


@rows(
    "jku",
    ["https://keys.example/jwks/", "https://evil.example/jwks", "http://keys.example/jwks", 1, None, [URL]],
)
def test_only_the_configured_url_is_fetched(jku: Any) -> None:
    scheme, asked = _fetching(KEY_SET)
    assert not _taken(scheme, URL, _signed({**GOOD, "jku": jku}))
    assert asked == []
    assert _taken(scheme, URL, _signed({**GOOD, "jku": URL}))
    assert asked == [URL]


def test_the_list_of_urls_binds_the_secret_and_the_signature() -> None:
    other = "https://sandbox.example/jwks"
    scheme, asked = _fetching(KEY_SET, jwks_urls=(URL, other))
    assert not _taken(scheme, URL, _signed({**GOOD, "jku": other}))  # allowed, but not configured
    assert asked == []
    assert _taken(scheme, other, _signed({**GOOD, "jku": other}))
    assert not _taken(scheme, KEY_SET, _signed({**GOOD, "jku": "https://evil.example/jwks"}))
    for secret in ("https://evil.example/jwks", "enabled"):
        with pytest.raises(InvalidSecret, match=f"{URL} or {other}"):
            Verifier(secret, scheme=scheme)


@rows("document", ["", "[]", "{}", '{"keys": []}', jwks((rsa_key(0), "k1")), "[" * 100_000])
def test_a_document_without_a_key_leaves_the_verdict_open(document: str) -> None:
    scheme, _ = _fetching(document)
    with pytest.raises(RejectedDelivery) as caught:
        Verifier(URL, scheme=scheme).verify(BODY, {"x-jws": _signed(GOOD)})
    assert (caught.value.reason, caught.value.status_hint) == ("key_unavailable", 503)


# --- misuse -----------------------------------------------------------------------------------------


@rows(
    "options",
    [
        {"algorithm": "HS256"},
        {"algorithm": "none"},
        {"signature_header": "x-jws", "signature_in_body": "jws"},
        {"is_unencoded": True},
        {"signed_headers_member": "signed"},
        {"timestamp_member": "ts"},
        {"signature_header": "x-jws", "timestamp_header": "x-time"},
        {"signature_header": "x-jws", "timestamp_member": "ts", "timestamp_in_body": "ts"},
        {"jwks_urls": (URL,), "jwks_path": "/jwks"},
        {"signature_header": "x jws"},
        {"name": " "},
    ],
    ids=range(11),
)
def test_options_that_contradict_each_other(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|contradict"):
        JwsScheme(**{"name": "own", "algorithm": "ES256", **options})


def test_each_place_of_a_signature_has_its_way_to_sign() -> None:
    in_header = Signer(private_pem(p256(0)), scheme=_detached())
    in_body = Signer(private_pem(p256(0)), scheme=JwsScheme("own", algorithm="ES256"))
    with pytest.raises(ValueError, match=r"use Signer\.sign instead"):
        in_header.sign_body(BODY)
    with pytest.raises(ValueError, match=r"send the result of Signer\.sign_body"):
        in_body.sign(BODY)
    with pytest.raises(ValueError, match="cannot sign this body"):
        in_body.sign_body(b"not JSON")
    for secret in (_public_pem(p256(0)), private_pem(rsa_key(0)), json.dumps(jwk(p256(0))), "{", "text"):
        with pytest.raises(InvalidSecret):
            Signer(secret, scheme=_detached())


def test_a_missing_signature_is_malformed() -> None:
    for value in (None, "", " ", "\t"):
        with pytest.raises(MalformedDelivery, match="missing or empty header: x-jws"):
            Verifier(KEY_SET, scheme=_detached()).verify(BODY, {"x-jws": value})
