"""The public names, with their paths and used attributes: a rename fails a test."""

from __future__ import annotations

import importlib

import pytest

from tests.rows import rows
from webhook_verify import Delivery, Receiver, Verifier, schemes
from webhook_verify.receiver import Observer
from webhook_verify.replay import ReplayGuard
from webhook_verify.replay.claim import CurrentClaim

NAMES = {
    "webhook_verify": """
        Verifier Signer Secret Delivery RejectedDelivery MalformedDelivery TimestampOutsideTolerance
        SignatureMismatch KeyUnavailable Reason InvalidSecret WeakSecretWarning ShortRetentionWarning
        InsecureURLWarning LongLeaseWarning UnreadableEvent
        WebhookVerifyError APIError APIStatusError APIConnectionError APITimeoutError APIDecodeError
        Receiver AsyncReceiver
    """,
    "webhook_verify.receiver": """
        Receiver AsyncReceiver RequestHead WebhookResponse NotADelivery IncompleteBody Observer
        Claim AsyncClaim
    """,
    "webhook_verify.http": "RequestHead WebhookResponse HandshakeResponse NotADelivery IncompleteBody",
    "webhook_verify.schemes": """
        HeaderScheme HeaderToken ResponseRules Scheme SchemeDocs SignatureList
        get names register resolve retry_window
    """,
    "webhook_verify.schemes.body_scheme": "BodyScheme",
    "webhook_verify.schemes.jws_scheme": "JwsScheme",
    "webhook_verify.schemes.verify_only": "VerifyOnlyScheme",
    "webhook_verify.replay": """
        ReplayGuard MemoryStore ReplayStore AsyncReplayStore ClaimOutcome ClaimState current_claim
        current_async_claim
    """,
    "webhook_verify.replay.lazy": "LazyStore AsyncLazyStore",
    "webhook_verify.replay.redis": "RedisStore AsyncRedisStore",
    "webhook_verify.replay.sql": "SQLStore AsyncSQLStore",
    "webhook_verify.diagnosis": "explain Diagnosis Cause Check Confidence",
    "webhook_verify.adapters.asgi": "SettlingMiddleware WebhookMiddleware",
    "webhook_verify.adapters.wsgi": "SettlingMiddleware WebhookMiddleware",
    "webhook_verify.adapters.starlette": "SettlingMiddleware webhook",
    "webhook_verify.adapters.fastapi": """
        CommitAfterResponseWarning SettlingMiddleware WebhookRoute verified_delivery webhook
    """,
    "webhook_verify.adapters.flask": "webhook WebhookVerify",
    "webhook_verify.adapters.django": "webhook WebhookMixin",
    "webhook_verify.adapters.aws_lambda": "webhook",
    "webhook_verify.events": "EventRouter UnknownEvent UntypedEvent",
    "webhook_verify.events.svix": "EndpointCreatedEvent MessageAttemptExhaustedEvent parse",
    "webhook_verify.api.svix": "Svix AsyncSvix SvixSecretSource",
    "webhook_verify.api.lithic": "Lithic AsyncLithic LithicSecretSource",
    "webhook_verify.api.emporix": "Emporix AsyncEmporix",
    "webhook_verify.testing": "TEST_SECRET Clock ReceiverContract assert_rejects delivery event post signed",
}

ATTRIBUTES = {
    Delivery: """
        id timestamp body scheme secret_label event_type json idempotency_key identity id_is_signed
        timestamp_is_signed body_is_signed signed_body signed_content_digest event_type_is_signed form
        json_body
    """,
    Verifier: "verify verify_at begin tolerance",
    Receiver: """
        handle_request run_handler method_response handshake_response rejection_response handshake_methods
        has_replay_protection must_settle begin claim settle
    """,
    CurrentClaim: "attempt extend complete",
    Observer: "on_verified on_rejected on_handled on_duplicate on_lease_expired on_handshake",
    ReplayGuard: "store lease retention storage_key may_block trust_unsigned_ids",
}

# Names of before, by which nothing may be found any more.
GONE = {
    "webhook_verify": "ApiStatusError ApiConnectionError ApiTimeoutError ApiDecodeError",
    "webhook_verify.receiver": "RequestFacts Answer NoDelivery",
    "webhook_verify.schemes": "Provider find",
    "webhook_verify.replay": "delivery_claim async_delivery_claim",
}


def pairs(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(module, name) for module, names in table.items() for name in names.split()]


@rows(("module", "name"), pairs(NAMES))
def test_a_public_name_is_where_the_documentation_says(module: str, name: str) -> None:
    assert getattr(importlib.import_module(module), name) is not None


@rows(("module", "name"), pairs(GONE))
def test_a_name_of_before_is_gone(module: str, name: str) -> None:
    assert not hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize("owner", ATTRIBUTES, ids=lambda owner: owner.__name__)
def test_what_users_call_has_its_name(owner: type) -> None:
    missing = [name for name in ATTRIBUTES[owner].split() if not hasattr(owner, name)]
    assert missing == []


def test_a_provider_as_data_names_what_it_encodes() -> None:
    scheme = schemes.HeaderScheme(
        "acme",
        signature_header="x-signature",
        signature_encoding="base64",
        secret_encoding="hex",
        signed_content="{timestamp}.{body}",
        timestamp_header="x-timestamp",
    )
    assert schemes.resolve(scheme) is scheme
