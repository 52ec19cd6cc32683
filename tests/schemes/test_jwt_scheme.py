"""`JwtScheme`: which tokens are accepted, and that PyJWT agrees about the signature, in both directions."""

from __future__ import annotations

import base64
import json
from hashlib import sha256
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.providers.key_pairs import p256, pem_of, rsa_key
from tests.rows import rows
from webhook_verify import Delivery, MalformedDelivery, Reason, RejectedDelivery, Signer, Verifier
from webhook_verify.schemes import JwtScheme

NOW = 1_790_000_000
SECRET = "a secret of more than thirty-two characters, and of 64 for SHA-512"
BODY = b'{"type": "invoice.paid", "name": "Zo\xc3\xab \xf0\x9f\x98\x80"}'
URL = "https://example.com/hooks?tenant=1&name=Zo%C3%AB"
DIGEST = sha256(BODY).hexdigest()
PAIRS = {"RS256": pem_of(rsa_key(0)), "ES256": pem_of(p256(0))}


def own(**options: Any) -> JwtScheme:
    given: dict[str, Any] = {"claims": {"iss": "acme", "digest": "{sha256:body}"}, **options}
    return JwtScheme("own-token", header="acme-token", **given)


def token(algorithm: str = "HS256", key: Any = SECRET, headers: Any = None, **changed: Any) -> str:
    claims = {"iat": NOW, "iss": "acme", "digest": DIGEST, **changed}
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode(claims, key, algorithm, headers)


def verified(
    text: str, scheme: JwtScheme | None = None, *, secret: Any = SECRET, now: float = NOW, body: bytes = BODY
) -> Delivery:
    verifier = Verifier(secret, scheme=scheme or own(), clock=lambda: now)
    return verifier.verify(body, {"acme-token": text}, url=URL, method="POST")


def reason_of(text: str, scheme: JwtScheme | None = None, **options: Any) -> Reason | None:
    """None if the token is accepted."""
    try:
        verified(text, scheme, **options)
    except RejectedDelivery as rejection:
        return rejection.reason
    return None


# --- algorithms -------------------------------------------------------------------------------------


@rows("algorithm", ["HS256", "HS384", "HS512", "RS256", "ES256"])
def test_pyjwt_agrees_with_verifier_and_signer(algorithm: str) -> None:
    public, private = PAIRS.get(algorithm, (SECRET, SECRET))
    scheme = own(algorithm=algorithm, required_claims=["exp"], id_claim="jti")

    theirs = verified(token(algorithm, private, exp=NOW + 60, jti="id-1"), scheme, secret=public)
    ours = Signer(private, scheme=scheme).sign(BODY, id="id-2", timestamp=NOW)["acme-token"]

    assert (theirs.id, theirs.id_is_signed, theirs.body_is_signed) == ("id-1", True, True)
    assert verified(ours, scheme, secret=public).id == "id-2"
    claims = jwt.decode(ours, public, algorithms=[algorithm], options={"verify_exp": False})
    assert claims == {"iss": "acme", "digest": DIGEST, "iat": NOW, "exp": NOW + 300, "jti": "id-2"}
    other = own(algorithm="HS256" if algorithm == "HS512" else "HS512")
    assert reason_of(ours, other) is Reason.UNREADABLE_HEADER


def test_each_of_several_algorithms_is_accepted_and_the_first_signs() -> None:
    scheme = own(algorithm=["HS256", "HS384"])

    assert reason_of(token("HS256"), scheme) is reason_of(token("HS384"), scheme) is None
    assert reason_of(token("HS512"), scheme) is Reason.UNREADABLE_HEADER
    ours = Signer(SECRET, scheme=scheme).sign(BODY, timestamp=NOW)["acme-token"]
    assert jwt.get_unverified_header(ours) == {"alg": "HS256", "typ": "JWT"}


def test_a_public_key_is_not_the_secret_of_an_hmac() -> None:
    public, private = PAIRS["RS256"]
    forged = base64url({"alg": "HS256"}) + "." + base64url({"iat": NOW, "iss": "acme", "digest": DIGEST})
    scheme = own(algorithm="RS256")

    assert reason_of(token("RS256", private), scheme, secret=public) is None
    assert reason_of(f"{forged}.AAAA", scheme, secret=public) is Reason.UNREADABLE_HEADER


# --- the text of a token ----------------------------------------------------------------------------


def base64url(value: object) -> str:
    octets = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def signed(header: object, claims: object) -> str:
    """A token with a valid signature, whatever its parts are."""
    content = f"{base64url(header)}.{base64url(claims)}"
    mac = jwt.get_algorithm_by_name("HS256").sign(content.encode(), SECRET.encode())
    return f"{content}.{base64url(mac)}"


HEADER, CLAIMS = {"alg": "HS256"}, {"iat": NOW, "iss": "acme", "digest": DIGEST}
JSON_CLAIMS = json.dumps(CLAIMS).encode()
UNREADABLE = {
    "no token": "eyJ",
    "two parts": signed(HEADER, CLAIMS).rpartition(".")[0],
    "four parts": signed(HEADER, CLAIMS) + ".AAAA",
    "a space": signed(HEADER, CLAIMS).replace(".", " .", 1),
    "padding": signed(HEADER, CLAIMS).replace(".", "=.", 1),
    "the other alphabet": signed(HEADER, CLAIMS).replace(".", "+.", 1),
    "a scheme before it": "Bearer " + signed(HEADER, CLAIMS),
    "too long": signed(HEADER, {**CLAIMS, "x": "x" * 8_192}),
    "no algorithm": signed({}, CLAIMS),
    "alg none": signed({"alg": "none"}, CLAIMS),
    "alg none without a signature": f"{base64url({'alg': 'none'})}.{base64url(CLAIMS)}.",
    "alg in lower case": signed({"alg": "hs256"}, CLAIMS),
    "alg is a list": signed({"alg": ["HS256"]}, CLAIMS),
    "crit": signed({**HEADER, "crit": ["b64"], "b64": False}, CLAIMS),
    "an empty crit": signed({**HEADER, "crit": []}, CLAIMS),
    "a key id that is a number": signed({**HEADER, "kid": 5}, CLAIMS),
    "a long key id": signed({**HEADER, "kid": "x" * 129}, CLAIMS),
    "a header that is a list": signed([HEADER], CLAIMS),
    "claims that are a list": signed(HEADER, [CLAIMS]),
    "claims that are a text": signed(HEADER, "iat"),
    "no claims": signed(HEADER, b""),
    "claims in UTF-16": signed(HEADER, json.dumps(CLAIMS).encode("utf-16")),
    "claims in latin-1": signed(HEADER, JSON_CLAIMS[:-1] + b', "x": "\xe9"}'),
    "a byte order mark": signed(HEADER, b"\xef\xbb\xbf" + JSON_CLAIMS),
    "text after the claims": signed(HEADER, JSON_CLAIMS + b"x"),
    "a duplicate claim": signed(HEADER, JSON_CLAIMS[:-1] + b', "iat": %d}' % NOW),
    "a duplicate claim in an object": signed(HEADER, JSON_CLAIMS[:-1] + b', "x": {"y": 1, "y": 2}}'),
    "a duplicate algorithm": signed(b'{"alg": "none", "alg": "HS256"}', CLAIMS),
    "NaN": signed(HEADER, JSON_CLAIMS[:-1] + b', "x": NaN}'),
    "a number of 5,000 digits": signed(HEADER, JSON_CLAIMS[:-1] + b', "x": %b}' % (b"1" * 5_000)),
    "deep claims": signed(HEADER, b"[" * 5_000),
    "no time": signed(HEADER, {**CLAIMS, "iat": None}),
    "a time with a fraction": signed(HEADER, {**CLAIMS, "iat": NOW + 0.5}),
    "a whole time as a float": signed(HEADER, {**CLAIMS, "iat": float(NOW)}),
    "a time as text": signed(HEADER, {**CLAIMS, "iat": str(NOW)}),
    "a time that is true": signed(HEADER, {**CLAIMS, "iat": True}),
    "a negative time": signed(HEADER, {**CLAIMS, "iat": -NOW}),
    "a far time": signed(HEADER, {**CLAIMS, "exp": 10**12}),
    "exp as text": signed(HEADER, {**CLAIMS, "exp": str(NOW + 60)}),
    "nbf is true": signed(HEADER, {**CLAIMS, "nbf": True}),
    "the id is a number": signed(HEADER, {**CLAIMS, "jti": 5}),
    "the id has a line break": signed(HEADER, {**CLAIMS, "jti": "a\nb"}),
    "the id is not ASCII": signed(HEADER, {**CLAIMS, "jti": "Zo\xeb"}),
}


@rows("text", UNREADABLE.values(), ids=UNREADABLE)
def test_an_invalid_token_is_unreadable(text: str) -> None:
    scheme = own(id_claim="jti")
    assert reason_of(signed(HEADER, CLAIMS), scheme) is None
    assert reason_of(text, scheme) is Reason.UNREADABLE_HEADER


def _with_another_last_character(text: str) -> str:
    """The same signature in another spelling: its last character has two bits that are not used."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + alphabet[alphabet.index(text[-1]) | 1]


@rows("algorithm", ["HS256", "RS256", "ES256"])
def test_a_signature_has_one_spelling(algorithm: str) -> None:
    public, private = PAIRS.get(algorithm, (SECRET, SECRET))
    text, scheme = token(algorithm, private), own(algorithm=algorithm)
    head, _, signature = text.rpartition(".")

    assert reason_of(text, scheme, secret=public) is None
    for changed in ("", signature[:-1], signature[:4], signature + "A", signature * 2, "A" * len(signature)):
        assert reason_of(f"{head}.{changed}", scheme, secret=public) is Reason.SIGNATURE_MISMATCH, changed
    other = _with_another_last_character(text)
    assert other == text or reason_of(other, scheme, secret=public) is Reason.SIGNATURE_MISMATCH


@rows("header", [{}, {"acme-token": ""}, {"acme-token": " "}, {"other": "x"}])
def test_a_request_without_a_token(header: dict[str, str]) -> None:
    with pytest.raises(MalformedDelivery, match="missing or empty header: acme-token") as caught:
        Verifier(SECRET, scheme=own()).verify(BODY, header)
    assert caught.value.reason is Reason.MISSING_HEADER


def test_a_prefix_is_accepted_in_either_case() -> None:
    scheme = own(prefix="Bearer ")
    for prefix in ("Bearer ", "bearer ", "BEARER "):
        assert reason_of(prefix + token(), scheme) is None
    for other in ("", "Bearer", "Bearer  ", "Basic "):
        assert reason_of(other + token(), scheme) in (Reason.MISSING_HEADER, Reason.UNREADABLE_HEADER), other
    assert Signer(SECRET, scheme=scheme).sign(BODY)["acme-token"].startswith("Bearer ey")


@given(st.text(max_size=40), st.text(alphabet="abcABC019-_.=eyJ", max_size=200))
def test_any_header_has_a_verdict(first: str, second: str) -> None:
    for text in (first, second, f"{first}.{second}.{first}", f"{base64url(HEADER)}.{second}.{first}"):
        assert reason_of(text) is not None


# --- claims -----------------------------------------------------------------------------------------

URL_HASH = sha256(URL.encode()).hexdigest()
BASE64_DIGEST = base64.b64encode(sha256(BODY).digest()).decode()
EXPECTED: list[tuple[object, list[object], list[object]]] = [
    # the value of the claim in the scheme, accepted values, rejected values
    ("acme", ["acme"], [None, "", "Acme", "acme ", ["acme"], {"acme": 1}, True, "\ud800"]),
    (["a", "b"], ["a", "b"], [None, "c", "ab", ["a", "b"]]),
    (True, [True], [None, False, 1, "true"]),
    (1, [1], [None, True, "1", 1.0]),
    ("{url}", [URL], [None, URL + "/", URL.upper(), [URL]]),
    ("{sha256:url}", [URL_HASH], [None, URL_HASH.upper(), URL_HASH[:-1], URL]),
    ("{sha256:body}", [DIGEST], [None, DIGEST.upper(), DIGEST + " ", sha256(b"").hexdigest(), 5]),
    ("{sha256:body:base64}", [BASE64_DIGEST], [None, BASE64_DIGEST.rstrip("="), DIGEST]),
    ("{sha256:body:base64url}", [base64url(sha256(BODY).digest())], [None, BASE64_DIGEST, DIGEST]),
]


@rows(("expected", "accepted", "rejected"), EXPECTED)
def test_a_claim_has_an_expected_value(
    expected: object, accepted: list[object], rejected: list[object]
) -> None:
    scheme = own(claims={"claim": expected})
    for value in accepted:
        assert reason_of(signed(HEADER, {"iat": NOW, "claim": value}), scheme) is None, value
    for value in rejected:
        claims = {"iat": NOW, "claim": value} if value is not None else {"iat": NOW}
        assert reason_of(signed(HEADER, claims), scheme) is Reason.SIGNATURE_MISMATCH, value


def test_only_the_hash_of_an_empty_body_may_be_missing() -> None:
    scheme = own(may_omit_empty_body_hash=True)
    without = token(digest=None)

    assert reason_of(without, scheme, body=b"") is None
    assert reason_of(token(digest=sha256(b"").hexdigest()), scheme, body=b"") is None
    assert reason_of(without, scheme, body=b" ") is Reason.SIGNATURE_MISMATCH
    assert reason_of(token(), scheme, body=b"") is Reason.SIGNATURE_MISMATCH
    assert reason_of(token(digest=None, iss=None), scheme, body=b"") is Reason.SIGNATURE_MISMATCH
    assert reason_of(without, own(), body=b"") is Reason.SIGNATURE_MISMATCH


def test_a_scheme_states_what_its_tokens_sign() -> None:
    whole, of_url = own(), own(claims={"aud": "{url}"}, timestamp_claim="", id_in_body="id")

    assert (whole.signs_body, whole.signs_url, whole.signs_timestamp, whole.signs_id) == (1, 0, 1, 0)
    assert (of_url.signs_body, of_url.signs_url, of_url.signs_timestamp) == (False, True, False)
    assert whole.signed_content == "a token (HS256) with the SHA-256 of the body"
    assert of_url.signed_content == "a token (HS256) with the called URL; not the body"
    with pytest.raises(TypeError, match="own-token signs the URL of the request: set public_url="):
        Verifier(SECRET, scheme=of_url).verify(BODY, {"acme-token": token()})


def test_an_id_distinguishes_deliveries_and_is_optional() -> None:
    scheme = own(id_claim="jti")
    first, second = (verified(token(jti=each), scheme) for each in ("id-1", "id-2"))
    without = verified(token(), scheme)

    assert (first.idempotency_key, second.idempotency_key) == ("id-1", "id-2")
    assert (without.id, without.id_is_signed) == ("", False)
    assert without.idempotency_key == verified(token(), scheme).idempotency_key
    assert without.idempotency_key != verified(token(iat=NOW - 1), scheme).idempotency_key


# --- times ------------------------------------------------------------------------------------------

TIMES: list[tuple[dict[str, Any], dict[str, Any], Reason | None]] = [
    # options, claims, the reason of the rejection
    ({}, {"iat": NOW - 300}, None),
    ({}, {"iat": NOW - 301}, Reason.TOO_OLD),
    ({}, {"iat": NOW + 300}, None),
    ({}, {"iat": NOW + 301}, Reason.TOO_NEW),
    ({"tolerance": 3_600}, {"iat": NOW - 3_600}, None),
    ({"tolerance": 3_600}, {"iat": NOW + 301}, Reason.TOO_NEW),
    ({}, {"exp": NOW}, None),
    ({}, {"exp": NOW - 1}, Reason.TOO_OLD),
    ({}, {"nbf": NOW}, None),
    ({}, {"nbf": NOW + 1}, Reason.TOO_NEW),
    ({"leeway": 10}, {"exp": NOW - 10}, None),
    ({"leeway": 10}, {"exp": NOW - 11}, Reason.TOO_OLD),
    ({"leeway": 10}, {"nbf": NOW + 10}, None),
    ({"leeway": 10}, {"nbf": NOW + 11}, Reason.TOO_NEW),
    ({"required_claims": ["exp"]}, {}, Reason.UNREADABLE_HEADER),
    ({"timestamp_claim": "nbf"}, {"iat": None, "nbf": NOW - 300}, None),
    ({"timestamp_claim": "nbf"}, {"iat": None, "nbf": NOW - 301}, Reason.TOO_OLD),
    ({"timestamp_claim": "nbf"}, {}, Reason.UNREADABLE_HEADER),
    ({"timestamp_claim": ""}, {"iat": None}, None),
    ({"timestamp_claim": ""}, {"iat": NOW - 300}, None),
    ({"timestamp_claim": ""}, {"iat": NOW - 301}, Reason.TOO_OLD),
    ({"timestamp_claim": ""}, {"iat": NOW + 301}, Reason.TOO_NEW),
    ({"timestamp_claim": ""}, {"iat": None, "exp": NOW - 1}, Reason.TOO_OLD),
]


@rows(("options", "claims", "reason"), TIMES, ids=str)
def test_the_times_of_a_token(options: dict[str, Any], claims: dict[str, Any], reason: Reason | None) -> None:
    scheme = own(**options)
    assert reason_of(token(**claims), scheme) is reason
    assert reason_of(token(**claims), scheme, now=NOW + 0.999) is reason
    assert streamed(token(**claims), scheme) is reason


def streamed(text: str, scheme: JwtScheme) -> Reason | None:
    """As `reason_of`, for a body that arrives in chunks."""
    try:
        verification = Verifier(SECRET, scheme=scheme, clock=lambda: NOW).begin({"acme-token": text})
        for start in range(0, len(BODY), 7):
            verification.update(BODY[start : start + 7])
        verification.finish()
    except RejectedDelivery as rejection:
        return rejection.reason
    return None


def test_a_retry_of_a_token_that_does_not_sign_the_body_may_have_another_time() -> None:
    scheme = own(claims={"iss": "acme"}, id_in_body="type")
    keys = {verified(token(iat=NOW - age), scheme).idempotency_key for age in (0, 5)}
    assert len(keys) == 1
    scheme = own(claims={"iss": "acme"})
    assert len({verified(token(iat=NOW - age), scheme).idempotency_key for age in (0, 5)}) == 2


# --- several secrets --------------------------------------------------------------------------------


def test_the_secret_of_an_account_verifies_only_its_own_tokens() -> None:
    scheme = own(claims={"iss": "{account}", "digest": "{sha256:body}"})
    secrets = [f"shop-1:{SECRET}", f"shop-2:{SECRET[::-1]}"]

    assert verified(token(iss="shop-1"), scheme, secret=secrets).secret_label == "secret-1"
    other = token(iss="shop-2", key=SECRET[::-1])
    assert verified(other, scheme, secret=secrets).secret_label == "secret-2"
    for forged in (token(iss="shop-2"), token(iss="shop-3"), token(iss=None), token(iss="")):
        assert reason_of(forged, scheme, secret=secrets) is Reason.SIGNATURE_MISMATCH
    ours = Signer(secrets[1], scheme=scheme).sign(BODY, timestamp=NOW)["acme-token"]
    assert jwt.decode(ours, SECRET[::-1], algorithms=["HS256"])["iss"] == "shop-2"


def test_an_old_secret_verifies_during_a_rotation() -> None:
    for key, label in ((SECRET, "secret-2"), (SECRET[::-1], "secret-1")):
        assert verified(token(key=key), secret=[SECRET[::-1], SECRET]).secret_label == label


def test_a_claim_can_choose_the_secret_before_the_verification() -> None:
    scheme = own()
    assert scheme.unverified_claims({"Acme-Token": token()}) == CLAIMS
    with pytest.raises(MalformedDelivery):
        scheme.unverified_claims({"Acme-Token": "x"})
