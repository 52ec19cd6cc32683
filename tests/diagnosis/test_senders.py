"""Which provider a delivery is from: another header of the configured one, or another scheme."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests.rows import rows
from webhook_verify import Signer, Verifier, schemes
from webhook_verify.diagnosis import Confidence, Diagnosis, explain

SECRET = "It's a Secret to Everybody"
BODY = b'{"zen":"Design for failure.","hook_id":1}'
URL = "https://shop.example/hooks/in?shop=1"
GITHUB = {"X-GitHub-Event": "ping", "X-GitHub-Delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958"}
CASE = json.loads((Path(__file__).parents[1] / "data" / "github-sha1-alone.json").read_text("utf-8"))


def _hmac(digest: str, content: bytes = BODY, secret: str = SECRET) -> bytes:
    return hmac.digest(secret.encode(), content, digest)


SHA1 = f"sha1={_hmac('sha1').hex()}"
SHA256 = _hmac("sha256").hex()
V1 = hashlib.sha256(SECRET.encode() + BODY).hexdigest()
V2 = hashlib.sha256(SECRET.encode() + b"POST" + URL.encode() + BODY).hexdigest()
SQUARE = b64encode(_hmac("sha1", URL.encode() + BODY)).decode()

# (scheme, headers): the first cause with its confidence, a part of its evidence, and what is not mentioned
OTHER_HEADERS: dict[str, tuple[str, dict[str, str], str, str, str]] = {
    "GitHub's SHA-1 alone": (
        "github",
        {"X-Hub-Signature": SHA1, **GITHUB},
        "header_missing certain",
        "GitHub's older header x-hub-signature, with SHA-1, arrived",
        "intercom|bitbucket",
    ),
    "of another secret": (
        "github",
        {"X-Hub-Signature": "sha1=" + "5" * 40, **GITHUB},
        "header_missing likely",
        "GitHub's older header x-hub-signature, with SHA-1, arrived",
        "intercom|bitbucket",
    ),
    "by its user agent": (
        "github",
        {"X-Hub-Signature": SHA1, "User-Agent": "GitHub-Hookshot/5f1b3a0"},
        "header_missing certain",
        "with SHA-1, arrived with a valid signature",
        "intercom|bitbucket",
    ),
    "without another header of GitHub": (
        "github",
        {"X-Hub-Signature": SHA1},
        "header_missing likely",
        "GitHub's older header x-hub-signature, with SHA-1, arrived",
        "intercom|bitbucket",
    ),
    "Meta's SHA-1 alone": (
        "meta",
        {"X-Hub-Signature": SHA1},
        "header_missing likely",
        "Meta's older header x-hub-signature, with SHA-1, arrived",
        "intercom|bitbucket|GitHub",
    ),
    "HubSpot v1": (
        "hubspot",
        {"X-HubSpot-Signature": V1, "X-HubSpot-Signature-Version": "v1"},
        "header_missing certain",
        "the header x-hubspot-signature of HubSpot's older signatures v1 and v2 arrived with a valid",
        "scheme=",
    ),
    "HubSpot v2": (
        "hubspot",
        {"X-HubSpot-Signature": V2, "X-HubSpot-Signature-Version": "v2"},
        "header_missing certain",
        "x-hubspot-signature-v3 is missing",
        "scheme=",
    ),
    "Square's SHA-1": (
        "square",
        {"X-Square-Signature": SQUARE},
        "header_missing certain",
        "Square's older header x-square-signature, with SHA-1, arrived",
        "scheme=",
    ),
    "Wise's older header": (
        "wise",
        {"X-Signature": "QUJD" * 86, "X-Delivery-Id": "1"},
        "header_missing likely",
        "Wise's older header x-signature, with SHA-1, arrived",
        "lemon-squeezy",
    ),
    "Gitea at GitHub": (
        "github",
        {"X-Gitea-Signature": SHA256, "X-Gitea-Event": "push"},
        "other_scheme certain",
        'the signature is valid with scheme="gitea"',
        "intercom|bitbucket|github ",
    ),
    "Gogs at GitHub": (
        "github",
        {"X-Gogs-Signature": SHA256, "X-Gogs-Event": "push"},
        "other_scheme certain",
        'the signature is valid with scheme="gogs"',
        "intercom|bitbucket",
    ),
    "Forgejo at GitHub": (
        "github",
        {"X-Forgejo-Signature": SHA256, "X-Forgejo-Event": "push"},
        "other_scheme certain",
        'configure a HeaderScheme with signature_header="x-forgejo-signature"',
        "intercom|bitbucket",
    ),
    "Forgejo at GitHub, of another secret": (
        "github",
        {"X-Forgejo-Signature": "5" * 64, "X-Forgejo-Event": "push"},
        "other_scheme likely",
        "the header x-forgejo-signature of Forgejo arrived",
        "intercom|bitbucket",
    ),
    "GitHub's SHA-1 at Bitbucket": (
        "bitbucket",
        {"X-Hub-Signature": SHA1, **GITHUB},
        "other_scheme certain",
        "GitHub's older header x-hub-signature, with SHA-1, arrived",
        "intercom|digest_differs",
    ),
    "GitHub's SHA-1 at Stripe": (
        "stripe",
        {"X-Hub-Signature": SHA1, **GITHUB},
        "other_scheme certain",
        "GitHub's older header x-hub-signature, with SHA-1, arrived",
        "intercom|bitbucket",
    ),
}


def _explained(scheme: str, headers: dict[str, str], secret: Any = SECRET) -> Diagnosis:
    return explain(Verifier(secret, scheme=scheme), BODY, headers, url=URL)


@rows("case", [case for case in OTHER_HEADERS if OTHER_HEADERS[case][0] != "wise"])
def test_the_other_header_of_a_provider_is_named_and_no_other_provider(case: str) -> None:
    scheme, headers, expected, part, absent = OTHER_HEADERS[case]
    diagnosis = _explained(scheme, headers)
    assert f"{diagnosis.cause.name} {diagnosis.cause.confidence.name.lower()}" == expected
    assert part in diagnosis.cause.evidence
    assert not re.search(absent, json.dumps(diagnosis.as_dict()["causes"]))


def test_the_other_header_of_a_provider_with_a_published_key() -> None:
    from tests.providers.samples import SAMPLES

    _, headers, expected, part, absent = OTHER_HEADERS["Wise's older header"]
    diagnosis = _explained("wise", headers, SAMPLES["wise"].secret)
    assert f"{diagnosis.cause.name} {diagnosis.cause.confidence.name.lower()}" == expected
    assert part in diagnosis.cause.evidence
    assert absent not in json.dumps(diagnosis.as_dict())


def test_the_reported_delivery() -> None:
    diagnosis = explain(
        Verifier(CASE["secret"], scheme=CASE["scheme"]), CASE["body"].encode(), CASE["headers"]
    )
    assert (diagnosis.cause.name, diagnosis.cause.confidence) == ("header_missing", Confidence.CERTAIN)
    assert (
        "GitHub's older header x-hub-signature, with SHA-1, arrived with a valid signature"
        in diagnosis.cause.evidence
    )
    assert "intercom" not in str(diagnosis.as_dict())


def test_a_valid_v1_beside_an_invalid_v3_of_hubspot_shows_that_the_url_differs() -> None:
    signed = Signer(SECRET, scheme="hubspot").sign(BODY, url="https://other.example/x", method="POST")
    cause = _explained("hubspot", {**signed, "X-HubSpot-Signature": V1}).cause
    assert (cause.name, cause.confidence) == ("url_differs", Confidence.LIKELY)
    assert "x-hubspot-signature is valid, so the secret and the body are right" in cause.evidence


WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
USED_BY = "standard-webhooks (used by anthropic, argilla, brex, dodo-payments, etsy, formbricks"


def test_the_generic_scheme_is_named_before_the_providers_that_use_it() -> None:
    signed = Signer(WHSEC).sign(BODY)
    assert f"the headers are those of {USED_BY}" in _explained("github", signed).cause.evidence
    valid = _explained("github", signed, WHSEC).cause
    assert valid.confidence is Confidence.CERTAIN
    assert 'scheme="standard-webhooks" (used by anthropic, argilla' in valid.evidence


def test_the_headers_of_svix_are_used_by_the_providers_that_send_through_it() -> None:
    signed = Signer(WHSEC, scheme="svix").sign(BODY)
    evidence = _explained("github", signed).cause.evidence
    assert evidence.startswith("the headers are those of standard-webhooks (used by svix")
    assert {"clerk", "resend"} <= set(re.findall("[a-z-]+", evidence))
    assert "anthropic" not in evidence


@pytest.mark.parametrize(
    ("headers", "first"),
    [
        ({"x-hub-signature-256": f"sha256={SHA256}", **GITHUB}, "github"),
        ({"x-hub-signature": f"sha256={SHA256}", "x-event-key": "repo:push"}, "bitbucket"),
        ({"x-hub-signature": f"sha256={SHA256}", "user-agent": "Bitbucket-Webhooks/2.0"}, "bitbucket"),
        ({"x-hub-signature-256": f"sha256={SHA256}", "user-agent": "facebookexternalua"}, "github or meta"),
    ],
)
def test_other_schemes_are_ranked_by_how_specific_their_headers_are(
    headers: dict[str, str], first: str
) -> None:
    diagnosis = _explained("zoom", headers, "another secret, long enough")
    assert diagnosis.cause.name == "other_scheme"
    assert re.match(f"the headers are those of {first}", diagnosis.cause.evidence)


def test_every_other_header_is_of_a_registered_scheme_that_does_not_read_it() -> None:
    from webhook_verify.diagnosis import senders

    for name, others in senders._BY_SCHEME.items():
        assert {other.name for other in others}.isdisjoint(schemes.get(name).header_names)
