"""Deliveries of public reports that were once refused or explained wrongly, and what is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.rows import rows
from webhook_verify import RejectedDelivery, Verifier
from webhook_verify.diagnosis import Diagnosis, explain
from webhook_verify.schemes import HeaderScheme, Scheme
from webhook_verify.schemes.providers.google_pubsub import GooglePubSub
from webhook_verify.schemes.providers.plaid import Plaid

FOLDER = Path(__file__).parents[1] / "data" / "reported"

ACCEPTED = {"genuine (certain)"}
CAUSES: dict[str, tuple[str, str]] = {
    # file: the first cause, and a part of its evidence
    "linear_retry_one_hour": ("provider_retry (likely)", "Linear retries for 25260 s"),
    "mailgun_retry_20_min": ("provider_retry (likely)", "Mailgun retries for 29100 s"),
    "sentry_app_signature": ("genuine (certain)", ""),
    "xero_wrong_on_purpose": ("signature_altered (certain)", ""),
    "persona_two_groups": ("genuine (certain)", ""),
    "zendesk_test_secret": ("published_secret (certain)", "Zendesk's published test secret"),
    "paddle_six_seconds": ("genuine (certain)", ""),
    "sendgrid_batch_redumped": ("body_reserialized (certain)", "line breaks between events"),
    "two_secrets_in_one_variable": ("secret_prefix (certain)", "two secrets with a comma between them"),
    "github_sha1_told_as_intercom": ("header_missing (certain)", "GitHub's older header"),
    "github_form_body": ("genuine (certain)", ""),
    "mercado_pago_manifest": ("genuine (certain)", ""),
    "form_tilde_encoder": ("body_decoded_form (certain)", "PHP's urlencode"),
    "secret_html_escaped": ("secret_is_encoded (certain)", "HTML"),
    "gitlab_token_non_ascii": ("genuine (certain)", ""),
    "twilio_by_get": ("genuine (certain)", ""),
    "plaid_jwk_x_of_31_bytes": ("genuine (certain)", ""),
    "messagebird_jwt": ("genuine (certain)", ""),
    "pubsub_issuer_without_https": ("genuine (certain)", ""),
    "mailgun_route_form": ("genuine (certain)", ""),
    "dropbox_sign_event_hash": ("genuine (certain)", ""),
    "truelayer_detached_jws": ("genuine (certain)", ""),
    "saleor_detached_jws": ("genuine (certain)", ""),
}


def _scheme(case: dict[str, Any]) -> str | Scheme:
    if "fetched" in case:
        document = json.dumps(case["fetched"]).encode()
        if case["scheme"] == "plaid":
            return Plaid(fetch=lambda *_: document)
        return GooglePubSub(fetch=lambda *_: document)
    if case["scheme"] == {"name": "persona"} or isinstance(case["scheme"], str):
        return str(case["scheme"])
    return HeaderScheme(**case["scheme"])


def _explained(name: str) -> Diagnosis:
    case: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text("utf-8"))
    clock = case.get("clock", 1_785_600_000)
    verifier = Verifier(case["secret"], scheme=_scheme(case), clock=lambda: clock)
    arguments: Any = {"url": case.get("url"), "method": case.get("method")}
    diagnosis = explain(verifier, case["body"], case["headers"], **arguments)
    try:
        verifier.verify(case["body"].encode(), case["headers"], **arguments)
    except RejectedDelivery:
        assert not diagnosis.verified
    else:
        assert diagnosis.verified
    return diagnosis


def test_every_file_has_a_cause() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(CAUSES)


@rows("name", CAUSES)
def test_the_first_cause_of_a_report_is_the_right_one(name: str) -> None:
    cause = _explained(name).cause
    expected, evidence = CAUSES[name]
    assert f"{cause.name} ({cause.confidence.name.lower()})" == expected
    assert evidence in cause.evidence
