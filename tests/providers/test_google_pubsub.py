"""Google Pub/Sub: interoperability with google-auth, in both directions, and the rules for a token."""

from __future__ import annotations

import json
import time
from typing import Any

import jwt
import pytest
from google.auth import crypt, transport
from google.auth import jwt as untyped_google_jwt
from google.oauth2 import id_token
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.interop import interop
from tests.providers.key_pairs import certificate, jwk_of, p256, private_pem, rsa_key
from tests.providers.sample import NOW
from tests.providers.samples.google_pubsub import ACCOUNT, ENDPOINT, GOOGLE, google_claims
from tests.rows import rows
from webhook_verify import (
    Delivery,
    InvalidSecret,
    KeyUnavailable,
    MalformedDelivery,
    RejectedDelivery,
    Scheme,
    Signer,
    TimestampOutsideTolerance,
    Verifier,
)
from webhook_verify.schemes.providers.google_pubsub import GooglePubSub

google_jwt: Any = untyped_google_jwt
google_signer: Any = crypt.RSASigner
MESSAGE = b'{"message": {"data": "eA==", "messageId": "136969346945"}, "subscription": "s"}'


def google_token(key: Any = None, key_id: str = "key-1", algorithm: str = "RS256", **changed: Any) -> str:
    key = rsa_key(0) if key is None else key
    return jwt.encode(google_claims(NOW, **changed), key, algorithm, headers={"kid": key_id})


def pushed(token: str, scheme: Scheme = GOOGLE, now: float = NOW, url: str | None = ENDPOINT) -> Delivery:
    verifier = Verifier(ACCOUNT, scheme=scheme, clock=lambda: now)
    return verifier.verify(MESSAGE, {"Authorization": f"Bearer {token}"}, url=url, method="POST")


def takes(token: str, **options: Any) -> bool:
    try:
        return pushed(token, **options).body == MESSAGE
    except RejectedDelivery:
        return False


class _Certificates(transport.Request):
    """Google's keys in the form of certificates, which google-auth checks by itself and not with PyJWT."""

    def __call__(self, url: str, *args: Any, **kwargs: Any) -> Any:
        answer = {"key-1": certificate(rsa_key(0)).decode()}

        class _Response(transport.Response):
            status, headers, data = 200, {}, json.dumps(answer).encode()

        return _Response()


@interop("google-pubsub", by="google-auth (PyPI)")
@pytest.mark.parametrize(
    ("key", "changed", "outcome"),
    [
        (0, {}, True),
        (1, {}, False),
        (0, {"aud": ENDPOINT + "/"}, False),
        (0, {"exp": 1_700_000_000}, False),
    ],
)
def test_google_auth_verifies_the_tokens_that_we_do(key: int, changed: dict[str, Any], outcome: bool) -> None:
    now = int(time.time())
    token = jwt.encode(google_claims(now, **changed), rsa_key(key), "RS256", headers={"kid": "key-1"})
    try:
        theirs = bool(id_token.verify_token(token, _Certificates(), audience=ENDPOINT, certs_url="https://x"))
    except Exception:
        theirs = False

    assert theirs is takes(token, now=now) is outcome


@interop("google-pubsub", by="google-auth (PyPI), signing")
def test_we_verify_the_tokens_that_google_auth_signs() -> None:
    signer = google_signer.from_string(private_pem(rsa_key(0)), "key-1")
    token = google_jwt.encode(signer, google_claims(NOW)).decode()

    delivery = pushed(token)
    assert (delivery.id, delivery.timestamp.timestamp()) == ("136969346945", NOW)
    assert (delivery.body_is_signed, delivery.timestamp_is_signed) == (False, True)
    assert not takes(google_jwt.encode(signer, google_claims(NOW, aud="x")).decode())


# --- the times of a token, with a minute of leeway, which no tolerance widens ---------------------------

TIMES = {
    "fresh": (0, 3600, None, True),
    "in its last second": (-3600, 0, None, True),
    "expired a minute ago": (-3600, -60, None, True),
    "expired 61 s ago": (-3600, -61, None, False),
    "expired 2 hours ago": (-10_800, -7200, None, False),
    "valid for 60 s, expired 40 min ago": (-2460, -2400, None, False),
    "valid from now": (0, 3600, 0, True),
    "valid in a minute": (0, 3600, 60, True),
    "valid in 61 s": (0, 3600, 61, False),
    "valid from tomorrow": (0, 90_000, 86_400, False),
    "issued 5 min in the future": (300, 3900, None, True),
    "issued 50 min in the future": (3000, 6600, None, False),
}


@pytest.mark.parametrize("tolerance", [3600, 7200, 86_400])
@rows(("issued", "expires", "not_before", "is_valid"), TIMES.values(), ids=TIMES)
def test_exp_and_nbf_count_whatever_the_tolerance(
    issued: int, expires: int, not_before: int | None, is_valid: bool, tolerance: int
) -> None:
    claims: dict[str, Any] = {"iat": NOW + issued, "exp": NOW + expires}
    if not_before is not None:
        claims["nbf"] = NOW + not_before
    verifier = Verifier(ACCOUNT, scheme=GOOGLE, clock=lambda: NOW, tolerance=tolerance)
    headers = {"Authorization": f"Bearer {google_token(**claims)}"}
    if is_valid:
        assert verifier.verify(MESSAGE, headers, url=ENDPOINT).timestamp.timestamp() == NOW + issued
    else:
        with pytest.raises(TimestampOutsideTolerance) as caught:
            verifier.verify(MESSAGE, headers, url=ENDPOINT)
        assert caught.value.scheme == "google-pubsub"


def test_nbf_must_be_a_time() -> None:
    assert not takes(google_token(nbf="tomorrow"))


# --- what a token must be ----------------------------------------------------------------------------


@pytest.mark.parametrize("issuer", ["https://accounts.google.com", "accounts.google.com"])
def test_both_spellings_of_the_issuer_are_accepted(issuer: str) -> None:
    assert takes(google_token(iss=issuer))


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "http://accounts.google.com"},
        {"aud": ENDPOINT + "?x"},
        {"aud": [ENDPOINT]},
        {"email": "push@elsewhere.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"iss": "https://accounts.google.com.example"},
        {"iss": None},
        {"iat": None},
        {"exp": None},
        {"iat": str(NOW)},
        {"iat": NOW + 0.5},
        {"iat": True},
        {"exp": 10**30},
        {"exp": -1},
        {"exp": NOW - 61},
    ],
    ids=str,
)
def test_a_claim_that_is_not_as_it_must_be(changed: dict[str, Any]) -> None:
    assert takes(google_token())
    assert not takes(google_token(**changed))


def _with_header(**header: Any) -> str:
    """A genuine token, whose header says something else."""
    _, claims, signature = google_token().split(".")
    return ".".join((jwt.utils.base64url_encode(json.dumps(header).encode()).decode(), claims, signature))


@pytest.mark.parametrize(
    "token",
    [
        google_token(rsa_key(1)),
        google_token(key_id="key-2"),
        google_token(key_id="unknown"),
        google_token(algorithm="RS384"),
        google_token(algorithm="PS256"),
        google_token("a secret of enough bytes for SHA-256", algorithm="HS256"),
        jwt.encode(google_claims(NOW), "", "none", headers={"kid": "key-1"}),
        _with_header(alg="none", kid="key-1"),
        _with_header(alg="RS256", kid=""),
        _with_header(alg="RS256", kid="x" * 129),
        _with_header(alg="RS256", kid=["key-1"]),
        _with_header(alg="RS256", kid="key-1", crit=["b64"], b64=False),
        jwt.encode(google_claims(NOW), rsa_key(0), "RS256", {"kid": "key-1", "crit": ["new"], "new": 1}),
        google_token()[:-4],
        google_token() + "AAAA",
        google_token() + "+",
        google_token().replace(".", "/.", 1),
        google_token() + ".x",
        "",
        "a.b.c",
        "\xe9.b.c",
        "." * 9_000,
        jwt.utils.base64url_encode(b"[" * 5_000).decode() + ".e30.e30",
    ],
    ids=range(23),
)
def test_a_token_that_is_none_of_googles(token: str) -> None:
    assert not takes(token)


@pytest.mark.parametrize(
    ("now", "outcome"), [(NOW, True), (NOW + 3600, True), (NOW + 3601, False), (NOW - 3601, False)]
)
def test_a_token_is_good_for_its_hour(now: float, outcome: bool) -> None:
    assert takes(google_token(), now=now) is outcome


@pytest.mark.parametrize(("now", "outcome"), [(NOW + 120, True), (NOW + 121, False)])
def test_a_token_is_good_for_a_minute_longer_than_it_says(now: float, outcome: bool) -> None:
    token = google_token(exp=NOW + 60)
    verifier = Verifier(ACCOUNT, scheme=GOOGLE)
    headers = {"authorization": f"bearer {token}"}

    assert takes(token, now=now) is outcome
    try:
        verifier.verify_at(MESSAGE, headers, received_at=now, url=ENDPOINT, method="POST")
        assert outcome
    except RejectedDelivery:
        assert not outcome


@pytest.mark.parametrize("headers", [{}, {"authorization": ""}, {"authorization": "Basic eA=="}])
def test_a_request_without_a_token(headers: dict[str, str]) -> None:
    with pytest.raises(MalformedDelivery) as caught:
        Verifier(ACCOUNT, scheme=GOOGLE).verify(MESSAGE, headers, url=ENDPOINT)
    assert caught.value.reason == "missing_header"


def test_the_audience_is_the_address_or_what_the_subscription_was_given() -> None:
    scheme = GooglePubSub(audience="shop", fetch=GOOGLE._fetch)

    assert takes(google_token(aud="shop"), scheme=scheme, url=None)
    assert not takes(google_token(), scheme=scheme)
    assert (GOOGLE.signs_url, scheme.signs_url) == (True, False)
    with pytest.raises(TypeError, match="public_url="):
        pushed(google_token(), url=None)
    for nothing in ("", " "):
        with pytest.raises(ValueError, match="audience must be a non-empty str"):
            GooglePubSub(audience=nothing)


def test_keys_are_fetched_for_nobody_else_and_again_for_a_new_one() -> None:
    sets = [[jwk_of(rsa_key(0), "key-1")], [jwk_of(rsa_key(0), "key-1"), jwk_of(rsa_key(1), "key-2")]]
    fetched: list[int] = []
    now = 0.0

    def fetch(url: str, content: bytes | None = None) -> bytes:
        fetched.append(1)
        return json.dumps({"keys": sets[min(len(fetched), 2) - 1]}).encode()

    scheme = GooglePubSub(fetch=fetch)
    assert scheme._cache is not None
    scheme._cache._clock = lambda: now
    renewed = google_token(rsa_key(1), "key-2")

    assert not takes(google_token(email="push@elsewhere.example"), scheme=scheme)
    assert fetched == []
    assert takes(google_token(), scheme=scheme)
    assert not takes(renewed, scheme=scheme), "within a minute they are not fetched again"
    assert len(fetched) == 1
    now = 61.0
    assert takes(renewed, scheme=scheme)
    assert takes(google_token(), scheme=scheme)
    assert len(fetched) == 2


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{}",
        b'{"keys": []}',
        b'{"keys": 1}',
        b'{"keys": [1]}',
        b'{"keys": [{"kid": "key-1", "kty": "oct"}]}',
        json.dumps({"keys": [jwk_of(p256(0), "key-1")]}).encode(),
        json.dumps({"keys": [jwk_of(rsa_key(0, 1024), "key-1")]}).encode(),
    ],
    ids=range(8),
)
def test_what_is_no_set_of_keys_leaves_the_verdict_open(document: bytes) -> None:
    with pytest.raises(KeyUnavailable) as caught:
        pushed(google_token(), scheme=GooglePubSub(fetch=lambda *_: document))
    assert caught.value.scheme == "google-pubsub"


@given(st.text(max_size=40), st.text(alphabet="abcABC019-_.=eyJ", max_size=200))
def test_whatever_is_in_the_header_the_outcome_is_a_verdict(first: str, second: str) -> None:
    for text in (first, second, f"{first}.{second}.{first}"):
        assert not takes(text)


# --- misuse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("secret", ["push", "a b@c", b"push@shop-1.iam.gserviceaccount.com"])
def test_what_is_no_secret_of_theirs(secret: Any) -> None:
    with pytest.raises(InvalidSecret):
        Verifier(secret, scheme="google-pubsub")


def test_only_they_sign() -> None:
    with pytest.raises(InvalidSecret, match="can sign its deliveries, because its private key is secret"):
        Signer("a secret", scheme=GOOGLE)
    with pytest.raises(ValueError, match="can sign its deliveries, because its private key is secret"):
        GOOGLE.sign(b"", [], id="", timestamp=NOW, url=None, method=None)
