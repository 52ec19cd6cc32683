"""Rejected tokens that the configured secret has signed: what differs is named, for each scheme with one."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from tests.rows import rows
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import explain
from webhook_verify.schemes.providers.jira_connect import SCHEME as JIRA

NOW = 1_790_000_000
SECRET = "k9Vt2mQx7LrB4nZs8WcY1pHd6FgJ3aTe"
URL = "https://hooks.example.com/in/abc?tenant=7"
BODY = b'{"id": "evt_1", "type": "payment.paid", "data": {"amount": 1999, "name": "Zo\xc3\xab"}}'
COMPACT = BODY.replace(b": ", b":").replace(b", ", b",")

OF_BODIES, OF_URLS = ("vonage", "messagebird", "livekit", "netlify", "fusionauth"), ("messagebird", "monday")
EVERY = (*OF_BODIES, "monday", "jira-connect")
CLAIMS = {"vonage": "payload_hash", "messagebird": "payload_hash", "fusionauth": "request_body_sha256"}


def cause_of(scheme: str, *, body: bytes = BODY, cut: int = 0, **changed: Any) -> tuple[str, str]:
    """The first cause with its confidence, and its evidence."""
    headers = Signer(SECRET, scheme=scheme).sign(BODY, id="id-1", timestamp=NOW, url=URL, method="POST")
    headers = {name: value[: len(value) - cut] for name, value in headers.items()}
    arguments: Any = {"secret": SECRET, "now": NOW, "url": URL, **changed}
    verifier = Verifier(arguments["secret"], scheme=scheme, clock=lambda: arguments["now"])
    diagnosis = explain(verifier, body, headers, url=arguments["url"], method="POST")
    assert not any(part in str(diagnosis.as_dict()) for part in "".join(headers.values()).split("."))
    return f"{diagnosis.cause.name} {diagnosis.cause.confidence.name.lower()}", diagnosis.cause.evidence


@rows("scheme", EVERY)
def test_a_genuine_token(scheme: str) -> None:
    assert cause_of(scheme)[0] == "genuine certain"


@rows("scheme", OF_BODIES)
def test_another_body(scheme: str) -> None:
    claim = CLAIMS.get(scheme, "sha256")
    assert cause_of(scheme, body=b'{"another": "body"}') == (
        "body_changed certain",
        f"{claim} of the token is not the hash of this body",
    )
    assert cause_of(scheme, body=COMPACT)[0] == "body_reserialized certain"
    assert cause_of(scheme, body=BODY + b"\n")[0] == "body_line_ends certain"


@rows("scheme", OF_URLS)
def test_another_url(scheme: str) -> None:
    name, evidence = cause_of(scheme, url=URL.replace("https", "http"))
    assert (name, "the scheme https" in evidence) == ("url_differs certain", True)
    assert cause_of(scheme, url=URL.replace("?tenant=7", ""))[0] == "identity_differs likely"
    name, evidence = cause_of(scheme, url="https://other.example.com/")
    claim = "aud" if scheme == "monday" else "url_hash"
    assert (name, evidence.startswith(f"{claim} is ")) == ("identity_differs likely", True)


@rows("scheme", EVERY)
def test_another_time(scheme: str) -> None:
    if scheme not in ("netlify", "fusionauth"):
        claim = "nbf" if scheme in ("messagebird", "livekit") else "iat"
        assert cause_of(scheme, now=NOW + 900) == (
            "delivery_too_old likely",
            f"the token's claim {claim} is 900 s in the past",
        )
        assert cause_of(scheme, now=NOW - 900) == (
            "clock_skew likely",
            f"the token's claim {claim} is 900 s in the future",
        )


@rows("scheme", EVERY)
def test_another_secret_and_a_truncated_token(scheme: str) -> None:
    assert cause_of(scheme, secret=SECRET[::-1])[0] == "wrong_secret_or_forgery likely"
    assert cause_of(scheme, cut=9)[0] == "signature_truncated likely"


@rows("scheme", EVERY)
def test_another_form_of_the_secret(scheme: str) -> None:
    assert cause_of(scheme, secret=SECRET.encode() + b"\n")[0] == "secret_has_blanks certain"
    encoded = b64encode(SECRET.encode()).decode()
    assert cause_of(scheme, secret=encoded)[0] == "secret_is_encoded certain"


def test_the_token_of_another_account() -> None:
    scheme = JIRA.with_options(claims={"iss": "{account}"})
    headers = Signer(f"client-1:{SECRET}", scheme=scheme).sign(b"{}", timestamp=NOW, url=URL, method="POST")
    verifier = Verifier(f"client-2:{SECRET}", scheme=scheme, clock=lambda: NOW)
    cause = explain(verifier, b"{}", headers, url=URL, method="POST").cause

    assert (cause.name, cause.evidence) == (
        "identity_differs",
        'iss is "client-1", expected "client-2"',
    )
