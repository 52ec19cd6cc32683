"""Plaid: the tokens of the library in its example, and the keys that are requested."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jose import jwt as jose_jwt  # type: ignore[import-untyped]

from tests.providers.interop import interop
from tests.providers.key_pairs import jwk_of, p256, private_pem, rsa_key
from tests.providers.sample import NOW
from tests.providers.samples.plaid import CREDENTIALS, PLAID
from webhook_verify import InvalidSecret, KeyUnavailable, RejectedDelivery, Scheme, Signer, Verifier
from webhook_verify.asymmetric.jws_keys import public_key_of_jwk
from webhook_verify.schemes.providers.plaid import Plaid

BODY = b'{\n  "webhook_type": "TRANSACTIONS",\n  "item_id": "wz666MBjYWTp2PDzzggYhM6oWWmBb"\n}'


def plaid_token(key: Any = None, body: bytes = BODY, **changed: Any) -> str:
    claims = {"iat": NOW, "request_body_sha256": sha256(body).hexdigest(), **changed}
    pem = private_pem(p256(0) if key is None else key)
    token: str = jose_jwt.encode(claims, pem, "ES256", headers={"kid": "bfbd5111-8e33-4643"})
    return token


def plaid_takes(token: str, scheme: Scheme = PLAID, now: float = NOW, body: bytes = BODY) -> bool:
    try:
        delivery = Verifier(CREDENTIALS, scheme=scheme, clock=lambda: now).verify(
            body, {"Plaid-Verification": token}
        )
    except KeyUnavailable:
        raise
    except RejectedDelivery:
        return False
    return delivery.body_is_signed and not delivery.id_is_signed


@interop("plaid", by="python-jose (PyPI), as in Plaid's documented example")
def test_we_verify_what_the_library_of_plaids_example_signs() -> None:
    """Its example: jwt.get_unverified_header, then jwt.decode by the key as JWK, then hash and iat."""
    token = plaid_token()
    header = jose_jwt.get_unverified_header(token)
    claims = jose_jwt.decode(token, jwk_of(p256(0), header["kid"]), algorithms=["ES256"])

    assert (header["alg"], claims["request_body_sha256"]) == ("ES256", sha256(BODY).hexdigest())
    assert plaid_takes(token)
    assert not plaid_takes(token, body=BODY.replace(b"\n  ", b"\n"))
    assert not plaid_takes(plaid_token(p256(1)))


@interop("plaid", by="the key in Plaid's documentation")
def test_the_key_in_plaids_documentation_is_taken() -> None:
    documented = {
        "alg": "ES256",
        "created_at": 1560466150,
        "crv": "P-256",
        "expired_at": None,
        "kid": "bfbd5111-8e33-4643-8ced-b2e642a72f3c",
        "kty": "EC",
        "use": "sig",
        "x": "hKXLGIjWvCBv-cP5euCTxl8g9GLG9zHo_3pO5NN1DwQ",
        "y": "shhexqPB7YffGn6fR6h2UhTSuCtPmfzQJ6ENVIoO4Ys",
    }
    public: Any = public_key_of_jwk(documented, "ES256")
    assert public.key_size == 256

    answer = json.dumps({"key": documented, "request_id": "RZ6Omi1bzzwDaLo"}).encode()
    assert not plaid_takes(plaid_token(), scheme=Plaid(fetch=lambda *_: answer))


@pytest.mark.parametrize(
    ("now", "outcome"), [(NOW, True), (NOW + 300, True), (NOW + 301, False), (NOW - 301, False)]
)
def test_plaids_deliveries_are_five_minutes_old_at_most(now: float, outcome: bool) -> None:
    assert plaid_takes(plaid_token(), now=now) is outcome


@pytest.mark.parametrize(
    "token",
    [
        plaid_token(request_body_sha256=None),
        plaid_token(request_body_sha256="\ud800"),
        plaid_token(request_body_sha256=sha256(BODY).hexdigest().upper()),
        plaid_token(iat=None),
        jwt.encode({"iat": NOW}, rsa_key(0), "RS256", headers={"kid": "k"}),
        jwt.encode({"iat": NOW}, p256(0), "ES256"),
        jwt.encode({"iat": NOW}, p256(0), "ES256", headers={"kid": "../k"}),
        "",
    ],
    ids=range(8),
)
def test_a_token_that_is_none_of_plaids(token: str) -> None:
    asked: list[object] = []
    scheme = Plaid(fetch=lambda *given: asked.append(given) or b"")  # type: ignore[func-returns-value]

    assert not plaid_takes(token, scheme=scheme)
    assert asked == []


def test_plaid_is_asked_with_the_credentials_once() -> None:
    asked: list[Any] = []

    def fetch(url: str, content: bytes | None = None) -> bytes:
        asked.append((url, json.loads(content or b"")))
        return json.dumps({"key": jwk_of(p256(0), "x")}).encode()

    verifier = Verifier(CREDENTIALS, scheme=Plaid(environment="sandbox", fetch=fetch), clock=lambda: NOW)
    for _ in range(2):
        verifier.verify(BODY, {"plaid-verification": plaid_token()})

    credentials = {"client_id": "client-1", "secret": "hunter2-of-plaid", "key_id": "bfbd5111-8e33-4643"}
    assert asked == [("https://sandbox.plaid.com/webhook_verification_key/get", credentials)]
    assert "hunter2" not in repr(verifier)


@pytest.mark.parametrize(
    ("secrets", "label"),
    [(["client-1:revoked", CREDENTIALS], "secret-2"), ([CREDENTIALS, "client-1:revoked"], "secret-1")],
)
def test_credentials_that_are_revoked_leave_the_others(secrets: list[str], label: str) -> None:
    asked: list[str] = []

    def fetch(url: str, content: bytes | None = None) -> bytes:
        asked.append(json.loads(content or b"")["secret"])
        if asked[-1] == "revoked":
            raise OSError("the server responded with status 400")
        return json.dumps({"key": jwk_of(p256(0), "x")}).encode()

    verifier = Verifier(secrets, scheme=Plaid(fetch=fetch), clock=lambda: NOW)
    headers = {"plaid-verification": plaid_token()}
    assert verifier.verify(BODY, headers).secret_label == label
    assert verifier.begin(headers).finish(BODY).secret_label == label
    assert asked == [one.partition(":")[2] for one in secrets[: int(label[-1])]], "no more than it takes"
    with pytest.raises(KeyUnavailable):
        Verifier("client-1:revoked", scheme=Plaid(fetch=fetch), clock=lambda: NOW).verify(BODY, headers)


SHORT_KEY = {
    "alg": "ES256",
    "crv": "P-256",
    "kid": "6c5516e1-92dc-479e-a8ff-5a51992e0001",
    "kty": "EC",
    "use": "sig",
    "x": "MqRZ0RCWrS5moOauQjAMuMfbbHyyZ3u9yo_0SJDu0Q",
    "y": "PDHmUtYGbuYQq1qUzx0l7SNXgn3hXn4iZ8A4q6yEIEU",
    "created_at": 1,
    "expired_at": None,
}
SIGNED_WITH_IT = (
    "eyJhbGciOiJFUzI1NiIsImtpZCI6IjZjNTUxNmUxLTkyZGMtNDc5ZS1hOGZmLTVhNTE5OTJlMDAwMSIsInR5cCI6IkpXVCJ9."
    "eyJpYXQiOjE3ODU2MDAwMDAsInJlcXVlc3RfYm9keV9zaGEyNTYiOiIyZjdhYjhiYzI3OWM1MTkyMTM1ODBjZGM5OTY0MzdhZjFlMGRlZjZj"
    "NjFiZGFkOWM3ZWFjODQ5NjNiNDllMjE1In0."
    "34jzgDPuzPQa0BwotQUL45K9whoCwUmPCfiUIbbrT0tADOL_ZKqqjKpRIKmDFuxzjHJSjSYM33VN45YrkwCZFw"
)


def test_a_key_whose_coordinate_lacks_its_leading_zero_verifies() -> None:
    """In about one key of 128, a sender that drops leading zeros writes one coordinate with 31 bytes."""
    scheme = Plaid(fetch=lambda *_: json.dumps({"key": SHORT_KEY}).encode())
    verifier = Verifier("client:secretsecret", scheme=scheme, clock=lambda: 1785600000)
    body = b'{"webhook_type":"TRANSACTIONS"}'
    assert verifier.verify(body, {"Plaid-Verification": SIGNED_WITH_IT}).body == body


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"{}",
        b'{"key": {}}',
        json.dumps({"key": jwk_of(rsa_key(0), "x")}).encode(),
        json.dumps({"key": {**jwk_of(p256(0), "x"), "expired_at": 1560466150}}).encode(),
    ],
    ids=range(5),
)
def test_what_is_no_key_of_plaid_leaves_the_verdict_open(answer: bytes) -> None:
    with pytest.raises(KeyUnavailable) as caught:
        plaid_takes(plaid_token(), scheme=Plaid(fetch=lambda *_: answer))
    assert (caught.value.scheme, "hunter2" in str(caught.value)) == ("plaid", False)


@given(st.text(max_size=40), st.text(alphabet="abcABC019-_.=eyJ", max_size=200))
def test_whatever_is_in_the_header_the_outcome_is_a_verdict(first: str, second: str) -> None:
    for text in (first, second, f"{first}.{second}.{first}"):
        assert not plaid_takes(text)


# --- misuse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["client", ":secret", "client: ", b"client:secret"])
def test_what_is_no_secret_of_theirs(secret: Any) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme="plaid")


def test_only_they_sign() -> None:
    with pytest.raises(InvalidSecret, match="can sign its deliveries, because its private key is secret"):
        Signer("a secret", scheme=PLAID)
    with pytest.raises(ValueError, match="can sign its deliveries, because its private key is secret"):
        PLAID.sign(b"", [], id="", timestamp=NOW, url=None, method=None)


def test_plaid_has_two_environments() -> None:
    with pytest.raises(ValueError, match="production, sandbox"):
        Plaid(environment="development")
