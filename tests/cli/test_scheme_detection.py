"""``--scheme auto`` selects the scheme that the headers of a delivery identify."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.providers.samples import SAMPLES
from tests.rows import rows
from tests.signing import NOW, SECRET
from webhook_verify import Signer, schemes
from webhook_verify.cli.group import command
from webhook_verify.cli.scheme_detection import AmbiguousScheme, detect_scheme
from webhook_verify.schemes import HeaderScheme, register

BODY = b'{"type": "invoice.paid"}'
HEX = "0" * 64
GENERIC = {
    **dict.fromkeys(
        ["anthropic", "brex", "dodo-payments", "gitlab", "lithic", "openai"], "standard-webhooks"
    ),
    **dict.fromkeys(["polar", "replicate", "supabase"], "standard-webhooks"),
    **dict.fromkeys(["etsy", "gemini", "incident-io", "increase", "loops", "render"], "standard-webhooks"),
    **dict.fromkeys(["argilla", "formbricks", "growthbook", "recall-ai", "weblate"], "standard-webhooks"),
    **dict.fromkeys(["clerk", "resend", "stytch", "svix-ingest", "vanta"], "svix"),
}
"""Providers that send only the headers of Standard Webhooks or Svix, and the scheme that is chosen."""
IN_BODY = {
    *(
        "adyen",
        "adyen-http-post",
        "alipay",
        "apple-app-store",
        "braintree",
        "dropbox-sign",
        "kinde",
        "mailgun",
        "wix",
    ),
    "microsoft-graph",
}
UNIDENTIFIED = {*IN_BODY, "alertmanager", "revenuecat-token"}
"""Providers that sign in the body, or whose only header is `Authorization` with any text."""
AMBIGUOUS = [
    {"github", "meta", "outseta"},
    {"mailerlite", "mailersend"},
    {"bigcommerce", "brevo", "datadog", "fillout", "new-relic", "okta", "zapier"},
    {"airwallex", "clickup", "getstream", "lemon-squeezy", "modern-treasury"},
    {"shopify-app-proxy", "vonage-signed-message"},
    {"azure-devops", "chargebee", "mixpanel", "postmark", "sparkpost"},
]
"""Providers whose headers do not distinguish them."""
# More headers than these distinguish them.
SPECIFIC = {"github", "airwallex", "getstream", "sparkpost", "vonage-signed-message"}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("b.json").write_bytes(BODY)


@rows("name", sorted({*schemes.names()} - UNIDENTIFIED - (set().union(*AMBIGUOUS) - SPECIFIC)))
def test_the_headers_of_a_provider_identify_its_scheme(name: str) -> None:
    _, headers = SAMPLES[name].signed()
    assert detect_scheme([*headers.items()]) == GENERIC.get(name, name)
    assert detect_scheme([(key.title(), value) for key, value in headers.items()]) == GENERIC.get(name, name)


@rows("name", sorted(set().union(*AMBIGUOUS) - SPECIFIC))
def test_the_error_names_each_provider_that_the_headers_fit(name: str) -> None:
    _, headers = SAMPLES[name].signed()
    with pytest.raises(AmbiguousScheme) as caught:
        detect_scheme([*headers.items()])
    listed = str(caught.value).partition("several schemes: ")[2].partition(". Pass")[0].split(", ")
    assert name in listed
    assert set(listed) <= next(group for group in AMBIGUOUS if name in group)


OF_GOOGLE = {"iss": "accounts.google.com", "email_verified": True}


def _token(algorithm: str, **claims: object) -> str:
    parts = {"alg": algorithm, "kid": "key-1"}, claims
    return (
        ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".A"
    )


@rows(
    "headers, scheme",
    [
        (
            {"x-hub-signature-256": "sha256=a", "x-github-event": "push", "x-hub-signature": "sha1=a"},
            "github",
        ),
        ({"x-hub-signature": "sha256=a", "x-event-key": "repo:push", "x-hook-uuid": "1"}, "bitbucket"),
        (
            {"x-hub-signature": "sha256=a", "x-event-key": "repo:refs_changed", "x-request-id": "1"},
            "bitbucket-data-center",
        ),
        ({"x-hub-signature": "sha1=a"}, "intercom"),
        ({"webhook-signature": "v1,a", "webhook-id": "1", "x-gitlab-event": "Push Hook"}, "gitlab"),
        ({"x-gitlab-token": "a", "x-gitlab-event": "Push Hook"}, "gitlab-token"),
        ({"webhook-signature": "v1,a", "svix-signature": "v1,a"}, "standard-webhooks"),
        ({"webhook-signature": "v1,a", "authorization": "Bearer eyJa"}, "standard-webhooks"),
        ({"authorization": f"bearer {_token('RS256', iat=1, exp=2, **OF_GOOGLE)}"}, "google-pubsub"),
        ({"authorization": f"bearer {_token('HS256', iat=1, iss='Vonage')}"}, "vonage"),
        ({"authorization": _token("HS256", iat=1, exp=2)}, "monday"),
        ({"authorization": _token("HS256", nbf=1, exp=2)}, "livekit"),
        ({"authorization": f"JWT {_token('HS256', iat=1, exp=2)}"}, "jira-connect"),
        ({"stripe-signature": "malformed"}, "stripe"),
        ({"x-docusign-signature-2": "a"}, "docusign"),
        ({"webhook-signature": HEX}, "gocardless"),
        ({"webhook-signature": f"time={NOW},sig1={HEX}"}, "cloudflare-stream"),
        ({"x-signature": HEX[:40]}, "segment"),
    ],
)
def test_more_headers_decide_between_schemes(headers: dict[str, str], scheme: str) -> None:
    assert detect_scheme([*headers.items()]) == scheme


@rows(
    "headers, candidates",
    [
        ({"x-hub-signature-256": "sha256=a"}, "github, meta, outseta"),
        ({"x-hub-signature": "sha256=a"}, "atlassian-jira, bitbucket, bitbucket-data-center, snyk"),
        ({"authorization": "Basic a"}, "azure-devops, chargebee, mixpanel, postmark, sparkpost"),
        ({"x-hub-signature-256": "sha256=a", "x-hub-signature": "sha1=a"}, "github, meta"),
        ({"stripe-signature": f"t={NOW},v1={HEX}", **Signer(SECRET).sign(BODY)}, "standard-webhooks, stripe"),
    ],
)
def test_several_schemes_that_fit_are_an_error_with_their_names(
    headers: dict[str, str], candidates: str
) -> None:
    with pytest.raises(AmbiguousScheme, match=f"several schemes: {candidates}. Pass the right one"):
        detect_scheme([*headers.items()])


@rows("headers", [{}, {"content-type": "a"}, {"authorization": "Digest a"}, {"webhook-id": "1"}])
def test_headers_without_a_signature_are_an_error(headers: dict[str, str]) -> None:
    with pytest.raises(AmbiguousScheme, match="the signature is in the body for") as caught:
        detect_scheme([*headers.items()])
    listed = str(caught.value).partition("in the body for ")[2].split(", ")
    assert {*listed} == {*IN_BODY, "aws-sns"}


@pytest.mark.usefixtures("registry")
def test_a_custom_scheme_is_identified_or_ambiguous() -> None:
    register(HeaderScheme("acme", signature_header="x-acme-signature"))
    assert detect_scheme([("x-acme-signature", "a")]) == "acme"
    register(HeaderScheme("acme-2", signature_header="x-acme-signature"))
    with pytest.raises(AmbiguousScheme, match="acme, acme-2"):
        detect_scheme([("x-acme-signature", "a")])


def run(*arguments: str) -> Result:
    called = [arguments[0], "--scheme", "auto", "--at", str(NOW), *arguments[1:]]
    return CliRunner().invoke(command, called, env={"WEBHOOK_SECRET": SECRET})


def record(scheme: str, body: bytes = BODY) -> str:
    headers = Signer(SECRET, scheme=scheme).sign(BODY, id="msg_1", timestamp=NOW)
    return json.dumps({"headers": headers, "body": body.decode()})


def test_the_chosen_scheme_is_printed() -> None:
    Path("given").write_text("\n".join([record("stripe"), record("svix"), record("slack", b"{}")]))
    *verified, rejected = run("verify", "--from", "given").output.splitlines()
    assert [line.rpartition(" (")[2] for line in verified] == ["scheme stripe)", "scheme svix)"]
    assert rejected.endswith("(scheme slack)")
    printed = run("verify", "--from", "given", "--json").output
    assert [json.loads(line)["scheme"] for line in printed.splitlines()] == ["stripe", "svix", "slack"]
    assert "stripe: verified" in run("explain", "--from", "given", "--entry", "1").output
    explained = run("explain", "--from", "given", "--entry", "3", "--json").output
    assert json.loads(explained)["scheme"] == "slack"


def test_an_ambiguous_delivery_is_a_usage_error_before_the_first_result() -> None:
    Path("given").write_text("\n".join([record("stripe"), record("meta")]))
    result = run("verify", "--from", "given")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "delivery 2: --scheme auto: the headers fit several schemes: github, meta" in result.output


def test_a_command_without_a_delivery_has_no_scheme_auto() -> None:
    assert run("sign", "--body", "@b.json").exit_code == 2
