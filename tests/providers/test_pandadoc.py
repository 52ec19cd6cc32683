"""PandaDoc against the code sample in its documentation, and signatures in the query."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import pytest

from tests.providers.interop import CODE_SAMPLE, interop
from tests.providers.sample import OTHER_TEXT_SECRET, TEXT_SECRET
from tests.rows import rows
from webhook_verify import Delivery, Reason, RejectedDelivery, Verifier
from webhook_verify.schemes.query_scheme import QueryScheme

URL = "https://example.com/webhook-handler/"
BODY = '[{"event": "document_state_changed", "data": {"name": "Grüße 日本"}}]'.encode()


def _signature(key: str = TEXT_SECRET, body: bytes = BODY) -> str:
    return hmac.new(key.encode(), body, digestmod=hashlib.sha256).hexdigest()


GOOD, BAD = _signature(), _signature(OTHER_TEXT_SECRET)


def _verify(query: str, headers: Any = (), body: bytes = BODY, secret: Any = TEXT_SECRET) -> Delivery:
    return Verifier(secret, scheme="pandadoc").verify(body, headers, url=URL + query)


@interop("pandadoc", by=CODE_SAMPLE)
@rows(
    "query",
    [
        *(f"?signature={GOOD}", f"?a=1&signature={GOOD}&b=2#c", f"?signature={GOOD.upper()}"),
        *(f"?signature={GOOD}&signature={GOOD}", f"?%73ignature={GOOD}"),
    ],
)
def test_a_signature_in_the_query(query: str) -> None:
    delivery = _verify(query)
    assert (delivery.event_type, delivery.body_is_signed) == ("document_state_changed", True)
    assert _verify(query, {"x-query-signature": BAD}).body == BODY
    assert _verify(query, secret=[OTHER_TEXT_SECRET, TEXT_SECRET]).secret_label == "secret-2"
    with pytest.raises(RejectedDelivery):
        _verify(query, body=BODY + b" ")


REJECTED: dict[str, tuple[str, Any, Reason]] = {
    "no signature": ("?tenant=1", {}, Reason.MISSING_HEADER),
    "no query": ("", {}, Reason.MISSING_HEADER),
    "an empty signature": ("?signature=", {}, Reason.MISSING_HEADER),
    "another signature": (f"?signature={BAD}", {}, Reason.SIGNATURE_MISMATCH),
    "a valid header beside another signature": (
        *(f"?signature={BAD}", {"x-query-signature": GOOD}),
        Reason.SIGNATURE_MISMATCH,
    ),
    "different signatures": (f"?signature={GOOD}&signature={BAD}", {}, Reason.UNREADABLE_HEADER),
    "in the fragment": (f"#?signature={GOOD}", {}, Reason.MISSING_HEADER),
    "half a signature": (f"?signature={GOOD[:32]}", {}, Reason.SIGNATURE_MISMATCH),
    "not UTF-8": ("?signature=%ff", {}, Reason.UNREADABLE_HEADER),
    "many parameters": ("?" + "a=1&" * 1_000, {}, Reason.UNREADABLE_HEADER),
}


@rows(("query", "headers", "reason"), REJECTED.values(), ids=REJECTED)
def test_another_query_is_rejected(query: str, headers: Any, reason: Reason) -> None:
    with pytest.raises(RejectedDelivery) as caught:
        _verify(query, headers)
    assert caught.value.reason is reason


@rows(("parameter", "error"), [("", ValueError), (" ", ValueError), (5, TypeError)])
def test_a_wrong_parameter_is_an_error_at_construction(parameter: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match="parameter"):
        QueryScheme("acme", parameter=parameter, signature_header="x-signature")
