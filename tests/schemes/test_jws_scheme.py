"""`JwsScheme`: published examples, PyJWT on the other side, and every text that must be rejected."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.api_jws import PyJWS

from tests.providers.jws_keys import jwk, p521
from tests.providers.key_pairs import p256, private_pem, rsa_key
from tests.rows import rows
from tests.schemes.jws_texts import BODY, GOOD, KEY_SET, detached, encoded, is_taken, signed_text
from webhook_verify import InvalidSecret, MalformedDelivery, RejectedDelivery, Signer, Verifier
from webhook_verify.schemes.jws_scheme import ALGORITHMS, JwsScheme

ED25519 = Ed25519PrivateKey.generate()
P384 = ec.generate_private_key(ec.SECP384R1())
KEYS: dict[str, Any] = {"ES256": p256(0), "ES384": P384, "ES512": p521(0), "EdDSA": ED25519}


def _key(algorithm: str) -> Any:
    return KEYS.get(algorithm, rsa_key(0))


def _public_pem(key: Any) -> str:
    pem: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


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

    assert (delivery.body, encoded(delivery.signed_body)) == (token.encode(), payload)
    for changed in (f"{head}.{payload[:-4]}AAAA.{signature}", f"{head}.{payload}.{signature[:-4]}AAAA"):
        with pytest.raises(RejectedDelivery):
            verifier.verify(changed.encode(), {})


# --- PyJWT on the other side ------------------------------------------------------------------------


@rows("is_unencoded", [False, True])
@rows("algorithm", ALGORITHMS)
def test_pyjwt_and_we_agree_on_every_algorithm(algorithm: str, is_unencoded: bool) -> None:
    key, scheme = _key(algorithm), detached(algorithm, is_unencoded=is_unencoded)
    header: dict[str, Any] = {"b64": False, "crit": ["b64"]} if is_unencoded else {}
    theirs = PyJWS().encode(BODY, key, algorithm, headers=header, is_payload_detached=is_unencoded)
    head, _, signature = theirs.split(".")
    text = f"{head}..{signature}"

    assert is_taken(scheme, _public_pem(key), text)
    assert not is_taken(scheme, _public_pem(key), text, BODY + b" ")
    assert not is_taken(detached(algorithm, is_unencoded=not is_unencoded), _public_pem(key), text)

    ours = Signer(private_pem(key), scheme=scheme).sign(BODY)["x-jws"]
    if is_unencoded:
        PyJWS().decode(ours, key.public_key(), [algorithm], detached_payload=BODY)
    else:
        PyJWS().decode(ours.replace("..", f".{encoded(BODY)}."), key.public_key(), [algorithm])
    assert is_taken(scheme, _public_pem(key), ours)


@rows("algorithm", ALGORITHMS)
def test_a_key_of_another_kind_is_refused_at_construction(algorithm: str) -> None:
    for other in ALGORITHMS:
        if type(_key(other)) is not type(_key(algorithm)) or other[0] == algorithm[0] == "E" != other:
            if _key(other) is _key(algorithm):
                continue
            with pytest.raises(InvalidSecret, match=f"which {algorithm} requires"):
                Verifier(_public_pem(_key(other)), scheme=detached(algorithm))


# --- texts that are not the signature ---------------------------------------------------------------

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
    "a duplicate member": encoded(b'{"alg":"ES256","kid":"k1","kid":"k1"}'),
    "a duplicate algorithm": encoded(b'{"alg":"none","alg":"ES256","kid":"k1"}'),
    "a list": [GOOD],
    "not JSON": encoded(b'{"alg":"ES256","kid":"k1"'),
    "deep JSON": encoded(b"[" * 9_000),
    "not UTF-8": encoded(b'{"alg":"ES256","kid":"k1","x":"\xff"}'),
    "UTF-16": encoded('{"alg":"ES256","kid":"k1"}'.encode("utf-16")),
    "a byte order mark": encoded(b'\xef\xbb\xbf{"alg":"ES256","kid":"k1"}'),
    "a long header": {**GOOD, "x": "x" * 16_384},
    "a huge number": encoded(b'{"alg":"ES256","kid":"k1","x":' + b"9" * 5_000 + b"}"),
}


def test_the_header_of_the_table_is_right_without_its_fault() -> None:
    assert is_taken(detached(), KEY_SET, signed_text(GOOD))
    assert is_taken(detached(), KEY_SET, signed_text({**GOOD, "typ": "JWT", "cty": "x", "x5t": "y"}))


@rows("name", HEADERS)
def test_a_header_that_is_rejected(name: str) -> None:
    assert not is_taken(detached(), KEY_SET, signed_text(HEADERS[name]))


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
    scheme = detached(is_unencoded=True)
    assert is_taken(scheme, KEY_SET, signed_text({**GOOD, "b64": False, "crit": ["b64"]}, unencoded=True))
    assert not is_taken(scheme, KEY_SET, signed_text({**GOOD, **UNENCODED[name]}, unencoded=unencoded))


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
        lambda text: text.replace("..", f".{encoded(BODY)}."),
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
    while "-" not in (text := signed_text(GOOD)):
        pass
    assert not is_taken(detached(), KEY_SET, change(text))


def test_a_signature_as_der_or_of_zeros_is_rejected() -> None:
    head = encoded(GOOD)
    der = p256(0).sign(f"{head}.{encoded(BODY)}".encode(), ec.ECDSA(SHA256()))
    for signature in (der, bytes(64), b"\xff" * 64):
        assert not is_taken(detached(), KEY_SET, f"{head}..{encoded(signature)}")


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
        {"jwks_urls": ("https://keys.example/jwks",), "jwks_path": "/jwks"},
        {"signature_header": "x jws"},
        {"name": " "},
    ],
    ids=range(11),
)
def test_options_that_contradict_each_other(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"must|contradict"):
        JwsScheme(**{"name": "own", "algorithm": "ES256", **options})


def test_each_place_of_a_signature_has_its_way_to_sign() -> None:
    in_header = Signer(private_pem(p256(0)), scheme=detached())
    in_body = Signer(private_pem(p256(0)), scheme=JwsScheme("own", algorithm="ES256"))
    with pytest.raises(ValueError, match=r"use Signer\.sign instead"):
        in_header.sign_body(BODY)
    with pytest.raises(ValueError, match=r"send the result of Signer\.sign_body"):
        in_body.sign(BODY)
    with pytest.raises(ValueError, match="cannot sign this body"):
        in_body.sign_body(b"not JSON")
    for secret in (_public_pem(p256(0)), private_pem(rsa_key(0)), json.dumps(jwk(p256(0))), "{", "text"):
        with pytest.raises(InvalidSecret):
            Signer(secret, scheme=detached())


def test_a_missing_signature_is_malformed() -> None:
    for value in (None, "", " ", "\t"):
        with pytest.raises(MalformedDelivery, match="missing or empty header: x-jws"):
            Verifier(KEY_SET, scheme=detached()).verify(BODY, {"x-jws": value})
