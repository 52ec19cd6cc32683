"""`JwtScheme`: the kinds of its keys, options that are rejected, and schemes with other options."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.providers.key_pairs import jwk_of, p256, pem_of, rsa_key
from tests.rows import rows
from tests.schemes.test_jwt_scheme import BODY, DIGEST, NOW, PAIRS, SECRET, own, reason_of, token, verified
from webhook_verify import InvalidSecret, KeyUnavailable, Reason, Signer, Verifier, schemes
from webhook_verify.schemes import JwtScheme, SchemeDocs

# --- keys -------------------------------------------------------------------------------------------

KEYS: dict[str, Any] = {"RS256": (rsa_key(0), rsa_key(1)), "ES256": (p256(0), p256(1))}


def key_set(algorithm: str, *numbers: int) -> str:
    return json.dumps({"keys": [jwk_of(KEYS[algorithm][each], f"key-{each}") for each in numbers]})


@rows("algorithm", ["RS256", "ES256"])
def test_a_secret_can_be_a_key_set(algorithm: str) -> None:
    scheme, secret = own(algorithm=algorithm), key_set(algorithm, 0, 1)
    for number in (0, 1):
        text = token(algorithm, KEYS[algorithm][number], {"kid": f"key-{number}"})
        assert reason_of(text, scheme, secret=secret) is None
        assert reason_of(text, scheme, secret=key_set(algorithm, 1 - number)) is Reason.SIGNATURE_MISMATCH
        swapped = token(algorithm, KEYS[algorithm][number], {"kid": f"key-{1 - number}"})
        assert reason_of(swapped, scheme, secret=secret) is Reason.SIGNATURE_MISMATCH
    assert reason_of(token(algorithm, KEYS[algorithm][0]), scheme, secret=secret) is Reason.SIGNATURE_MISMATCH


PUBLIC_DER = {
    type(key).__name__: key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    for key in (rsa_key(0), p256(0), Ed25519PrivateKey.from_private_bytes(bytes(32)))
}
NO_KEYS: dict[str, tuple[str, Any, str]] = {
    "a secret of another kind": ("RS256", SECRET, "the key cannot be read"),
    "another kind of PEM": ("RS256", PAIRS["ES256"][0], "not a RSA key"),
    "a private key": ("ES256", PAIRS["ES256"][1], "the key cannot be read"),
    "a short RSA key": ("RS256", pem_of(rsa_key(0, 1024))[0], "1024 bits"),
    "an empty set": ("RS256", '{"keys": []}', "no public key for RS256"),
    "no set": ("RS256", "{", "JSON Web Key"),
    "a set of other keys": ("ES256", key_set("RS256", 0), "no public key for ES256"),
    "keys without ids": ("ES256", key_set("ES256", 0).replace("kid", "x-kid"), "key with an id for ES256"),
    "no usable key": ("ES256", '{"keys": [{"kty": "EC"}]}', "no public key for ES256"),
    **{
        f"{form} for an HMAC": ("HS256", secret, "secret is a public key")
        for form, secret in {
            "a PEM": PAIRS["RS256"][0],
            "a JSON Web Key Set": key_set("RS256", 0),
            "a JSON Web Key": json.dumps(jwk_of(p256(0), "key-0")),
            **{f"{kind} in base64": b64encode(der).decode() for kind, der in PUBLIC_DER.items()},
            **{f"{kind} in DER": der for kind, der in PUBLIC_DER.items()},
        }.items()
    },
    "zeros": ("HS256", "\0" * 40, "all zeros"),
}


@rows(("algorithm", "secret", "message"), NO_KEYS.values(), ids=NO_KEYS)
def test_a_secret_that_is_not_a_key(algorithm: str, secret: Any, message: str) -> None:
    with pytest.raises(InvalidSecret, match=message) as caught:
        Verifier(secret, scheme=own(algorithm=algorithm))
    assert caught.value.__cause__ is caught.value.__context__ is None


@rows("encoding", ["hex", "base64"])
def test_a_secret_can_be_encoded(encoding: str) -> None:
    key = bytes(range(1, 33))
    secret = {"hex": key.hex(), "base64": b64encode(key).decode()}[encoding]
    assert reason_of(token(key=key), own(secret_encoding=encoding), secret=secret) is None
    assert reason_of(token(key=key), own(), secret=secret) is Reason.SIGNATURE_MISMATCH


@rows(
    ("secret", "message"),
    [
        ("shop-1", "secret must be account:key"),
        (":key", "secret must be account:key"),
        ("shop-1:", "secret must be account:key"),
        ("a\n:key", "secret must be account:key"),
        (b"shop-1:key", "secret must be account:key"),
    ],
)
def test_a_secret_with_an_account_has_two_parts(secret: Any, message: str) -> None:
    with pytest.raises(InvalidSecret, match=message):
        Verifier(secret, scheme=own(claims={"iss": "{account}"}))


# --- fetched keys -----------------------------------------------------------------------------------

ISSUER = "https://auth.example.com"


def fetching(fetched: list[str], document: Any = None, **options: Any) -> JwtScheme:
    def fetch(url: str, content: bytes | None = None) -> bytes:
        fetched.append(url)
        return (document or key_set("RS256", 0)).encode()

    given = {"keys_url": "{account}/keys.json", "algorithm": "RS256", **options}
    return own(fetch=fetch, **given)


def test_keys_are_fetched_from_the_url_of_the_account() -> None:
    fetched: list[str] = []
    scheme = fetching(fetched)
    text = token("RS256", rsa_key(0), {"kid": "key-0"})

    assert verified(text, scheme, secret=ISSUER).body == verified(text, scheme, secret=ISSUER).body
    assert fetched == [f"{ISSUER}/keys.json"]
    assert (scheme.fetches_keys, scheme.has_key_cache) == (True, True)
    for wrong in (token("RS256", rsa_key(0), {"kid": "key-0"}, digest="x"), token("RS256", rsa_key(0))):
        assert reason_of(wrong, scheme, secret="https://unknown.example.com") is not None
    assert fetched == [f"{ISSUER}/keys.json"], "no key is fetched for a token without the right claims"


@rows("document", ["{", "[]", '{"keys": []}', '{"keys": 1}', "[" * 5_000])
def test_a_document_without_keys_leaves_the_verdict_open(document: str) -> None:
    with pytest.raises(KeyUnavailable):
        verified(token("RS256", rsa_key(0), {"kid": "key-0"}), fetching([], document), secret=ISSUER)


@rows(
    "secret", ["http://auth.example.com", "auth.example.com", "https://a b", "https://\xe9.example", "", b"x"]
)
def test_keys_are_only_fetched_from_https(secret: Any) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme=fetching([]))


def test_only_the_provider_signs_with_fetched_keys() -> None:
    with pytest.raises(InvalidSecret, match="only own-token can sign its deliveries"):
        Signer(ISSUER, scheme=fetching([]))
    with pytest.raises(ValueError, match="only own-token can sign its deliveries"):
        fetching([]).sign(b"", [], id="", timestamp=NOW)


# --- options ----------------------------------------------------------------------------------------

FAULTS: dict[str, tuple[dict[str, Any], type[Exception], str]] = {
    "no header": ({"header": ""}, ValueError, "header must be a header name"),
    "a header with a colon": ({"header": "x:"}, ValueError, "header must be a header name"),
    "a prefix that is no text": ({"prefix": None}, TypeError, "prefix must be a str, not 'NoneType'"),
    "alg none": ({"algorithm": "none"}, ValueError, "algorithm must be one or several of HS256"),
    "no algorithm": ({"algorithm": []}, ValueError, "algorithm must be one or several of HS256"),
    "two kinds of keys": ({"algorithm": ["HS256", "RS256"]}, ValueError, "algorithm must be"),
    "two kinds of public keys": ({"algorithm": ["ES256", "RS256"]}, ValueError, "algorithm must be"),
    "an unknown encoding": ({"secret_encoding": "rot13"}, ValueError, "secret_encoding must be one of"),
    "claims that are a list": ({"claims": ["iss"]}, TypeError, "claims must be a mapping"),
    "a claim that is a number": ({"claims": {"a": 1.5}}, TypeError, "claims: a must be a str, bool or int"),
    "a claim without values": ({"claims": {"a": []}}, TypeError, "claims: a must be a str"),
    "an unknown placeholder": ({"claims": {"a": "{body}"}}, ValueError, r"claims: a must .* \{sha256:body\}"),
    "another hash": ({"claims": {"a": "{sha1:body}"}}, ValueError, "claims: a must"),
    "another encoding": ({"claims": {"a": "{sha256:body:base32}"}}, ValueError, "claims: a must"),
    "a placeholder in a text": ({"claims": {"a": "x{url}"}}, ValueError, "claims: a must"),
    "a placeholder in a list": ({"claims": {"a": ["{url}"]}}, ValueError, "claims: a must"),
    "a required name": ({"required_claims": "exp"}, TypeError, "required_claims must be a list of names"),
    "another time": ({"timestamp_claim": "exp"}, ValueError, "timestamp_claim must be"),
    "a negative leeway": ({"leeway": -1}, ValueError, "leeway must be a number of seconds from 0 to 300"),
    "a leeway of an hour": ({"leeway": 3_600}, ValueError, "leeway must be"),
    "no tolerance": ({"tolerance": 0}, ValueError, "tolerance must be finite and greater than 0"),
    "a tolerance that is true": ({"tolerance": True}, TypeError, "tolerance must be a number"),
    "a bad path": ({"id_in_body": "a..b"}, ValueError, "id_in_body must be a path"),
    "an unknown retry": ({"retries": "often"}, ValueError, "retries"),
    "a fetch that is a text": ({"fetch": "x"}, TypeError, "fetch must be a function or None, not 'str'"),
    "keys of an HMAC": ({"keys_url": "https://a/{account}"}, ValueError, "keys_url is for RS256 and ES256"),
    "keys over http": (
        {"keys_url": "http://a/{account}", "algorithm": "RS256"},
        ValueError,
        "keys_url must start with https://",
    ),
    "keys of anybody": (
        {"keys_url": "https://a/keys", "algorithm": "RS256"},
        ValueError,
        r"keys_url or a claim must contain \{account\}",
    ),
    "two sources of keys": (
        {"keys_url": "https://a/{account}", "algorithm": "RS256", "keys": lambda secret: None},
        ValueError,
        "keys and keys_url exclude each other",
    ),
    "docs of another kind": ({"docs": "x"}, TypeError, "docs must be a SchemeDocs"),
}


@rows(("options", "error", "message"), FAULTS.values(), ids=FAULTS)
def test_an_invalid_option_is_rejected(options: dict[str, Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        JwtScheme("own", **{"header": "x-token", "claims": {}, **options})


def test_a_name_is_required() -> None:
    with pytest.raises(ValueError, match="name must not be empty"):
        JwtScheme(" ", header="x-token", claims={})


def test_other_options_are_added_to_those_of_a_scheme() -> None:
    scheme = own(docs=SchemeDocs(title="Acme"))
    changed = scheme.with_options(claims={"shop": "{account}"}, tolerance=60)

    assert (changed.name, changed.docs.title, changed.tolerance, scheme.tolerance) == (
        *("own-token", "Acme"),
        *(60, 300),
    )
    secret = f"shop-1:{SECRET}"
    assert reason_of(token(shop="shop-1"), changed, secret=secret) is None
    assert reason_of(token(shop="shop-2"), changed, secret=secret) is Reason.SIGNATURE_MISMATCH
    assert reason_of(token(shop="shop-1", digest=None), changed, secret=secret) is Reason.SIGNATURE_MISMATCH
    with pytest.raises(TypeError):
        scheme.with_options(unknown=1)


def test_a_claim_that_is_unknown_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="own-token cannot sign: the value of the claim sub is unknown"):
        Signer(SECRET, scheme=own(required_claims=["sub"])).sign(BODY)


def test_it_is_exported_beside_the_other_kinds() -> None:
    assert schemes.JwtScheme is JwtScheme
    assert "JwtScheme" in schemes.__all__


def test_nothing_secret_is_shown() -> None:
    scheme = own(claims={"iss": "{account}"})
    verifier = Verifier(f"shop-1:{SECRET}", scheme=scheme)
    [(_, key, _)] = verifier._keys
    assert SECRET not in f"{verifier!r} {scheme!r} {key!r} {vars(type(key))}"
    text = token()
    for error in (reason_of(text, scheme, secret=f"shop-1:{SECRET}"), DIGEST):
        assert text not in str(error)
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(text, SECRET[::-1], algorithms=["HS256"])
