"""Failures about the text of a secret, and two URL changes at once."""

from __future__ import annotations

import html
import warnings
from dataclasses import replace
from typing import Any

from tests.diagnosis.corpus.builder import changed, made
from tests.diagnosis.corpus.failure import Failure
from tests.diagnosis.genuine import Genuine, signed_by
from webhook_verify.diagnosis.variants.published_secrets import published_test_secrets

__all__: list[str] = []

TEXT = ("github", "sentry", "zendesk", "shopify", "emporix")
_CREDENTIALS = (
    "sk_live_0aB1cD2eF3gH4iJ5kL6mN7oP",
    "ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX",
    "xoxb-1234567890-0aB1cD2eF3gH4iJ5",
    "SG.0aB1cD2eF3gH4iJ5kL6mN7.0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX",
)


@made("secret_of_another_kind", schemes=("stripe", "github", "slack", "shopify", "paddle"), count=8)
def with_an_api_key_for_a_secret(delivery: Genuine) -> Failure | None:
    credential = _CREDENTIALS[len(delivery.name) % len(_CREDENTIALS)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return changed(delivery, verifier=delivery.verifier(credential))


@made("published_secret", schemes=("zendesk",), count=4)
def signed_with_a_published_secret(delivery: Genuine) -> Failure | None:
    _, secret = published_test_secrets(delivery.scheme)[0]
    return _changed_all(signed_by(delivery, secret.encode()))


@made("secret_is_encoded", schemes=TEXT, count=6)
def escaped_for_html_by_the_sender(delivery: Genuine) -> Failure | None:
    secret = f"{delivery.secret}<&>'\""
    return _changed_all(replace(signed_by(delivery, html.escape(secret).encode()), secret=secret))


@made("secret_is_encoded", schemes=TEXT, count=6)
def copied_from_a_page_with_its_entities(delivery: Genuine) -> Failure | None:
    secret = f"{delivery.secret}&b<c>"
    return _changed_all(replace(signed_by(delivery, secret.encode()), secret=html.escape(secret)))


@made("secret_prefix", schemes=("stripe", "github", "shopify", "slack"), count=6)
def with_two_secrets_in_one_variable(delivery: Genuine) -> Failure | None:
    joined = f"whsec_{'b' * 24},whsec_{'a' * 24}"
    signed = signed_by(delivery, f"whsec_{'a' * 24}".encode())
    return changed(signed, verifier=delivery.verifier(joined))


@made("url_differs", schemes=("hubspot", "square"), kinds=("small JSON",), count=4)
def called_by_another_name_and_with_another_query(delivery: Genuine) -> Failure | None:
    assert delivery.url is not None
    sent = replace(delivery, url=f"{delivery.url}&name=a%20b&by=c").signed_again()
    arrived = f"{delivery.url}&name=a+b&by=c".replace("https://shop.example", "http://10.0.0.7:8000")
    return changed(sent, url=arrived)


def _changed_all(delivery: Genuine, **changes: Any) -> Failure | None:
    return changed(delivery, verifier=delivery.verifier(), **changes)
