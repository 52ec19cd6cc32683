"""Secrets that were rewritten, published, joined or mistaken for another credential."""

from __future__ import annotations

import hmac
import unicodedata
import warnings
from base64 import b64encode
from typing import Any

from tests.rows import rows
from tests.test_credentials import CREDENTIALS
from webhook_verify import Signer, Verifier
from webhook_verify.diagnosis import Confidence, Diagnosis, explain
from webhook_verify.diagnosis.variants.published_secrets import example_secrets, published_test_secrets
from webhook_verify.schemes import HeaderScheme, get

NOW = 1_785_600_000
BODY = b'{"id":727,"status":"processing"}'
ACME = HeaderScheme("acme", signature_header="x-wc-webhook-signature", signature_encoding="base64")


def diagnosed(configured: Any, key: str, scheme: Any = ACME) -> Diagnosis:
    """Of a delivery that is signed with this key, for a verifier with another text."""
    signature = b64encode(hmac.digest(key.encode(), BODY, "sha256")).decode()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        verifier = Verifier(configured, scheme=scheme, clock=lambda: NOW)
    return explain(verifier, BODY, {"X-WC-Webhook-Signature": signature})


REWRITTEN = {
    "HTML, less and greater": (">Zx3RbX)87|~<x`s", "&gt;Zx3RbX)87|~&lt;x`s"),
    "HTML, ampersand": ("abcd&efgh&ijkl", "abcd&amp;efgh&amp;ijkl"),
    "HTML, quote": ('abcd"efghijkl', "abcd&quot;efghijkl"),
    "HTML, apostrophe of PHP": ("abcd'efgh<ijkl", "abcd&#039;efgh&lt;ijkl"),
    "HTML, apostrophe of Python": ("abcd'efgh&ijkl", "abcd&#x27;efgh&amp;ijkl"),
    "HTML, apostrophe of Django": ("abcd'efgh\"ijkl", "abcd&#39;efgh&quot;ijkl"),
    "HTML, quotes of Jinja": ("abcd'efgh\"ijkl", "abcd&#39;efgh&#34;ijkl"),
    "NFD": ("Schlüssel-geheim-é", unicodedata.normalize("NFD", "Schlüssel-geheim-é")),
    "NFKC": ("\ufb01ve-secret-\u2460\u2461", unicodedata.normalize("NFKC", "\ufb01ve-secret-\u2460\u2461")),
    "NFKD": ("\ufb01ve-\u00e9-secret", unicodedata.normalize("NFKD", "\ufb01ve-\u00e9-secret")),
}


@rows("kind", REWRITTEN)
def test_a_secret_that_the_sender_stores_in_another_form_is_certain(kind: str) -> None:
    configured, key = REWRITTEN[kind]
    cause = diagnosed(configured, key).cause
    assert (cause.name, cause.confidence) == ("secret_is_encoded", Confidence.CERTAIN)
    assert ("HTML" in cause.evidence) == ("HTML" in kind)


@rows("kind", [kind for kind in REWRITTEN if "HTML" in kind])
def test_a_secret_that_was_copied_with_html_entities_is_certain(kind: str) -> None:
    key, configured = REWRITTEN[kind]
    cause = diagnosed(configured, key).cause
    assert (cause.name, cause.confidence) == ("secret_is_encoded", Confidence.CERTAIN)
    assert "HTML" in cause.evidence


JOINED = {",": "a comma", ", ": "a comma", "\n": "a line break", ";": "a semicolon", " ": "a space"}


@rows("number", [1, 2])
@rows("separator", JOINED)
def test_two_secrets_in_one_text_are_named_as_such(separator: str, number: int) -> None:
    secrets = ["whsec_aaaaaaaaaaaaaaaaaaaaaaaa", "whsec_bbbbbbbbbbbbbbbbbbbbbbbb"]
    cause = diagnosed(separator.join(secrets), secrets[number - 1]).cause
    assert (cause.name, cause.confidence) == ("secret_prefix", Confidence.CERTAIN)
    assert f"two secrets with {JOINED[separator]} between them" in cause.evidence
    assert "pass a list of secrets" in cause.evidence


def test_two_secrets_in_one_text_are_likely_if_neither_is_right() -> None:
    diagnosis = diagnosed("whsec_aaaaaaaaaaaaaaaaaaaaaaaa,whsec_bbbbbbbbbbbbbbbbbbbbbbbb", "another secret")
    assert diagnosis.cause.name == "secret_prefix"
    assert diagnosis.cause.confidence is Confidence.LIKELY


API_KEYS = [text for text, kind in CREDENTIALS.items() if kind == "an API key"]


# A PEM is rejected at once.
@rows("text", [text for text in CREDENTIALS if text not in API_KEYS and not text.startswith("-----")])
def test_another_credential_is_named_first(text: str) -> None:
    diagnosis = diagnosed(text, "the true signing secret")
    assert diagnosis.cause.name == "secret_of_another_kind"
    assert diagnosis.cause.confidence is Confidence.LIKELY
    assert CREDENTIALS[text] in diagnosis.cause.evidence
    assert text not in str(diagnosis.as_dict())


@rows("text", API_KEYS)
def test_an_api_key_is_named_first_unless_a_custom_provider_may_sign_with_it(text: str) -> None:
    custom = diagnosed(text, "the true signing secret").causes
    assert [each.confidence for each in custom if each.name == "secret_of_another_kind"] == [
        Confidence.POSSIBLE
    ]
    github = Verifier(text, scheme="github")
    diagnosis = explain(github, BODY, {"X-Hub-Signature-256": f"sha256={'0a' * 32}"})
    assert (diagnosis.cause.name, diagnosis.cause.confidence) == ("secret_of_another_kind", Confidence.LIKELY)


def test_a_credential_that_is_the_key_is_not_blamed() -> None:
    key = "sk_live_0aB1cD2eF3gH4iJ5"
    names = [cause.name for cause in diagnosed(key + "&", key + "&amp;").causes]
    assert "secret_of_another_kind" not in names


SECRET = "0123456789abcdef0123456789abcdef"
EXAMPLES = [
    (name, secret) for name in ("github", "slack", "zendesk") for _, secret in example_secrets(get(name))
]


def of_secrets(scheme: str, configured: str, key: str) -> Diagnosis:
    headers = Signer(key, scheme=scheme).sign(BODY, timestamp=NOW)
    diagnosis = explain(Verifier(configured, scheme=scheme, clock=lambda: NOW), BODY, headers)
    assert key not in str(diagnosis.as_dict())
    return diagnosis


def test_a_test_that_zendesk_signs_with_its_published_secret_is_certain() -> None:
    ((_, secret),) = published_test_secrets(get("zendesk"))
    cause = of_secrets("zendesk", SECRET, secret).cause
    assert (cause.name, cause.confidence) == ("published_secret", Confidence.CERTAIN)
    assert "Zendesk's published test secret" in cause.evidence


@rows(("scheme", "secret"), EXAMPLES)
def test_a_delivery_that_is_signed_with_an_example_secret_is_likely(scheme: str, secret: str) -> None:
    causes = {cause.name: cause.confidence for cause in of_secrets(scheme, SECRET, secret).causes}
    assert causes["published_secret"] is Confidence.LIKELY


@rows(("scheme", "secret"), EXAMPLES)
def test_an_example_secret_that_is_configured_is_possible(scheme: str, secret: str) -> None:
    causes = {cause.name: cause.confidence for cause in of_secrets(scheme, secret, SECRET).causes}
    assert causes["published_secret"] is Confidence.POSSIBLE
